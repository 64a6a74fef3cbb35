import Foundation

extension BinaryIndex {
    /// What is kept beside the exact index.
    private struct Settings: Codable {
        var recall: Double
        var candidates: CandidateCount
        /// Signs a vector; `nil` while there are few vectors.
        var bits: Int?
    }

    /// Writes the index; deleted vectors stay behind.
    public func save(to url: URL) throws(VectorIndexError) {
        guard flat.table.deletedCount == 0 else { return try compacted().save(to: url) }
        try IndexFile.write(to: url, kind: Self.kind.rawValue) { (file) throws(VectorIndexError) in
            try file.section(
                "binary.settings", json: Settings(recall: recall, candidates: candidates, bits: codes?.bits))
            if let codes {
                try file.begin("binary.signs")
                try codes.write(to: file)
            }
            try flat.write(to: file)
        }
    }

    /// Opens an index where it lies, with the same checks as the exact index has.
    public init(opening url: URL) throws(VectorIndexError) {
        let file = try IndexFile(opening: url, kind: Self.kind.rawValue)
        let settings = try file.value("binary.settings", as: Settings.self)
        self.init(recall: settings.recall, flat: try FlatIndex(in: file))
        candidates = settings.candidates
        guard let bits = settings.bits else { return }
        guard let mean = flat.codes?.mean, bits == SignCodes.bits(for: dimensions), bits > 0 else {
            throw file.damaged("has settings of no binary index")
        }
        try file.check("binary.signs")
        codes = try SignCodes(mean: mean, bits: bits, count: flat.count, section: "binary.signs", of: file)
    }

    /// Checks an index file from end to end.
    ///
    /// - Throws: `unreadable`, `damaged`.
    public static func verify(_ url: URL) throws(VectorIndexError) {
        try IndexFile(opening: url, kind: kind.rawValue).verify()
    }

    /// The same without the rows of deleted vectors.
    private func compacted() -> BinaryIndex {
        var left = BinaryIndex(recall: recall, flat: flat.compacted())
        left.candidates = candidates
        if let codes {
            left.codes = SignCodes(mean: codes.mean, bits: codes.bits)
            left.codes!.append(from: left.flat.rows, threads: threads)
        }
        return left
    }
}
