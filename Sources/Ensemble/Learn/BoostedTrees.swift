import CXGBoost
import DeepFace
import Foundation
import Synchronization

/// Gradient-boosted trees of XGBoost (Chen and Guestrin, KDD 2016): small trees, each of which corrects those before it.
///
/// No tree may say that a larger distance makes one person likelier. The same pairs give the same trees.
package final class BoostedTrees: @unchecked Sendable {
    // Sendable: the booster is used only while `lock` is held.
    private let booster: BoosterHandle
    private let lock = Mutex(())
    /// How many distances it takes.
    package let features: Int
    /// The trees in XGBoost's JSON.
    package let json: String

    /// How trees are grown.
    package struct Growth: Sendable {
        /// Default: 100.
        package var trees = 100
        /// Questions from the root to a leaf. Default: 3.
        package var depth = 3
        /// How much of its correction a tree makes. Default: 0.1.
        package var rate = 0.1

        package init() {}
    }

    /// Learns from pairs of both kinds.
    ///
    /// - Parameter rows: pairs × distances; NaN where a photo has no face.
    /// - Throws: `engine` when XGBoost fails.
    package convenience init(_ rows: [[Double]], same: [Bool], growth: Growth = Growth()) throws(DeepFaceError) {
        let width = rows.first?.count ?? 0
        let json: String = try XGBoost.withMatrix(rows, width: width) { matrix throws(DeepFaceError) in
            try XGBoost.withBooster([matrix]) { booster throws(DeepFaceError) in
                let labels: [Float] = same.map { $0 ? 1 : 0 }
                try XGBoost.check(XGDMatrixSetFloatInfo(matrix, "label", labels, UInt64(labels.count)))
                let share = Double(same.count { $0 }) / Double(max(1, same.count))
                let falling = [String](repeating: "-1", count: width).joined(separator: ",")
                for (name, value) in [
                    ("objective", "binary:logistic"), ("max_depth", "\(growth.depth)"), ("eta", "\(growth.rate)"),
                    ("monotone_constraints", "(\(falling))"),
                    ("base_score", "\(min(0.99, max(0.01, share)).rounded(toPlaces: 4))"),
                ] { try XGBoost.check(XGBoosterSetParam(booster, name, value)) }
                for round in 0..<growth.trees {
                    try XGBoost.check(XGBoosterUpdateOneIter(booster, Int32(round), matrix))
                }
                return try XGBoost.json(of: booster)
            }
        }
        try self.init(json: json, features: width)
    }

    /// Trees that were written before.
    ///
    /// - Throws: `unreadableInput` when they are no trees over so many distances.
    package init(json: String, features: Int) throws(DeepFaceError) {
        // XGBoost itself believes what it reads.
        try BoostedModelCheck.check(json, features: features)
        booster = try XGBoost.booster()
        self.features = features
        self.json = json
        var json = json
        let status = json.withUTF8 { XGBoosterLoadModelFromBuffer(booster, $0.baseAddress, UInt64($0.count)) }
        guard status == 0 else {
            // All is set, so `deinit` frees the booster.
            throw DeepFaceError(.unreadableInput, "XGBoost cannot read its trees: \(XGBoost.lastError)")
        }
    }

    deinit { XGBoosterFree(booster) }

    /// - Throws: `engine`.
    package func probabilities(_ rows: [[Double]]) throws(DeepFaceError) -> [Double] {
        guard !rows.isEmpty else { return [] }
        return try XGBoost.withMatrix(rows, width: features) { matrix throws(DeepFaceError) in
            try lock.withLock { _ throws(DeepFaceError) in
                try XGBoost.predict(booster, matrix, count: rows.count)
            }
        }
    }
}
