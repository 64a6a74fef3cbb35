import DeepFaceServer
import FaceStores
import Foundation
import Testing

/// `/v1` on registered people; every answer is held against the contract.
@Suite(.needsPhotos, .serialized) struct CollectionTests {
    private func samples(_ answer: Answer) -> [[String: Any]] { answer.json["samples"] as? [[String: Any]] ?? [] }

    @Test func aPersonsLife() async throws {
        try await ServerRun.with { server in
            let people = "/v1/collections/team/people"
            #expect(try await server.checked("GET", people).status == 404)
            let made = try await server.checked("POST", "/v1/collections", json: ["name": "team", "align": "eyes"])
            #expect(made.status == 201 && made.json["align"] as? String == "eyes")
            #expect(try await server.checked("POST", "/v1/collections", json: ["name": "team"]).status == 409)
            let name = "Ann%C3%A9%20%2F%20B"
            let photo = [("image", "first.jpg", try Photos.data("img1"))]
            let first = try await server.checked(
                "\(people)/\(name)/samples", files: photo, fields: ["keep_photo": "true"])
            #expect(first.status == 201)
            #expect(samples(first).first?["person"] as? String == "Anné / B")
            let again = try await server.checked("\(people)/\(name)/samples", files: photo)
            #expect(again.status == 200 && samples(again).first?["is_new"] as? Bool == false)
            let nobody = try await server.checked("\(people)/X/samples", files: [("image", "g.png", Photos.grey)])
            #expect(nobody.status == 422)
            let shown = try await server.checked("GET", "\(people)/\(name)")
            let sample = try #require(samples(shown).first)
            #expect(sample["img_name"] as? String == "first.jpg")
            let id = try #require(sample["id"] as? Int)
            let kept = try await server.checked("GET", "/v1/collections/team/samples/\(id)/photo")
            #expect(kept.body == (try Photos.data("img1")))
            #expect(kept.headers["content-type"] == "image/jpeg")
            #expect(try await server.checked("GET", "/v1/collections/team/samples/99/photo").status == 404)
            #expect(try await server.checked("GET", "/v1/collections/team/samples/x/photo").status == 400)
            let probe = [("image", "b.jpg", try Photos.data("img2"))]
            for approximate in ["false", "true"] {
                let found = try await server.checked(
                    "/v1/collections/team/search", files: probe, fields: ["approximate": approximate, "k": "3"])
                let face = try #require((found.json["faces"] as? [[String: Any]])?.first)
                #expect((face["matches"] as? [[String: Any]])?.first?["person"] as? String == "Anné / B")
            }
            #expect(try await server.checked("POST", "/v1/collections/team/index").status == 200)
            let verdict = try await server.checked("\(people)/\(name)/verify", files: probe)
            #expect(verdict.json["verified"] as? Bool == true && verdict.json["sample"] as? Int == id)
            #expect(try await server.checked("\(people)/nobody/verify", files: probe).status == 404)
            let renamed = try await server.checked("PATCH", "\(people)/\(name)", json: ["name": "Cleo"])
            #expect(renamed.json["name"] as? String == "Cleo" && renamed.json["faces"] as? Int == 1)
            #expect(try await server.checked("GET", "\(people)/\(name)").status == 404)
            #expect(try await server.checked("DELETE", "\(people)/Cleo").status == 204)
            #expect(try await server.checked("DELETE", "\(people)/Cleo").status == 404)
            let gone = try await server.checked("/v1/collections/team/search", files: probe)
            let face = try #require((gone.json["faces"] as? [[String: Any]])?.first)
            #expect((face["matches"] as? [Any])?.isEmpty == true)
            #expect(try await server.checked("GET", "/v1/collections/team").json["samples"] as? Int == 0)
            #expect(try await server.checked("DELETE", "/v1/collections/team").status == 204)
            #expect(try await server.checked("GET", "/v1/collections").json["collections"] as? [String] == [])
        }
    }

    @Test func manyAreRegisteredByLinesAndByParts() async throws {
        try await ServerRun.with { server in
            _ = try await server.checked("POST", "/v1/collections", json: ["name": "c"])
            func line(_ value: [String: any Sendable]) throws -> Data {
                try JSONSerialization.data(withJSONObject: value) + Data("\n".utf8)
            }
            var body = try line(["image": try Photos.base64("img1"), "person": "A", "keep_photo": true])
            body += Data("\n{broken\n".utf8)
            body += try line(["image": Photos.grey.base64EncodedString(), "person": "B"])
            body += try line(["image": try Photos.data("img16").base64EncodedString(), "person": "C"])
            let lines = try await server.checked(
                "POST", "/v1/collections/c/register", ["Content-Type": "application/x-ndjson"], body)
            #expect(lines.status == 200 && lines.headers["content-type"] == "application/x-ndjson")
            let answers = lines.text.split(separator: "\n").map {
                (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any] ?? [:]
            }
            #expect(answers.map { $0["samples"] != nil } == [true, false, false, true], "\(lines.text)")
            #expect((answers[2]["problem"] as? [String: Any])?["code"] as? String == "no_face")
            let parts = try await server.checked(
                "/v1/collections/c/register",
                files: [
                    ("image", "A.jpg", try Photos.data("img2")), ("image", "D.jpg", try Photos.data("img3")),
                    ("image", "", try Photos.data("img3")),
                ])
            #expect(parts.text.split(separator: "\n").count == 3)
            let page = try await server.checked("GET", "/v1/collections/c/people?limit=2")
            #expect((page.json["people"] as? [[String: Any]])?.map { $0["name"] as? String } == ["A", "C"])
            #expect(page.json["next"] as? String == "C")
            let rest = try await server.checked("GET", "/v1/collections/c/people?limit=2&after=C")
            #expect((rest.json["people"] as? [[String: Any]])?.map { $0["name"] as? String } == ["D"])
            #expect(rest.json["next"] is NSNull)
            for query in ["limit=0", "limit=1001", "limit=x"] {
                #expect(try await server.checked("GET", "/v1/collections/c/people?\(query)").status == 400)
            }
        }
    }

    @Test func whatIsRegisteredOutlivesTheServer() async throws {
        let folder = try await ServerRun.with { server in
            _ = try await server.checked("POST", "/v1/collections", json: ["name": "c"])
            let photo = [("image", "a.jpg", try Photos.data("img1"))]
            #expect(try await server.checked("/v1/collections/c/people/A/samples", files: photo).status == 201)
            return server.folder
        }
        try await ServerRun.with { settings, _ in
            settings.store = try StoreAddress("sqlite:\(folder.file("faces.db").path)")
        } _: { server in
            let probe = [("image", "b.jpg", try Photos.data("img2"))]
            let found = try await server.checked("/v1/collections/c/search", files: probe)
            #expect(found.text.contains(#""person":"A""#))
        }
    }

    @Test func whatIsWrongIsSaid() async throws {
        try await ServerRun.with { server in
            for body in [
                #"{}"#, #"{"name": ""}"#, #"{"name": 1}"#, #"{"name": "a\nb"}"#, #"{"name": "a", "nonsense": 1}"#, "[]",
                "1", "",
                #"{"name": "a", "align": "x"}"#, #"{"name": "a", "expand": 1.5}"#, #"{"name": "a", "model": "x"}"#,
                #"{"name": "a", "encrypted": true}"#,
            ] {
                let answer = try await server.checked(
                    "POST", "/v1/collections", ["Content-Type": "application/json"], Data(body.utf8))
                #expect(answer.status == 400, "\(body): \(answer.text)")
            }
            #expect(try await server.checked("POST", "/v1/collections", [:], Data("{}".utf8)).status == 415)
            let missing = try await RawConnection.talk(to: server.port) { connection in
                connection.send("GET /v1/collections/%FF HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                return connection.receive()
            }
            #expect(String(decoding: missing, as: UTF8.self).hasPrefix("HTTP/1.1 400 "))
            #expect(try await server.checked("GET", "/v1/collections/none").status == 404)
        }
        try await ServerRun.with { settings, _ in
            settings.store = nil
        } _: { server in
            let answer = try await server.checked("GET", "/v1/collections")
            #expect(answer.status == 503 && answer.code == "no_store")
        }
    }
}
