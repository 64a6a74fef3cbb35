import DeepFace

/// What an ensemble learns from: each pair's distances, and the truth.
package struct PairTable: Sendable {
    package let pairs: [LabelledPair]
    /// Pairs × features, six decimals; NaN where a photo has no face.
    package let rows: [[Double]]
    /// Who stands in each pair.
    package let people: PairPeople

    package init(_ pairs: [LabelledPair], _ rows: [[Double]]) {
        (self.pairs, self.rows) = (pairs, rows)
        people = PairPeople(pairs)
    }

    /// A feature each, its distances in the order of the pairs.
    init(_ pairs: [LabelledPair], columns: [[PairScore]]) {
        self.init(pairs, pairs.indices.map { pair in columns.map { $0[pair].distance ?? .nan } })
    }
}

/// Who stands in pairs: photos that pairs of one person connect show one person.
package struct PairPeople: Sendable {
    /// For each pair its two people, from 0; twice the same one where it is one person's.
    package let numbers: [(Int, Int)]
    package let count: Int

    package init(_ pairs: [LabelledPair]) {
        var parents: [String: String] = [:]
        func root(_ photo: String) -> String {
            var photo = photo
            while let parent = parents[photo], parent != photo { photo = parent }
            return photo
        }
        for pair in pairs where pair.same {
            let (one, other) = (root(pair.first), root(pair.second))
            // The smaller name is the root, whatever the pairs' order.
            if one != other { parents[max(one, other)] = min(one, other) }
        }
        let roots = pairs.map { (root($0.first), root($0.second)) }
        let names = Set(roots.flatMap { [$0.0, $0.1] }).sorted()
        let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        numbers = roots.map { (places[$0.0, default: 0], places[$0.1, default: 0]) }
        count = names.count
    }
}
