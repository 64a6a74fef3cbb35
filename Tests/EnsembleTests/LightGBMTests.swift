import DeepFace
import Ensemble
import Foundation
import Testing

/// LightGBM's text models, against what LightGBM itself says (Tests/Golden/lightgbm/README.md).
struct LightGBMTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Golden/lightgbm")

    private struct Recorded: Decodable {
        let rows: [[Double?]]
        let probabilities: [String: [Double]]
    }

    private static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: "\(name).txt"), encoding: .utf8)
    }

    @Test(arguments: ["binary", "gaps", "zeros", "two-classes", "forest"])
    func probabilitiesAreLightGBMs(_ name: String) throws {
        let recorded = try JSONDecoder().decode(
            Recorded.self, from: Data(contentsOf: Self.folder.appending(path: "expected.json")))
        let model = try LightGBMModel(text: Self.text(name))
        #expect(model.features == 3 && model.names == ["one", "two", "three"])
        let expected = try #require(recorded.probabilities[name])
        #expect(expected.count == recorded.rows.count && Set(expected).count > 4)
        for (row, expected) in zip(recorded.rows, expected) {
            #expect(abs(model.probability(row.map { $0 ?? .nan }) - expected) < 1e-12, "\(row)")
        }
    }

    @Test func whatIsNoSuchModelIsRefused() throws {
        let text = try Self.text("binary")
        let cases: [(String, String)] = [
            ("", "begin"), ("tree\nversion=v4\n", "cut off"), (String(text.dropLast(40)), "cut off"),
            (text.replacing("objective=binary sigmoid:1.5", with: "objective=lambdarank"), "objective"),
            (text.replacing("sigmoid:1.5", with: "sigmoid:-1"), "objective"),
            (text.replacing("max_feature_idx=2", with: "max_feature_idx=0"), "damaged"),
            (text.replacing("num_cat=0", with: "num_cat=1"), "categories"),
            (text.replacing("is_linear=0", with: "is_linear=1"), "linear"),
            (text.replacing("Tree=1", with: "Tree=2"), "missing"),
            (text.replacing("left_child=", with: "left_child=0 "), "damaged"),
            (text.replacing("decision_type=2", with: "decision_type=1"), "not read here"),
            (text.replacing("leaf_value=", with: "leaf_value=x "), "leaf_value"),
            (text.replacing("num_tree_per_iteration=1", with: "num_tree_per_iteration=2"), "a round"),
        ]
        for (text, word) in cases {
            let error = #expect(throws: DeepFaceError.self) { try LightGBMModel(text: text) }
            #expect(error?.code == .unreadableInput && error?.message.contains(word) == true, "\(word)")
        }
    }

    @Test func featuresOfBoostedLightFace() {
        let names = Ensemble.boostedLightFace.map { "\($0.model) \($0.metric.rawValue)" }
        #expect(names.count == 11 && names[0] == "VGG-Face cosine" && names[7] == "OpenFace euclidean_l2")
        #expect(!names.contains("OpenFace euclidean"))
    }
}
