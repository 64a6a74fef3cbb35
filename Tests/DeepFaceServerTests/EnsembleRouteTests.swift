import DeepFace
import DeepFaceServer
import Ensemble
import Foundation
import Testing

/// `/v1/verify` by an ensemble that the server was started with.
@Suite(.needsPhotos, .serialized) struct EnsembleRouteTests {
    /// LightGBM's recorded trees over three distances of the default model.
    private static func ensemble() throws -> Ensemble {
        let model = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Golden/lightgbm/two-classes.txt")
        var options = Options()
        options.detector = try DetectorRegistry.detector(named: "opencv")
        return try Ensemble(
            lightGBM: model.path, features: [("Dlib", .cosine), ("Dlib", .euclideanL2), ("Dlib", .euclidean)],
            options: options)
    }

    @Test func verifiesAsTheLibraryDoes() async throws {
        let ensemble = try Self.ensemble()
        try await ServerRun.with { settings, folder in
            try ensemble.write(to: folder.file("team.json"))
            settings.ensembles = ["team": folder.file("team.json").path]
        } _: { server in
            let photos = [
                ("image1", "a.jpg", try Photos.data("img1")), ("image2", "b.jpg", try Photos.data("img2")),
            ]
            let answer = try await server.checked("/v1/verify", files: photos, fields: ["ensemble": "team"])
            #expect(answer.status == 200, "\(answer.text)")
            let here = try await EnsembleVerifier(ensemble, DeepFace()).verify(
                .path(Photos.url("img1").path), .path(Photos.url("img2").path))
            #expect(abs(try #require(answer.json["probability"] as? Double) - here.probability) < 1e-4)
            #expect(answer.json["kind"] as? String == "lightgbm")
            let json = try await server.checked(
                "POST", "/v1/verify",
                json: [
                    "image1": try Photos.base64("img1"), "image2": try Photos.base64("img2"), "ensemble": "team",
                    "threshold": 1,
                ])
            #expect(json.json["verified"] as? Bool == false && json.json["threshold"] as? Double == 1)
            for (fields, word) in [
                (["ensemble": "nobody"], "there are team"), (["ensemble": "team", "model": "Dlib"], "model"),
                (["ensemble": "team", "metric": "cosine"], "metric"), (["ensemble": "team", "threshold": "2"], "2.0"),
            ] {
                let refused = try await server.checked("/v1/verify", files: photos, fields: fields)
                #expect(refused.status == 400 && refused.text.contains(word), "\(refused.text)")
            }
            let models = try await server.checked("GET", "/v1/models")
            #expect(models.text.contains("\"Dlib opencv landmarks euclidean_l2\""))
            // Without one, as ever.
            #expect(try await server.checked("/v1/verify", files: photos).json["distance"] != nil)
        }
    }
}
