import Foundation

/// Labelled pairs of photos out of a file: pairs.txt of Labeled Faces in the Wild, or CSV with a header.
public enum PairsFile {
    /// The pairs, in the file's order.
    ///
    /// - Throws: `unreadableInput`, naming the line, when the file is not there, makes no sense, or holds pairs of only
    ///   one kind.
    public static func pairs(in path: String) throws(DeepFaceError) -> [LabelledPair] {
        do throws(DeepFaceError) {
            let bytes: [UInt8]
            do throws(RegularFile.Problem) {
                bytes = try RegularFile.bytes(of: path, limit: 1 << 30)
            } catch {
                throw .unreadable(error.description)
            }
            guard let text = String(validating: bytes, as: UTF8.self) else { throw .unreadable("it is not UTF-8 text") }
            return try pairs(inText: text)
        } catch {
            throw DeepFaceError(
                error.code, "the pairs cannot be used: \(error.message)", input: path, advice: error.advice)
        }
    }

    /// The pairs in the text of such a file.
    package static func pairs(inText text: String) throws(DeepFaceError) -> [LabelledPair] {
        let lines = PairsLine.lines(of: text)
        guard let head = lines.first else { throw .unreadable("it is empty") }
        let pairs = LFWPairs.isHeader(head) ? try LFWPairs.read(lines) : try CSVPairs.read(lines)
        try check(pairs)
        return pairs
    }

    private static func check(_ pairs: [LabelledPair]) throws(DeepFaceError) {
        guard !pairs.isEmpty else { throw .unreadable("there is no pair in it") }
        var known: [Set<String>: Bool] = [:]
        for pair in pairs {
            if let other = known.updateValue(pair.same, forKey: [pair.first, pair.second]), other != pair.same {
                throw .unreadable(
                    "\(pair.first) and \(pair.second) are the same person in one line, different in another")
            }
        }
        let same = pairs.count(where: \.same)
        guard (1..<pairs.count).contains(same) else {
            let (kind, other) =
                same == 0 ? ("different people", "the same person") : ("the same person", "different people")
            throw DeepFaceError(
                .unreadableInput, "all of its pairs are of \(kind)",
                advice:
                    "add pairs of \(other): nothing can be told from one kind"
            )
        }
    }
}

/// A line of a pairs file that is not empty.
struct PairsLine {
    /// From one.
    let number: Int
    let text: Substring

    static func lines(of text: String) -> [PairsLine] {
        let text = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
        return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
            .filter { !$0.element.allSatisfy(\.isWhitespace) }
            .map { PairsLine(number: $0.offset + 1, text: $0.element) }
    }

    func error(_ problem: String) -> DeepFaceError { .unreadable("line \(number): \(problem)") }
}
