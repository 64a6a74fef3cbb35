import DeepFaceServer
import Foundation
import Testing

/// Who sends too much, too slowly, or what is none.
@Suite(.serialized) struct LimitTests {
    @Test func aLongBodyIsNotRead() async throws {
        try await ServerRun.with(warm: false) { settings, _ in
            settings.limits.bodyBytes = 1 << 20
        } _: { server in
            let port = server.port
            // It says how long it is: the answer comes at once, and the connection ends although more comes.
            let said = try await RawConnection.talk(to: port) { connection in
                connection.send(
                    "POST /v1/represent HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 1000000000\r\n\r\n{")
                return connection.receive()
            }
            #expect(String(decoding: said, as: UTF8.self).hasPrefix("HTTP/1.1 413 "))
            // It does not say.
            let chunked = try await RawConnection.talk(to: port) { connection in
                connection.send(
                    "POST /v1/represent HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n")
                let chunk = "10000\r\n" + String(repeating: "x", count: 65_536) + "\r\n"
                for _ in 0..<64 where !connection.send(chunk) { break }
                return connection.receive()
            }
            #expect(String(decoding: chunked, as: UTF8.self).hasPrefix("HTTP/1.1 413 "))
            let form = try await server.checked(
                "/v1/represent", files: [("image", "a", Data(repeating: 7, count: (1 << 20) + 1))])
            #expect(form.status == 413)
            #expect(try await server.get("/health").status == 200)
        }
    }

    @Test func whoSendsTooSlowlyIsCutOff() async throws {
        try await ServerRun.with(warm: false) { settings, _ in
            settings.limits.headTimeout = .seconds(1)
            settings.limits.bodyTimeout = .seconds(1)
        } _: { server in
            let port = server.port
            for opening in [
                "", "GET / HTTP/1.1\r\nHost: local", "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "POST /v1/represent HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{",
            ] {
                let isClosed = try await RawConnection.talk(to: port) { connection in
                    connection.send(opening)
                    return connection.closes(within: 10)
                }
                #expect(isClosed, "\(opening)")
            }
        }
    }

    @Test func connectionsAreBounded() async throws {
        try await ServerRun.with(warm: false) { settings, _ in
            settings.limits.connections = 2
            settings.limits.headTimeout = .seconds(2)
        } _: { server in
            let port = server.port
            let answer = try await RawConnection.talk(to: port) { connection in
                let others = try (0..<4).map { _ in try RawConnection(port: port) }
                connection.send("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                defer { withExtendedLifetime(others) {} }
                return connection.receive()
            }
            // Taken before the others, or when they were given up.
            #expect(String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test(arguments: [
        "nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n",
        "GET /" + String(repeating: "x", count: 200_000) + " HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\n" + String(repeating: "a: b\r\n", count: 20_000) + "\r\n",
        "POST /v1/represent HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhallo!",
        "POST /v1/verify HTTP/1.1\r\nContent-Length: -5\r\n\r\n", "\u{0}\u{1}\u{2}",
    ])
    func whatIsNoHTTPIsRefused(_ text: String) async throws {
        try await ServerRun.with(warm: false) { settings, _ in
            settings.limits.headTimeout = .seconds(1)
            settings.limits.bodyTimeout = .seconds(1)
        } _: { server in
            let answer = try await RawConnection.talk(to: server.port) { connection in
                connection.send(text)
                return connection.receive()
            }
            let line = String(decoding: answer.prefix(16), as: UTF8.self)
            #expect(answer.isEmpty || line.hasPrefix("HTTP/1.1 4"), "\(line)")
            #expect(try await server.get("/health").status == 200)
        }
    }

    @Test func bodiesThatAreNoneAreRefused() async throws {
        try await ServerRun.with(warm: false) { server in
            let deep = String(repeating: "[", count: 100_000)
            for (type, body, status) in [
                ("application/json", deep, 400), ("application/json", "{\"image\": \(deep)", 400),
                ("application/json", "\u{0}", 400), ("text/plain", "x", 415), ("application/xml", "<x/>", 415),
                ("multipart/form-data", "x", 400), ("multipart/form-data; boundary=b", "--b\r\n", 400),
                ("multipart/form-data; boundary=b", "", 400), ("application/x-www-form-urlencoded", "image=x", 415),
            ] {
                for path in ["/v1/represent", "/v1/verify", "/v1/analyze", "/v1/extract"] {
                    let answer = try await server.checked("POST", path, ["Content-Type": type], Data(body.utf8))
                    #expect(answer.status == status, "\(type) \(body.prefix(20)): \(answer.text)")
                }
            }
            let packed = try await server.checked(
                "POST", "/v1/represent", ["Content-Type": "application/json", "Content-Encoding": "gzip"], Data([1]))
            #expect(packed.status == 415)
            let parts = MultipartText(
                files: [], fields: Dictionary(uniqueKeysWithValues: (0..<40).map { ("f\($0)", "x") }))
            let many = try await server.checked(
                "POST", "/v1/represent", ["Content-Type": parts.contentType], parts.body)
            #expect(many.status == 400)
        }
    }

    @Test func addressesAndMethodsThatAreNone() async throws {
        try await ServerRun.with(warm: false) { server in
            let unknown = try await server.get("/v2/nothing?x=%0d%0aSet-Cookie:a")
            #expect(unknown.status == 404 && unknown.code == "not_found")
            #expect(unknown.headers["content-type"] == "application/problem+json")
            #expect(unknown.headers["set-cookie"] == nil)
            for (method, path, allow) in [
                ("GET", "/v1/verify", "POST"), ("DELETE", "/v1/collections", "GET, HEAD, POST"),
                ("POST", "/health", "GET, HEAD"),
                ("PUT", "/v1/collections/x/people/y", "DELETE, GET, HEAD, PATCH"), ("TRACE", "/", "GET, HEAD"),
                ("PROPFIND", "/represent", "POST"),
            ] {
                let answer = try await server.send(method, path)
                #expect(
                    answer.status == 405 && answer.headers["allow"] == allow, "\(method) \(path): \(answer.headers)")
            }
            #expect(try await server.send("HEAD", "/health").status == 200)
            let named = try await server.get("/health", ["X-Request-Id": "abc-1"])
            #expect(named.headers["x-request-id"] == "abc-1")
            let random = try await server.get("/nothing", ["X-Request-Id": "a<b>"])
            #expect(random.headers["x-request-id"]?.count == 32)
            #expect(random.json["request_id"] as? String == random.headers["x-request-id"])
            #expect(random.headers["x-content-type-options"] == "nosniff")
        }
    }

    @Test func continueIsSaidToWhoWaitsForIt() async throws {
        try await ServerRun.with(warm: false) { server in
            let answer = try await RawConnection.talk(to: server.port) { connection in
                connection.send(
                    "POST /v1/represent HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Expect: 100-continue\r\nConnection: close\r\nContent-Length: 2\r\n\r\n")
                let first = connection.receive { $0.count >= 25 }
                connection.send("{}")
                return first + connection.receive()
            }
            let text = String(decoding: answer, as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400 "), "\(text)")
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        try await ServerRun.with(warm: false) { server in
            let answer = try await RawConnection.talk(to: server.port) { connection in
                connection.send(
                    "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"
                        + "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                return connection.receive()
            }
            let statuses = String(decoding: answer, as: UTF8.self).matches(of: /HTTP\/1.1 (\d+)/).map { Int($0.1) ?? 0 }
            #expect(statuses == [200, 404, 200])
        }
    }
}
