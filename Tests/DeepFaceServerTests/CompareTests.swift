import DeepFace
import Foundation
import Testing

/// `/v1` on photos alone; every answer is held against the contract.
@Suite(.needsPhotos, .serialized) struct CompareTests {
    @Test func verifyByFormAndJSON() async throws {
        try await ServerRun.with { server in
            let form = try await server.checked(
                "/v1/verify",
                files: [
                    ("image1", "a.jpg", try Photos.data("img1")), ("image2", "b.jpg", try Photos.data("img2")),
                ])
            #expect(form.status == 200)
            #expect(form.json["verified"] as? Bool == true)
            #expect(form.json["model"] as? String == "Dlib")
            let json = try await server.checked(
                "POST", "/v1/verify",
                json: [
                    "image1": try Photos.base64("img1"), "image2": try Photos.data("img2").base64EncodedString(),
                    "metric": "cosine", "align": "eyes",
                ])
            #expect(abs(try #require(json.json["distance"] as? Double) - 0.034081) < 5e-4)
            let other = try await server.checked(
                "/v1/verify",
                files: [
                    ("image1", "a.jpg", try Photos.data("img1")), ("image2", "b.jpg", try Photos.data("img16")),
                ])
            #expect(other.json["verified"] as? Bool == false)
        }
    }

    @Test func representAndExtract() async throws {
        try await ServerRun.with { server in
            let photo = [("image", "a.jpg", try Photos.data("img1"))]
            let faces = try await server.checked("/v1/represent", files: photo)
            #expect(((faces.json["faces"] as? [[String: Any]])?.first?["embedding"] as? [Any])?.count == 128)
            let cut = try await server.checked("/v1/extract", files: photo)
            let face = try #require((cut.json["faces"] as? [[String: Any]])?.first)
            let picture = try #require(face["image"] as? String)
            #expect(picture.hasPrefix("data:image/png;base64,iVBOR"))
            #expect((cut.json["width"] as? Int ?? 0) > 500)
            // Cut out as it is, a large face is made smaller.
            let large = try await server.checked("/v1/extract", files: photo, fields: ["align": "none"])
            #expect(large.status == 200)
        }
    }

    @Test func qualityIsToldAndTurnsAway() async throws {
        try await ServerRun.with { server in
            let photo = [("image", "a.jpg", try Photos.data("img1"))]
            let gate = ["min_quality": "0.5", "detector": "mtcnn"]
            let good = try await server.checked("/v1/quality", files: photo, fields: gate)
            let face = try #require((good.json["faces"] as? [[String: Any]])?.first)
            let quality = try #require(face["quality"] as? [String: Any])
            #expect(quality["score"] as? Double ?? 0 > 0.5 && face["accepted"] as? Bool == true)
            #expect((quality["size"] as? [String: Any])?["eye_distance"] as? Double ?? 0 > 100)
            let image = try Image(decoding: try Photos.data("img1"))
            let tiny = try image.scaled(width: 36, height: 36 * image.height / image.width)
            let large = try tiny.resized(width: 800, height: 800 * image.height / image.width)
            let poor = [("image", "tiny.png", try large.png())]
            let judged = try await server.checked("/v1/quality", files: poor, fields: gate)
            let blurred = try #require((judged.json["faces"] as? [[String: Any]])?.first)
            #expect(blurred["accepted"] as? Bool == false)
            #expect(((blurred["quality"] as? [String: Any])?["reasons"] as? [String])?.first == "blurred")
            let cut = try await server.checked("/v1/extract", files: poor, fields: ["detector": "mtcnn"])
            let shown = try #require((cut.json["faces"] as? [[String: Any]])?.first)
            #expect(shown["quality"] as? NSDictionary == blurred["quality"] as? NSDictionary)
            for path in ["/v1/represent", "/v1/extract"] {
                let refused = try await server.checked(path, files: poor, fields: gate)
                #expect(refused.status == 422 && refused.code == "low_quality" && refused.text.contains("blurred"))
                #expect(refused.text.contains("lower min_quality"), "\(refused.text)")
                #expect(try await server.checked(path, files: photo, fields: gate).status == 200)
            }
            for bar in ["2", "-0.1", "good"] {
                let answer = try await server.checked("/v1/represent", files: photo, fields: ["min_quality": bar])
                #expect(answer.status == 400, "\(answer.text)")
            }
            _ = try await server.checked("POST", "/v1/collections", json: ["name": "team", "detector": "mtcnn"])
            let samples = "/v1/collections/team/people/A/samples"
            let refused = try await server.checked(samples, files: poor, fields: gate)
            #expect(refused.status == 422 && refused.code == "low_quality")
            #expect(try await server.checked(samples, files: photo, fields: gate).status == 201)
            // A bad face beside a good one is told of, and the good one is registered.
            var both = Image(filledWith: Color(blue: 90, green: 90, red: 90), width: 900, height: 700)
            both.paste(try image.scaled(width: 500, height: 500 * image.height / image.width), x: 0, y: 0)
            both.paste(try image.scaled(width: 60, height: 60 * image.height / image.width), x: 700, y: 100)
            let two = [("image", "two.png", try both.png())]
            #expect(try await server.checked(samples, files: two).status == 400)
            let one = try await server.checked(samples, files: two, fields: gate)
            let rejected = try #require((one.json["rejected"] as? [[String: Any]])?.first)
            #expect(one.status == 201 && rejected["reasons"] as? [String] == ["small"], "\(one.text)")
            let found = try await server.checked(
                "/v1/collections/team/search", files: two, fields: gate)
            #expect((found.json["faces"] as? [Any])?.count == 1 && (found.json["rejected"] as? [Any])?.count == 1)
        }
    }

    @Test func whatIsWrongIsSaid() async throws {
        try await ServerRun.with { server in
            let photo = [("image", "a.jpg", try Photos.data("img1"))]
            for (fields, status, code) in [
                (["model": "Nope"], 400, "invalid_option"), (["detector": "nope"], 400, "invalid_option"),
                (["align": "sideways"], 400, "invalid_request"), (["max_faces": "0"], 400, "invalid_request"),
                (["max_faces": "1.5"], 400, "invalid_request"), (["max_faces": "101"], 400, "invalid_request"),
                (["expand": "-1"], 400, "invalid_request"), (["enforce_detection": "maybe"], 400, "invalid_request"),
                (["model": "onnx:/etc/passwd"], 400, "invalid_option"), (["model": "ArcFace"], 503, "weights_missing"),
            ] as [([String: String], Int, String)] {
                let answer = try await server.checked("/v1/represent", files: photo, fields: fields)
                #expect(answer.status == status && answer.code == code, "\(fields): \(answer.text)")
                #expect(!answer.text.contains("/.deepface/"), "a path of the server's own: \(answer.text)")
            }
            let nobody = try await server.checked("/v1/represent", files: [("image", "grey.png", Photos.grey)])
            #expect(nobody.status == 422 && nobody.code == "no_face")
            let broken = try await server.checked(
                "/v1/represent", files: [("image", "a.jpg", try Photos.data("img1").prefix(2000))])
            #expect(broken.status == 400 && broken.code == "unreadable_input")
            #expect(try await server.checked("/v1/represent", files: []).status == 400)
            let bomb = try await server.checked("/v1/represent", files: [("image", "bomb.png", Self.bomb)])
            #expect(bomb.status == 400 && bomb.code == "unreadable_input")
        }
    }

    /// The head of a picture of 60,000 × 60,000 pixels.
    private static let bomb: Data = {
        var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]
        bytes += Array("IHDR".utf8) + [0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60, 8, 2, 0, 0, 0, 0xC8, 0x9E, 0x3C, 0x5B]
        return Data(bytes)
    }()

    @Test func analyzeTellsOfMissingWeights() async throws {
        try await ServerRun.with { server in
            let photo = [("image", "a.jpg", try Photos.data("img1"))]
            let answer = try await server.checked("/v1/analyze", files: photo, fields: ["actions": "emotion"])
            #expect([200, 503].contains(answer.status))
            for actions in ["age,nonsense", " , "] {
                #expect(
                    try await server.checked("/v1/analyze", files: photo, fields: ["actions": actions]).status == 400)
            }
            let other = try await server.checked(
                "/v1/analyze", files: photo, fields: ["actions": "emotion", "emotion_model": "oarriaga"])
            #expect(other.status == 200 ? other.text.contains("oarriaga") : other.status == 503)
            let unknown = try await server.checked(
                "/v1/analyze", files: photo, fields: ["actions": "age", "age_model": "oarriaga"])
            #expect(unknown.status == 400)
            let landmarks = try await server.checked("/v1/analyze", files: photo, fields: ["align": "landmarks"])
            #expect(landmarks.status == 400)
        }
    }

    @Test func manyAtOnceGetWhatTheyGetAlone() async throws {
        try await ServerRun.with { server in
            let names = ["img1", "img2", "img3", "img16"]
            var alone: [String: [Double]] = [:]
            for name in names { alone[name] = try await Self.embedding(server, name) }
            try await withThrowingTaskGroup(of: (String, [Double]).self) { group in
                for turn in 0..<24 {
                    let name = names[turn % names.count]
                    group.addTask { (name, try await Self.embedding(server, name)) }
                }
                for try await (name, embedding) in group {
                    let expected = try #require(alone[name])
                    #expect(embedding.count == expected.count)
                    for (one, other) in zip(embedding, expected) { #expect(abs(one - other) < 1e-4) }
                }
            }
            let metrics = try await server.get("/metrics").text
            #expect(metrics.contains("deepface_batch_size_bucket"))
        }
    }

    private static func embedding(_ server: ServerRun, _ name: String) async throws -> [Double] {
        let answer = try await server.post("/v1/represent", files: [("image", "a.jpg", try Photos.data(name))])
        #expect(answer.status == 200, "\(answer.text)")
        return ((answer.json["faces"] as? [[String: Any]])?.first?["embedding"] as? [Double]) ?? []
    }
}
