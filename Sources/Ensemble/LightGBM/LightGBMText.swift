import DeepFace
import Foundation

/// The parts of a LightGBM text model: `name=value` lines of the head, and of each tree.
struct LightGBMText {
    let head: [String: String]
    let trees: [Section]

    struct Section { let values: [String: String] }

    static func refusal(_ reason: String) -> DeepFaceError {
        DeepFaceError(
            .unreadableInput, "the LightGBM model cannot be used: \(reason)",
            advice: "give a text model that LightGBM's save_model wrote")
    }

    init(_ text: String) throws(DeepFaceError) {
        var lines = text.split(whereSeparator: \.isNewline).makeIterator()
        guard lines.next() == "tree" else { throw Self.refusal("it does not begin with 'tree'") }
        var sections: [[String: String]] = [[:]]
        var isWhole = false
        while let line = lines.next() {
            if line == "end of trees" {
                isWhole = true
                break
            }
            let equals = line.firstIndex(of: "=") ?? line.endIndex
            let name = String(line[..<equals])
            if name == "Tree" {
                guard line.dropFirst(5) == "\(sections.count - 1)" else { throw Self.refusal("trees are missing") }
                sections.append([:])
            }
            // Lines such as "average_output" have no value.
            let value = equals == line.endIndex ? "" : String(line[line.index(after: equals)...])
            sections[sections.count - 1][name] = value
        }
        guard isWhole else { throw Self.refusal("it is cut off") }
        head = sections[0]
        trees = sections.dropFirst().map(Section.init)
    }
}

extension LightGBMText.Section {
    func tree(_ index: Int, features: Int) throws(DeepFaceError) -> LightGBMTree {
        func refuse(_ reason: String) -> DeepFaceError { LightGBMText.refusal("tree \(index) \(reason)") }
        func numbers<Number: LosslessStringConvertible>(_ name: String) throws(DeepFaceError) -> [Number] {
            let words = (values[name] ?? "").split(separator: " ")
            let numbers = words.compactMap { Number(String($0)) }
            guard numbers.count == words.count else { throw refuse("has something else than numbers in \(name)") }
            return numbers
        }
        if values["num_cat"] ?? "0" != "0" { throw refuse("asks for categories") }
        if values["is_linear"] ?? "0" != "0" { throw refuse("has linear leaves") }
        let bits: [Int] = try numbers("decision_type")
        let decisions = bits.compactMap(LightGBMTree.Decision.init)
        guard decisions.count == bits.count else { throw refuse("asks questions that are not read here") }
        let tree = LightGBMTree(
            features: try numbers("split_feature"), thresholds: try numbers("threshold"), decisions: decisions,
            left: try numbers("left_child"), right: try numbers("right_child"), leaves: try numbers("leaf_value"))
        guard tree.isWhole(features: features), values["num_leaves"] == "\(tree.leaves.count)" else {
            throw refuse("is damaged")
        }
        return tree
    }
}
