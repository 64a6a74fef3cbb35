import DeepFaceServer
import Foundation
import Testing

/// Live video over a WebSocket.
@Suite(.needsPhotos, .serialized) struct StreamTests {
    private static func object(_ frame: (opcode: UInt8, content: Data)?) -> [String: Any] {
        guard let frame, frame.opcode == 1 else { return [:] }
        return (try? JSONSerialization.jsonObject(with: frame.content)) as? [String: Any] ?? [:]
    }

    /// Frames of an open stream, and what the server says to each.
    private static func replies(
        _ server: ServerRun, _ path: String, _ headers: [String: String] = [:], _ frames: [Data]
    ) async throws -> [Data] {
        try await RawConnection.talk(to: server.port) { connection in
            var client = WebSocketClient(connection, path, headers)
            #expect(client.isOpen, "\(client.answer)")
            return frames.map { frame in
                client.send(2, frame)
                return client.next()?.content ?? Data()
            }
        }
    }

    @Test func facesAreFoundAndNamed() async throws {
        try await ServerRun.with { server in
            let (photo, other) = (try Photos.data("img1"), try Photos.data("img16"))
            _ = try await server.checked("POST", "/v1/collections", json: ["name": "team"])
            let ann = [("image", "a.jpg", try Photos.data("img2"))]
            #expect(try await server.checked("/v1/collections/team/people/Ann/samples", files: ann).status == 201)
            let found = try await Self.replies(server, "/v1/stream", [:], [photo, Photos.grey, Data("x".utf8), photo])
                .map { (try? JSONSerialization.jsonObject(with: $0)) as? [String: Any] ?? [:] }
            let faces = try #require(found[0]["faces"] as? [[String: Any]])
            #expect(faces.count >= 1 && faces[0]["person"] == nil && faces[0]["facial_area"] != nil)
            #expect((found[0]["width"] as? Int ?? 0) > 100 && found[0]["milliseconds"] is Double)
            #expect((found[1]["faces"] as? [Any])?.isEmpty == true)
            #expect((found[2]["problem"] as? [String: Any])?["code"] as? String == "unreadable_input")
            #expect((found[3]["faces"] as? [Any])?.count == faces.count, "a bad frame does not end the stream")
            let named = try await Self.replies(
                server, "/v1/stream?collection=team", [:], [photo, photo, Data("x".utf8), photo, other]
            ).map { reply in
                let object = (try? JSONSerialization.jsonObject(with: reply)) as? [String: Any]
                return (object?["faces"] as? [[String: Any]])?.first ?? [:]
            }
            let shown = [0, 1, 3].map { named[$0] }
            #expect(shown.allSatisfy { $0["person"] as? String == "Ann" && $0["distance"] is Double })
            let tracks = Set(shown.compactMap { $0["track"] as? Int })
            #expect(tracks.count == 1, "it is one face")
            #expect(named[4]["person"] is NSNull && tracks.isDisjoint(with: [named[4]["track"] as? Int ?? 0]))
        }
    }

    @Test func aPageShowsItsKeyAmongTheSubprotocols() async throws {
        try await ServerRun.with { settings, _ in
            settings.token = "t"
        } _: { server in
            let answers = try await RawConnection.talk(to: server.port) { _ in
                try [
                    [:], ["Sec-WebSocket-Protocol": "deepface, key.wrong"],
                    ["Sec-WebSocket-Protocol": "deepface, key.t"],
                    ["Authorization": "Bearer t"], ["Authorization": "Bearer t", "Origin": "https://evil.example"],
                ].map { WebSocketClient(try RawConnection(port: server.port), "/v1/stream", $0).answer }
            }
            let statuses = answers.map { String($0.dropFirst(9).prefix(3)) }
            #expect(statuses == ["401", "401", "101", "101", "403"])
            #expect(answers[2].lowercased().contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="))
            #expect(answers[2].lowercased().contains("sec-websocket-protocol: deepface\r\n"))
        }
    }

    @Test func whatIsNoStreamIsRefused() async throws {
        try await ServerRun.with { server in
            #expect(try await server.checked("GET", "/v1/stream").status == 426)
            #expect(try await server.checked("GET", "/v1/stream?collection=none").status == 404)
            #expect(try await server.checked("GET", "/v1/stream?detector=none").status == 400)
            let answer = try await RawConnection.talk(to: server.port) {
                WebSocketClient($0, "/v1/stream?collection=none").answer
            }
            #expect(answer.hasPrefix("HTTP/1.1 404 "))
            let closings = try await RawConnection.talk(to: server.port) { _ -> [Int] in
                try [
                    { $0.send(1, Data("text".utf8)) }, { $0.send(2, Data([1]), isMasked: false) },
                    { $0.send(3, Data()) }, { $0.connection.send([0x82, 0xFF, 0x7F, 0, 0, 0, 0, 0, 0, 0]) },
                    { $0.send(8, Data([3, 0xE8])) },
                    { client in for _ in 0..<12 { client.send(2, Photos.grey) } },
                ].map { (say: (WebSocketClient) -> Void) in
                    var client = WebSocketClient(try RawConnection(port: server.port), "/v1/stream")
                    say(client)
                    while let frame = client.next() {
                        if frame.opcode == 8 { return frame.content.reduce(0) { $0 << 8 | Int($1) } }
                    }
                    return 0
                }
            }
            #expect(closings.prefix(2) == [1003, 1002])
            #expect(closings[4] == 1000)
            #expect(closings[2...3].allSatisfy { $0 != 1000 })
            #expect(try await server.get("/health").status == 200)
        }
    }

    @Test func pingsAreAnsweredAndFragmentsJoined() async throws {
        try await ServerRun.with { server in
            let photo = try Photos.data("img1")
            let (pong, reply) = try await RawConnection.talk(to: server.port) { connection in
                var client = WebSocketClient(connection, "/v1/stream")
                client.send(9, Data("hallo".utf8))
                let pong = client.next()
                client.send(2, photo.prefix(5000), isLast: false)
                client.send(0, photo.dropFirst(5000))
                return (pong.map { [$0.opcode] + $0.content }, client.next()?.content)
            }
            #expect(pong == [10] + Array("hallo".utf8))
            #expect(String(decoding: try #require(reply), as: UTF8.self).contains("\"faces\":[{"))
        }
    }

    @Test func theStreamEndsWithTheServer() async throws {
        let code = try await ServerRun.with { server in
            let port = server.port
            async let closing = RawConnection.talk(to: port) { connection in
                var client = WebSocketClient(connection, "/v1/stream")
                return client.next().map { ($0.opcode, Array($0.content)) }
            }
            try await Task.sleep(for: .milliseconds(500))
            await server.drain()
            return try await closing
        }
        #expect(code?.0 == 8 && code?.1 == [3, 0xE9])
    }
}
