extension String {
    /// How many letters must be put in, taken out or exchanged to make this text another one (Levenshtein distance).
    func edits(to other: String) -> Int {
        let other = Array(other)
        var row = Array(0...other.count)
        for (line, letter) in enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, wanted) in other.enumerated() {
                let exchanged = diagonal + (letter == wanted ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = Swift.min(exchanged, diagonal + 1, row[column] + 1)
            }
        }
        return row[other.count]
    }
}
