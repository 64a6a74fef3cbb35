import Foundation

/// A tree of LightGBM: questions whether a feature is at most a threshold, down to a leaf with a number.
///
/// As in LightGBM, and unlike XGBoost, equal goes left.
struct LightGBMTree: Sendable {
    /// A node each: of which feature, its threshold, and how a missing one is taken.
    let features: [Int]
    let thresholds: [Double]
    let decisions: [Decision]
    /// The next node, or −1 − the leaf.
    let left, right: [Int]
    let leaves: [Double]

    /// What the bits of a `decision_type` say; trees with categories (bit 0) are not read.
    struct Decision: Sendable, Equatable {
        enum Missing: Int, Sendable { case never, zero, nan }
        let missing: Missing
        let goesLeft: Bool

        /// `nil` for one that is not of numbers.
        init?(_ bits: Int) {
            guard bits & 1 == 0, (0..<16).contains(bits), let missing = Missing(rawValue: bits >> 2) else { return nil }
            (self.missing, goesLeft) = (missing, bits & 2 != 0)
        }
    }

    /// The number of the leaf that a row comes to.
    func value(_ row: [Double]) -> Double {
        if features.isEmpty { return leaves[0] }
        var node = 0
        while node >= 0 { node = goesLeft(node, row[features[node]]) ? left[node] : right[node] }
        return leaves[-1 - node]
    }

    private func goesLeft(_ node: Int, _ given: Double) -> Bool {
        let decision = decisions[node]
        // Where nothing was missing in training, what is missing counts as 0.
        let value = given.isNaN && decision.missing != .nan ? 0 : given
        let isMissing =
            switch decision.missing {
            case .never: false
            case .zero: abs(value) <= Self.zero
            case .nan: value.isNaN
            }
        return isMissing ? decision.goesLeft : value <= thresholds[node]
    }

    /// What LightGBM takes for 0.
    private static let zero = Double(Float(1e-35))

    /// Whether from the root every node and leaf is reached once, and every question is about one of so many features.
    func isWhole(features count: Int) -> Bool {
        let nodes = features.count
        guard leaves.count == nodes + 1, leaves.allSatisfy(\.isFinite), !thresholds.contains(where: \.isNaN),
            [thresholds.count, decisions.count, left.count, right.count].allSatisfy({ $0 == nodes }),
            features.allSatisfy((0..<count).contains)
        else { return false }
        if nodes == 0 { return true }
        var (reached, ended) = (Set([0]), Set<Int>())
        var waiting = [0]
        while let node = waiting.popLast() {
            for child in [left[node], right[node]] {
                if child < 0 {
                    // −1 − the smallest number would be too large for one.
                    guard child >= -leaves.count, ended.insert(-1 - child).inserted else { return false }
                } else {
                    guard child < nodes, reached.insert(child).inserted else { return false }
                    waiting.append(child)
                }
            }
        }
        return reached.count == nodes && ended.count == leaves.count
    }
}
