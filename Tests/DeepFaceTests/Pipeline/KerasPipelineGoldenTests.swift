import DeepFace
import Foundation
import Testing

/// Whole photos through the Keras models, against the Python original with the same generated weights.
@Suite(.needsShared, .needsTestHome, .serialized, .oneAtATime) struct KerasPipelineGoldenTests {
    struct Represented: Decodable {
        let image, model, detector, normalization: String
        let embedding: [Double]
        let facialArea: FacialArea
    }

    @Test func embeddingsArePythonsInAllNormalizations() async throws {
        // The facial area decodes by its own keys.
        let entries: [Represented] = try Shared.golden(
            "represent_keras_det_weights",
            keys: .custom { path in
                path.last!.stringValue == "facial_area" ? Key("facialArea") : path.last!
            })
        #expect(Set(entries.map(\.normalization)).count == 7 && entries.count == 42)
        let deepface = TestHome.pipeline()
        for entry in entries {
            var options = Options()
            options.model = try RecognitionRegistry.model(named: entry.model)
            options.detector = try DetectorRegistry.detector(named: entry.detector)
            options.normalization = try #require(Normalization(rawValue: entry.normalization))
            options.alignment = .eyes
            let photo = ImageSource.path(try Shared.photo(entry.image))
            let faces = try await deepface.represent(photo, options: options)
            #expect(faces.count == 1)
            let similarity = cosine(faces[0].embedding, entry.embedding)
            #expect(similarity >= 0.99999, "\(entry.model), \(entry.normalization): \(similarity)")
        }
    }

    private func cosine(_ a: [Float], _ b: [Double]) -> Double {
        func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        let a = a.map { Double($0) }
        return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
    }

    struct Analyzed: Decodable {
        let emotion, gender, race: [String: Double]
        let dominantEmotion, dominantGender, dominantRace: String
        let age: Int
        let faceConfidence: Double

        enum CodingKeys: String, CodingKey {
            case emotion, gender, race, age
            case dominantEmotion = "dominant_emotion"
            case dominantGender = "dominant_gender"
            case dominantRace = "dominant_race"
            case faceConfidence = "face_confidence"
        }
    }

    @Test func attributesArePythons() async throws {
        let expected = try #require(
            try Shared.golden("analyze_det_weights", as: [Analyzed].self, keys: .useDefaultKeys).first)
        var options = Options()
        options.detector = .opencv
        let faces = try await TestHome.pipeline().analyze(.path(Shared.photo("img1.jpg")), options: options)
        let face = try #require(faces.first)
        #expect(faces.count == 1)
        #expect(face.age == expected.age && face.faceConfidence == expected.faceConfidence)
        #expect(face.dominantEmotion == expected.dominantEmotion)
        #expect(face.dominantGender == expected.dominantGender)
        #expect(face.dominantRace == expected.dominantRace)
        for (found, expected) in [
            (face.emotion, expected.emotion), (face.gender, expected.gender), (face.race, expected.race),
        ] {
            let found = try #require(found)
            #expect(Set(found.keys) == Set(expected.keys))
            for (label, share) in expected { #expect(abs(found[label, default: -1] - share) <= 0.1, "\(label)") }
        }
        #expect(face.models == ["age": "Age", "gender": "Gender", "emotion": "Emotion", "race": "Race"])
    }
}

private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
}
