import DeepFaceServer
import Foundation
import Testing

/// Single samples, their photos, and finding people by a part of their names.
@Suite(.serialized) struct SampleTests {
    @Test(.needsPhotos) func oneSampleIsDeleted() async throws {
        try await ServerRun.with { server in
            _ = try await server.checked("POST", "/v1/collections", json: ["name": "c"])
            let person = "/v1/collections/c/people/A"
            for (name, keeps) in [("img1", "false"), ("img2", "true"), ("img16", "true")] {
                let file = [("image", "\(name).jpg", try Photos.data(name))]
                let to = name == "img16" ? "/v1/collections/c/people/Bea" : person
                let fields = ["keep_photo": keeps]
                #expect(try await server.checked("\(to)/samples", files: file, fields: fields).status == 201)
            }
            func samples() async throws -> [[String: Any]] {
                try await server.checked("GET", person).json["samples"] as? [[String: Any]] ?? []
            }
            let both = try await samples()
            #expect(both.map { $0["has_photo"] as? Bool } == [false, true])
            let ids = both.compactMap { $0["id"] as? Int }
            try #require(ids.count == 2)
            #expect(try await server.checked("GET", "/v1/collections/c/samples/\(ids[0])/photo").status == 404)
            #expect(try await server.checked("GET", "/v1/collections/c/samples/\(ids[1])/photo").status == 200)
            // A list shows the one whose photo is there.
            let list = try await server.checked("GET", "/v1/collections/c/people").json["people"] as? [[String: Any]]
            #expect((list?.first?["portrait"] as? [String: Any])?["id"] as? Int == ids[1])
            let probe = [("image", "a.jpg", try Photos.data("img1"))]
            func matches() async throws -> [[String: Any]] {
                let found = try await server.checked("/v1/collections/c/search", files: probe)
                return (found.json["faces"] as? [[String: Any]])?.first?["matches"] as? [[String: Any]] ?? []
            }
            let kept = try await matches().map { ($0["id"] as? Int, $0["has_photo"] as? Bool) }
            #expect(kept.first?.0 == ids[0] && kept.first?.1 == false && kept.dropFirst().first?.1 == true)

            #expect(try await server.checked("DELETE", "/v1/collections/c/samples/\(ids[0])").status == 204)
            #expect(try await server.checked("DELETE", "/v1/collections/c/samples/\(ids[0])").status == 404)
            #expect(try await server.checked("DELETE", "/v1/collections/c/samples/x").status == 400)
            #expect(try await samples().compactMap { $0["id"] as? Int } == [ids[1]])
            #expect(try await matches().contains { $0["id"] as? Int == ids[0] } == false)
            #expect(try await server.checked("DELETE", "/v1/collections/c/samples/\(ids[1])").status == 204)
            #expect(try await server.checked("GET", person).status == 404)
            let left = try await server.checked("GET", "/v1/collections/c").json
            #expect(left["people"] as? Int == 1 && left["samples"] as? Int == 1)
        }
    }

    @Test(.needsPhotos) func peopleAreFoundByAPartOfTheName() async throws {
        try await ServerRun.with { server in
            _ = try await server.checked("POST", "/v1/collections", json: ["name": "c"])
            for (person, name) in [("Ann", "img1"), ("Joanne", "img3"), ("Zoe", "img16")] {
                let file = [("image", "a.jpg", try Photos.data(name))]
                _ = try await server.checked("/v1/collections/c/people/\(person)/samples", files: file)
            }
            func page(_ query: String) async throws -> (names: [String], next: String?) {
                let answer = try await server.checked("GET", "/v1/collections/c/people?\(query)")
                let people = answer.json["people"] as? [[String: Any]] ?? []
                return (people.compactMap { $0["name"] as? String }, answer.json["next"] as? String)
            }
            #expect(try await page("contains=ANN").names == ["Ann", "Joanne"])
            let first = try await page("contains=ann&limit=1")
            #expect(first.names == ["Ann"] && first.next == "Ann")
            let second = try await page("contains=ann&limit=1&after=Ann")
            #expect(second.names == ["Joanne"] && second.next == nil)
            #expect(try await page("contains=%C3%A4nn").names == ["Ann", "Joanne"])
            #expect(try await page("contains=").names.count == 3)
            #expect(try await page("contains=nobody").names.isEmpty)
        }
    }

    @Test func namesThatAreNoneAreRefused() async throws {
        try await ServerRun.with(warm: false) { server in
            let long = String(repeating: "a", count: 501)
            for (name, why) in [
                ("", "is empty"), (" ", "is empty"), (".", "cannot stand in an address"),
                ("..", "cannot stand in an address"), ("a\u{0}b", "control character"),
                ("a\u{7F}", "control character"), ("a\u{85}", "control character"), (long, "has 501 characters"),
            ] {
                let made = try await server.checked("POST", "/v1/collections", json: ["name": name])
                #expect(made.status == 400 && made.code == "invalid_request", "\(name)")
                #expect((made.json["detail"] as? String)?.contains(why) == true, "\(made.text)")
            }
            let longest = String(repeating: "é", count: 500)
            #expect(try await server.checked("POST", "/v1/collections", json: ["name": longest]).status == 201)
            #expect(try await server.checked("POST", "/v1/collections", json: ["name": "..."]).status == 201)
            #expect(try await server.checked("POST", "/v1/collections", json: ["name": "c"]).status == 201)
            // As they stand in addresses; a client would take the dots out.
            for (name, why) in [
                ("%2E%2E", "cannot stand in an address"), ("%2e", "cannot stand in an address"), ("%00", "control"),
                ("%20", "is empty"), (long, "has 501 characters"), ("%FF", "not UTF-8"),
            ] {
                for path in ["/v1/collections/\(name)", "/v1/collections/c/people/\(name)"] {
                    let answer = try await RawConnection.talk(to: server.port) { connection in
                        connection.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                        return connection.receive()
                    }
                    let text = String(decoding: answer, as: UTF8.self)
                    #expect(text.hasPrefix("HTTP/1.1 400 ") && text.contains(why), "\(path): \(text)")
                }
            }
            for query in ["after=%00", "contains=a%0Ab", "contains=\(long)"] {
                #expect(try await server.checked("GET", "/v1/collections/c/people?\(query)").status == 400)
            }
        }
    }

    /// The library advises options of the command line; a client has fields.
    @Test(.needsPhotos) func adviceIsForTheClient() async throws {
        try await ServerRun.with { server in
            let nobody = try await server.checked("/v1/represent", files: [("image", "g.png", Photos.grey)])
            let words = try #require(nobody.json["detail"] as? String)
            #expect(words.contains("enforce_detection=false") && !words.contains("--"))
            _ = try await server.checked("POST", "/v1/collections", json: ["name": "c"])
            let two = [("image", "two.jpg", try Photos.data("couple"))]
            let several = try await server.checked("/v1/collections/c/people/A/samples", files: two)
            let advice = try #require(several.json["detail"] as? String)
            #expect(several.status == 400 && advice.contains("max_faces=1") && !advice.contains("--"))
        }
    }
}
