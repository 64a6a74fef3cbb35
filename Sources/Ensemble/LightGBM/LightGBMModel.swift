import DeepFace
import Foundation

/// A model that LightGBM (Ke et al., NIPS 2017) has written as text: what Python DeepFace published as Boosted LightFace.
///
/// It tells two classes apart, by the objective `binary` or `cross_entropy`, or by `multiclass` with two classes, of which the
/// second is "one person".
package struct LightGBMModel: Sendable {
    /// As it stood in the file.
    package let text: String
    /// How many features it takes.
    package let features: Int
    /// What the features are called in the file.
    package let names: [String]
    private let trees: [LightGBMTree]
    private let objective: Objective
    /// Whether the trees' mean counts, not their sum.
    private let averages: Bool

    private enum Objective {
        /// One tree a round: 1 / (1 + exp(−slope · sum)).
        case sigmoid(slope: Double)
        /// Two trees a round, one a class.
        case twoClasses

        var treesPerRound: Int {
            switch self {
            case .sigmoid: 1
            case .twoClasses: 2
            }
        }
    }

    /// - Throws: `unreadableInput` when it is no such model, is cut off, or needs what is not read here: categories,
    ///   linear leaves, other objectives.
    package init(text: String) throws(DeepFaceError) {
        let sections = try LightGBMText(text)
        let head = sections.head
        guard let last = head["max_feature_idx"].flatMap({ Int($0) }), (0..<100_000).contains(last) else {
            throw LightGBMText.refusal("it does not say how many features it takes")
        }
        let width = last + 1
        let objective = try Self.objective(head["objective"] ?? "")
        guard head["num_tree_per_iteration"] == "\(objective.treesPerRound)" else {
            throw LightGBMText.refusal("it has not one tree a round and class")
        }
        var trees: [LightGBMTree] = []
        for (index, section) in sections.trees.enumerated() { trees.append(try section.tree(index, features: width)) }
        let promised = head["tree_sizes"].map { $0.split(separator: " ").count } ?? trees.count
        guard !trees.isEmpty, trees.count == promised, trees.count % objective.treesPerRound == 0 else {
            throw LightGBMText.refusal("trees are missing")
        }
        self.text = text
        features = width
        names = (head["feature_names"] ?? "").split(separator: " ").map(String.init)
        self.trees = trees
        self.objective = objective
        averages = head["average_output"] != nil
    }

    private static func objective(_ text: String) throws(DeepFaceError) -> Objective {
        let words = text.split(separator: " ").map(String.init)
        func setting(_ name: String) -> Double? {
            words.first { $0.hasPrefix("\(name):") }.flatMap { Double($0.dropFirst(name.count + 1)) }
        }
        switch words.first {
        case "binary":
            if let slope = setting("sigmoid"), slope > 0, slope.isFinite { return .sigmoid(slope: slope) }
        case "cross_entropy", "xentropy": return .sigmoid(slope: 1)
        case "multiclass", "softmax": if setting("num_class") == 2 { return .twoClasses }
        default: break
        }
        throw LightGBMText.refusal("its objective '\(text.prefix(60))' does not tell two classes apart")
    }

    /// How likely it is the class "one person". A feature that is missing is NaN.
    package func probability(_ row: [Double]) -> Double {
        var sums = [0.0, 0.0]
        let classes = objective.treesPerRound
        for (index, tree) in trees.enumerated() { sums[index % classes] += tree.value(row) }
        if averages { sums = sums.map { $0 / Double(trees.count / classes) } }
        return switch objective {
        case .sigmoid(let slope): LogisticModel.sigmoid(slope * sums[0])
        // The softmax of two.
        case .twoClasses: LogisticModel.sigmoid(sums[1] - sums[0])
        }
    }
}
