import DeepFace
import Foundation

/// Whether XGBoost's JSON holds whole trees: XGBoost follows the numbers in it without looking where they lead.
struct BoostedModelCheck: Decodable {
    let learner: Learner

    struct Learner: Decodable {
        let objective: Objective
        let parameters: Parameters
        let booster: Booster

        enum CodingKeys: String, CodingKey {
            case objective
            case parameters = "learner_model_param"
            case booster = "gradient_booster"
        }
    }

    struct Objective: Decodable { let name: String }

    struct Parameters: Decodable {
        let features: String

        enum CodingKeys: String, CodingKey { case features = "num_feature" }
    }

    struct Booster: Decodable {
        let name: String
        let model: Model
    }

    struct Model: Decodable {
        let trees: [Tree]
        let info: [Int]
        let parameters: Parameters

        struct Parameters: Decodable {
            let trees: String

            enum CodingKeys: String, CodingKey { case trees = "num_trees" }
        }

        enum CodingKeys: String, CodingKey {
            case trees
            case info = "tree_info"
            case parameters = "gbtree_model_param"
        }
    }

    struct Tree: Decodable {
        let left, right, parents, features, kinds, defaultLeft, categories: [Int]
        let conditions, weights, changes, sums: [Double]

        enum CodingKeys: String, CodingKey {
            case parents, categories
            case left = "left_children"
            case right = "right_children"
            case features = "split_indices"
            case kinds = "split_type"
            case defaultLeft = "default_left"
            case conditions = "split_conditions"
            case weights = "base_weights"
            case changes = "loss_changes"
            case sums = "sum_hessian"
        }
    }

    /// - Throws: `unreadableInput` when these are no trees that tell one person from another by so many distances.
    static func check(_ json: String, features: Int) throws(DeepFaceError) {
        func refuse(_ reason: String) -> DeepFaceError {
            DeepFaceError(.unreadableInput, "the boosted trees cannot be used: \(reason)")
        }
        // What does not begin so XGBoost takes for an older format.
        guard json.hasPrefix("{\""), let model = try? JSONDecoder().decode(Self.self, from: Data(json.utf8)) else {
            throw refuse("they are not XGBoost's JSON")
        }
        let (learner, trees) = (model.learner, model.learner.booster.model.trees)
        guard learner.objective.name == "binary:logistic", learner.booster.name == "gbtree" else {
            throw refuse("they were grown for something else")
        }
        guard learner.parameters.features == "\(features)" else {
            throw refuse("they take \(learner.parameters.features) distances, not \(features)")
        }
        let count = trees.count
        guard learner.booster.model.parameters.trees == "\(count)",
            learner.booster.model.info == [Int](repeating: 0, count: count)
        else { throw refuse("trees are missing") }
        guard trees.allSatisfy({ $0.isWhole(features: features) }) else { throw refuse("a tree is damaged") }
    }
}

extension BoostedModelCheck.Tree {
    /// Whether from the root every node that is reached is reached once, and every question is about a distance there is.
    fileprivate func isWhole(features count: Int) -> Bool {
        let nodes = left.count
        let lengths = [
            right.count, parents.count, features.count, kinds.count, defaultLeft.count, conditions.count,
            weights.count, changes.count, sums.count,
        ]
        guard nodes > 0, lengths.allSatisfy({ $0 == nodes }), categories.isEmpty, kinds.allSatisfy({ $0 == 0 }) else {
            return false
        }
        var reached = Set([0])
        var waiting = [0]
        while let node = waiting.popLast() {
            if left[node] == -1, right[node] == -1 { continue }
            guard (0..<count).contains(features[node]) else { return false }
            for child in [left[node], right[node]] {
                guard (0..<nodes).contains(child), parents[child] == node, reached.insert(child).inserted else {
                    return false
                }
                waiting.append(child)
            }
        }
        return true
    }
}
