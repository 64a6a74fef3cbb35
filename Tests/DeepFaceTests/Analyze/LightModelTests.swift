import DeepFace
import Foundation
import Inference
import Testing

/// The small attribute networks with their published weights, against Keras 3.15 on the recorded inputs: stream 999983
/// as it is, and scaled the way each network takes it.
@Suite(.needsShared, .needsTestHome, .oneAtATime) struct LightModelTests {
    private static let emotion: [[Float]] = [
        [
            0.19795985519886017, 9.834007869358175e-06, 0.04077941179275513, 0.6375918388366699, 0.11271736025810242,
            0.00954075250774622, 0.001400961191393435,
        ],
        [
            0.06593561172485352, 5.433757888084756e-09, 0.02786281891167164, 0.6764732003211975, 0.21526610851287842,
            0.00081112195039168, 0.013651144690811634,
        ],
    ]
    private static let gender: [[Float]] = [
        [0.22414059937000275, 0.7758594155311584], [0.24591611325740814, 0.7540838718414307],
    ]

    @Test(arguments: [("oarriaga-emotion", emotion), ("oarriaga-gender", gender)])
    func miniXception(name: String, expected: [[Float]]) async throws {
        try await compare(name, expected, scaled: { $0 * 2 - 1 })
    }

    @Test func ssrNetAge() async throws {
        // The network gives hundred-and-firsts.
        let ages: [Float] = [33.44499206542969, 41.35442352294922]
        try await compare("ssrnet-age", ages.map { [$0 / 101] }, scaled: { $0 * 255 })
    }

    @Test func ssrNetGender() async throws {
        try await compare(
            "ssrnet-gender",
            [[1.0728836059570312e-06, 0.999998927116394], [5.602836608886719e-06, 0.9999943971633911]],
            scaled: { $0 * 255 })
    }

    private func compare(_ name: String, _ expected: [[Float]], scaled: (Float) -> Float) async throws {
        let entry = try #require(WeightCatalog.entry(named: name))
        let network = try await TestHome.deepface.network(entry.networks[0])
        let channels = try #require(network.inputShape[1])
        let input = try NetworkGoldenTests.input([1, 64, 64, channels])
        let other = Tensor(shape: input.shape, values: input.values.map(scaled))
        for (input, expected) in zip([input, other], expected) {
            let output = try network(input)[0].values
            #expect(output.count == expected.count)
            #expect(zip(output, expected).allSatisfy { abs($0 - $1) < 1e-5 }, "\(name): \(output)")
        }
    }

    /// Whole photos: a broad smile, and a serious man; each model says so.
    @Test func photosAreReadAsAPersonWould() async throws {
        let models = try [
            AttributeRegistry.model(.emotion, named: "oarriaga"), AttributeRegistry.model(.gender, named: "oarriaga"),
            AttributeRegistry.model(.age, named: "ssrnet"),
        ]
        let photos = try ["img1.jpg", "img30.jpg"].map { ImageSource.path(try Shared.photo($0)) }
        let results = try await TestHome.deepface.analyze(photos, models: models).map { try $0.get() }
        #expect(results.map(\.count) == [1, 1])
        #expect(results[0][0].dominantEmotion == "happy" && results[1][0].dominantEmotion == "neutral")
        #expect(results[0][0].dominantGender == "Woman" && results[1][0].dominantGender == "Man")
        for result in results.joined() {
            #expect((15...60).contains(result.age ?? 0) && result.race == nil)
            #expect(result.models == ["emotion": "oarriaga", "gender": "oarriaga", "age": "ssrnet"])
        }
    }

    @Test func senselessOptionsAreRefused() async throws {
        for change in [{ $0.maximumFaces = -1 }, { $0.expand = .max }] as [(inout Options) -> Void] {
            var options = Options()
            change(&options)
            let model = try AttributeRegistry.model(.age, named: "ssrnet")
            let photo = ImageSource.path(try Shared.photo("img1.jpg"))
            let result = await TestHome.deepface.analyze([photo], models: [model], options: options)[0]
            let error = #expect(throws: DeepFaceError.self) { try result.get() }
            #expect(error?.code == .invalidOption)
        }
    }

    /// What a model says does not hang on which others are asked.
    @Test func modelsDoNotDisturbEachOther() async throws {
        let age = try AttributeRegistry.model(.age, named: "ssrnet")
        let photo = ImageSource.path(try Shared.photo("img1.jpg"))
        let alone = try await TestHome.deepface.analyze(photo, models: [age])
        let together = try await TestHome.deepface.analyze(photo, models: [age, .emotion])
        #expect(alone.map(\.age) == together.map(\.age) && alone.map(\.region) == together.map(\.region))
    }

    @Test func twoModelsOfOneAttributeAreRefused() async throws {
        let models = AttributeRegistry.models(of: .age)
        let error = await #expect(throws: DeepFaceError.self) {
            _ = try await TestHome.deepface.analyze(.path(Shared.photo("img1.jpg")), models: models)
        }
        #expect(error?.code == .invalidOption)
    }
}
