import Foundation
import Testing

/// What Python DeepFace's server answered, asked again here.
@Suite(.needsPhotos, .serialized) struct PythonReplayTests {
    private struct Example: Decodable {
        let `case`: String
        let status: Int
        let body: String
    }

    private static func example(_ name: String) throws -> Example {
        let file = try #require(Photos.root).appending(path: "peer/goldens/api_examples.json")
        return try #require(
            try JSONDecoder().decode([Example].self, from: Data(contentsOf: file)).first { $0.case == name })
    }

    /// The numbers at the beginning of an embedding; the recording is cut off.
    private static func embedding(_ text: String) throws -> [Double] {
        let start = try #require(text.range(of: "\"embedding\":["))
        let numbers = text[start.upperBound...].prefix { $0 != "]" }.split(separator: ",").dropLast()
        return numbers.compactMap { Double($0) }
    }

    private static let common: [String: any Sendable] = ["model_name": "Dlib", "detector_backend": "opencv"]

    private func withServer(_ body: (ServerRun) async throws -> Void) async throws {
        try await ServerRun.with { settings, _ in
            settings.allowedRoot = try Photos.url("img1").deletingLastPathComponent().path
            settings.store = nil
        } _: { server in
            try await body(server)
        }
    }

    private func expectEmbedding(_ answer: Answer, as example: Example) throws {
        #expect(answer.status == example.status)
        let (mine, recorded) = (try Self.embedding(answer.text), try Self.embedding(example.body))
        #expect(recorded.count > 20)
        for (one, other) in zip(mine, recorded) { #expect(abs(one - other) < 2e-3) }
        let face = try #require((answer.json["results"] as? [[String: Any]])?.first)
        #expect(Set(face.keys) == ["embedding", "facial_area", "face_confidence"])
        #expect((face["embedding"] as? [Double])?.count == 128)
    }

    private func expectVerdict(_ answer: Answer, as example: Example) throws {
        #expect(answer.status == example.status)
        let recorded = try #require(
            try JSONSerialization.jsonObject(with: Data(example.body.utf8)) as? [String: Any])
        var mine = answer.json
        // Told beyond Python.
        #expect(mine.removeValue(forKey: "align") as? String == "eyes")
        #expect(Set(mine.keys) == Set(recorded.keys))
        for key in ["distance", "confidence", "threshold"] {
            let (one, other) = (try #require(mine[key] as? Double), try #require(recorded[key] as? Double))
            #expect(abs(one - other) <= (key == "confidence" ? 0.5 : 5e-4), "\(key)")
        }
        for key in ["facial_areas"] { #expect(mine[key] as? NSDictionary == recorded[key] as? NSDictionary) }
        for key in ["model", "detector_backend", "similarity_metric"] {
            #expect(mine[key] as? String == recorded[key] as? String)
        }
        #expect(mine["verified"] as? Bool == recorded["verified"] as? Bool)
        // Keys stand in their order, as Flask writes them.
        let order = ["confidence", "detector_backend", "distance", "facial_areas", "model"].map {
            answer.text.range(of: "\"\($0)\"")?.lowerBound
        }
        #expect(zip(order, order.dropFirst()).allSatisfy { $0 ?? answer.text.endIndex < $1 ?? answer.text.startIndex })
    }

    @Test func welcome() async throws {
        try await withServer { server in
            let answer = try await server.get("/")
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "text/html; charset=utf-8")
            #expect(try Self.example("GET /").body.hasPrefix("<h1>Welcome to DeepFace API v"))
            #expect(answer.text.hasPrefix("<h1>Welcome to DeepFace API v") && answer.text.hasSuffix("!</h1>"))
        }
    }

    @Test func represent() async throws {
        try await withServer { server in
            let path = try await server.post("/represent", Self.common.merging(["img": "img1.jpg"]) { $1 })
            try expectEmbedding(path, as: Self.example("represent json path"))
            let base64 = try await server.post(
                "/represent", Self.common.merging(["img": try Photos.base64("img1")]) { $1 })
            try expectEmbedding(base64, as: Self.example("represent base64"))
        }
    }

    @Test func verify() async throws {
        try await withServer { server in
            let example = try Self.example("verify json")
            let json = try await server.post(
                "/verify", Self.common.merging(["img1": "img1.jpg", "img2": "img2.jpg"]) { $1 })
            try expectVerdict(json, as: example)
            let multipart = try await server.post(
                "/verify",
                files: [
                    ("img1", "img1.jpg", try Photos.data("img1")), ("img2", "img2.jpg", try Photos.data("img2")),
                ], fields: ["model_name": "Dlib", "detector_backend": "opencv"])
            try expectVerdict(multipart, as: Self.example("verify multipart"))
            // Refused there, which is a defect: Python means to take it.
            let form = "model_name=Dlib&detector_backend=opencv&img1=img1.jpg&img2=img2.jpg"
            let urlEncoded = try await server.send(
                "POST", "/verify", ["Content-Type": "application/x-www-form-urlencoded"], Data(form.utf8))
            try expectVerdict(urlEncoded, as: example)
        }
    }

    @Test func refusals() async throws {
        try await withServer { server in
            for (name, body) in [
                ("represent missing img", Data("{}".utf8)), ("represent no body", nil),
            ] {
                let example = try Self.example(name)
                let headers = body == nil ? [:] : ["Content-Type": "application/json"]
                let answer = try await server.send("POST", "/represent", headers, body)
                #expect(answer.status == example.status)
                #expect(answer.text == example.body.trimmingCharacters(in: .newlines), "\(name)")
            }
            for (name, fields) in [
                ("represent bad path", ["img": "/nope.jpg"]),
                ("represent bad model", ["img": "img1.jpg", "model_name": "Nope"]),
            ] {
                let example = try Self.example(name)
                let answer = try await server.post("/represent", fields)
                #expect(answer.status == example.status)
                let error = try #require(answer.json["error"] as? String)
                #expect(answer.json.count == 1 && example.body.hasPrefix("{\"error\":\"Exception while representing: "))
                #expect(error.hasPrefix("Exception while representing: "))
                #expect(!error.contains("Traceback") && !error.contains(".swift"))
            }
            for (name, path) in [("register no db", "/register"), ("build/index no db", "/build/index")] {
                let example = try Self.example(name)
                let answer = try await server.post(path, ["img": "img1.jpg"])
                #expect(answer.status == example.status)
                #expect(answer.text == example.body.trimmingCharacters(in: .newlines))
            }
        }
    }

    @Test func falseInAFormIsFalse() async throws {
        try await withServer { server in
            func status(_ enforce: String) async throws -> Int {
                try await server.post(
                    "/represent", files: [("img", "grey.png", Photos.grey)],
                    fields: ["model_name": "Dlib", "detector_backend": "opencv", "enforce_detection": enforce]
                ).status
            }
            for (text, expected) in [("false", 200), ("0", 200), ("true", 400), ("perhaps", 400)] {
                let found = try await status(text)
                #expect(found == expected, "\(text)")
            }
        }
    }

    @Test func registeredFacesAreFound() async throws {
        try await ServerRun.with { server in
            func post(_ path: String, _ fields: [String: any Sendable]) async throws -> Answer {
                try await server.post(path, Self.common.merging(fields) { $1 })
            }
            let photo = try Photos.base64("img1")
            #expect(try await post("/search", ["img": photo]).status == 400)
            let registered = try await post("/register", ["img": photo, "img_name": "angelina.jpg"])
            #expect(registered.text == #"{"inserted":1}"#)
            #expect(try await post("/register", ["img": photo, "img_name": "angelina.jpg"]).text == #"{"inserted":0}"#)
            #expect(try await post("/build/index", [:]).text == #"{"message":"Index built successfully"}"#)
            for method in ["exact", "ann"] {
                let found = try await post("/search", ["img": try Photos.base64("img2"), "search_method": method])
                let rows = try #require((found.json["results"] as? [[[String: Any]]])?.first)
                let row = try #require(rows.first)
                #expect(
                    Set(row.keys).isSuperset(of: [
                        "id", "img_name", "model_name", "detector_backend", "aligned", "l2_normalized", "search_method",
                        "target_x", "target_y", "target_w", "target_h", "threshold", "distance_metric", "distance",
                        "confidence",
                    ]))
                #expect(row["img_name"] as? String == "angelina.jpg")
                #expect(row["search_method"] as? String == method)
                #expect(abs(try #require(row["distance"] as? Double) - 0.034081) < 5e-4)
            }
            // Faces that were embedded in another way are others.
            #expect(try await post("/search", ["img": photo, "align": false]).status == 400)
        }
    }
}
