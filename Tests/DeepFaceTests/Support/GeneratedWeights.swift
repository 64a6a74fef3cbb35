import DeepFace
import Foundation
import Testing

/// The weights that the recorded outputs were computed with: `scripts/test-weights.sh` makes them, `make test` calls it.
enum GeneratedWeights {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: ".build/test-weights")

    static func url(_ model: String) -> URL { folder.appending(path: "\(model).h5") }

    /// Models by the names of their recordings, and the files they are to be found as.
    static let files = [
        "VGG-Face": "vgg_face_weights.h5", "Facenet": "facenet_weights.h5", "Facenet512": "facenet512_weights.h5",
        "OpenFace": "openface_weights.h5", "DeepFace": "VGGFace2_DeepFace_weights_val-0.9034.h5",
        "DeepID": "deepid_keras_weights.h5", "ArcFace": "arcface_weights.h5", "GhostFaceNet": "ghostfacenet_v1.h5",
        "Age": "age_model_weights.h5", "Gender": "gender_model_weights.h5", "Race": "race_model_single_batch.h5",
        "Emotion": "facial_expression_model_weights.h5",
    ]

    static let areThere = files.keys.allSatisfy { FileManager.default.fileExists(atPath: url($0).path) }

    /// A pipeline that finds the generated weights where it looks for the published ones, and the published ones of the
    /// rest; its networks are kept between runs.
    static let deepface: DeepFace = {
        do {
            let home = folder.appending(path: "home")
            let weights = home.appending(path: ".deepface/weights")
            try? FileManager.default.removeItem(at: weights)
            try FileManager.default.createDirectory(at: weights, withIntermediateDirectories: true)
            let published = WeightStore().folder
            for name in (try? FileManager.default.contentsOfDirectory(atPath: published.path)) ?? [] {
                try FileManager.default.createSymbolicLink(
                    at: weights.appending(path: name), withDestinationURL: published.appending(path: name))
            }
            for (model, file) in files {
                let place = weights.appending(path: file)
                try? FileManager.default.removeItem(at: place)
                try FileManager.default.createSymbolicLink(at: place, withDestinationURL: url(model))
            }
            var configuration = Configuration()
            configuration.home = home
            configuration.checksDigests = false
            return try DeepFace(configuration: configuration)
        } catch {
            fatalError("\(error)")
        }
    }()
}

extension Trait where Self == ConditionTrait {
    /// Runs the test only where the generated weights are.
    static var needsGeneratedWeights: Self {
        .enabled(if: GeneratedWeights.areThere, "skipped: no generated weights; run: scripts/test-weights.sh")
    }
}
