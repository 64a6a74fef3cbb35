import Foundation

/// pairs.txt of Labeled Faces in the Wild (vis-www.cs.umass.edu/lfw/README.txt).
///
/// The first line says how many folds there are and how many pairs of each kind a fold has, or only the latter. A fold
/// is `name number number` for each pair of the same person, then `name number name number`.
enum LFWPairs {
    static func isHeader(_ line: PairsLine) -> Bool {
        let words = line.text.split(whereSeparator: \.isWhitespace)
        return (1...2).contains(words.count) && words.allSatisfy { Int($0) != nil }
    }

    static func read(_ lines: [PairsLine]) throws(DeepFaceError) -> [LabelledPair] {
        let counts = lines[0].text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        let (folds, perFold) = counts.count == 2 ? (counts[0], counts[1]) : (1, counts[0])
        guard (1...1_000_000).contains(folds), (1...10_000_000).contains(perFold) else {
            throw lines[0].error("\(folds) folds of \(perFold) pairs of each kind make no sense")
        }
        let expected = 2 * folds * perFold
        guard lines.count - 1 == expected else {
            throw .unreadable("its first line promises \(expected) pairs, and it holds \(lines.count - 1)")
        }
        var pairs: [LabelledPair] = []
        for (index, line) in lines.dropFirst().enumerated() {
            let pair = try pair(line, fold: counts.count == 2 ? index / (2 * perFold) + 1 : nil)
            let same = index % (2 * perFold) < perFold
            guard pair.same == same else {
                let words =
                    same ? "one person is due: name number number" : "two people are due: name number name number"
                throw line.error("a pair of \(words)")
            }
            pairs.append(pair)
        }
        return pairs
    }

    private static func pair(_ line: PairsLine, fold: Int?) throws(DeepFaceError) -> LabelledPair {
        // Names have no blanks in the original, and may where tabs divide the words.
        let words =
            line.text.contains("\t")
            ? line.text.split(separator: "\t") : line.text.split(whereSeparator: \.isWhitespace)
        let trimmed = words.map { $0.trimmingCharacters(in: .whitespaces) }
        switch trimmed.count {
        case 3:
            return LabelledPair(
                try photo(trimmed[0], trimmed[1], line), try photo(trimmed[0], trimmed[2], line), same: true, fold: fold
            )
        case 4:
            return LabelledPair(
                try photo(trimmed[0], trimmed[1], line), try photo(trimmed[2], trimmed[3], line), same: false,
                fold: fold)
        default:
            throw line.error(
                "a pair has 3 words (name number number) or 4 (name number name number), not \(trimmed.count)")
        }
    }

    /// `NAME/NAME_0001.jpg`
    private static func photo(_ name: String, _ number: String, _ line: PairsLine) throws(DeepFaceError) -> String {
        guard !name.isEmpty, !name.contains("/"), name != "..", let index = Int(number), (1...999_999).contains(index)
        else { throw line.error("'\(name) \(number)' is not a name and a photo's number") }
        return "\(name)/\(name)_\(String(format: "%04d", index)).jpg"
    }
}
