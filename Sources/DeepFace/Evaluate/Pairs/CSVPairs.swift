import Foundation

/// Pairs as comma-separated values with a header that names the columns: two photos, the truth, and perhaps the fold.
enum CSVPairs {
    private static let firstNames: Set = ["file_x", "file1", "img1", "image1", "photo1", "path1", "first"]
    private static let secondNames: Set = ["file_y", "file2", "img2", "image2", "photo2", "path2", "second"]
    private static let truthNames: Set = ["decision", "same", "label", "is_same", "same_person", "truth"]
    private static let yes: Set = ["yes", "same", "true", "1"]
    private static let no: Set = ["no", "different", "false", "0"]

    static func read(_ lines: [PairsLine]) throws(DeepFaceError) -> [LabelledPair] {
        let separator = [",", "\t", ";"].first { lines[0].text.contains($0) }.map(Character.init) ?? ","
        let header = try CSVLine.cells(lines[0], separator).map { $0.lowercased() }
        func column(_ names: Set<String>) -> Int? { header.firstIndex(where: names.contains) }
        guard let first = column(firstNames), let second = column(secondNames), let truth = column(truthNames) else {
            throw DeepFaceError(
                .unreadableInput,
                "line \(lines[0].number): neither a header of CSV nor the first line of LFW's pairs.txt",
                advice: "begin with the line: file_x,file_y,decision")
        }
        let fold = column(["fold"])
        var pairs: [LabelledPair] = []
        for line in lines.dropFirst() {
            let cells = try CSVLine.cells(line, separator)
            guard cells.count == header.count else {
                throw line.error("\(cells.count) columns, and the header has \(header.count)")
            }
            guard !cells[first].isEmpty, !cells[second].isEmpty else { throw line.error("a photo's name is missing") }
            let word = cells[truth].lowercased()
            guard yes.contains(word) || no.contains(word) else {
                throw line.error("'\(cells[truth])' is none of yes, no, same, different, true, false, 1, 0")
            }
            var number: Int?
            if let fold {
                guard let given = Int(cells[fold]) else {
                    throw line.error("the fold '\(cells[fold])' is not a number")
                }
                number = given
            }
            pairs.append(LabelledPair(cells[first], cells[second], same: yes.contains(word), fold: number))
        }
        return pairs
    }
}
