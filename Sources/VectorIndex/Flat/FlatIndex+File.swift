import Foundation

extension FlatIndex {
    /// What is kept beside the numbers.
    private struct Settings: Codable {
        var dimensions: Int
        var metric: VectorMetric
        var precision: RowPrecision
        var count: Int
        var idsAscend: Bool
        /// The length of the longest centred vector; `nil` without codes.
        var longest: Float?
        var trainedCount: Int
    }

    /// Writes the index; deleted vectors stay behind.
    public func save(to url: URL) throws(VectorIndexError) {
        try IndexFile.write(to: url, kind: Self.kind.rawValue) { (file) throws(VectorIndexError) in
            try write(to: file)
        }
    }

    /// Opens an index where it lies.
    ///
    /// What a search reads first, codes and ids, is read and checked against its checksums. The vectors are not: a
    /// search reads few of them, and notices one that does not belong to its code. `verify` reads and checks them all.
    public init(opening url: URL) throws(VectorIndexError) {
        try self.init(in: IndexFile(opening: url, kind: Self.kind.rawValue))
    }

    /// Checks an index file from end to end.
    ///
    /// - Throws: `unreadable`, `damaged`.
    public static func verify(_ url: URL) throws(VectorIndexError) {
        try IndexFile(opening: url, kind: kind.rawValue).verify()
    }

    /// Writes the index as sections of a file that holds other things too; their names begin with `name` and a dot.
    package func write(to file: IndexFileWriter, as name: String = "flat") throws(VectorIndexError) {
        guard table.deletedCount == 0 else { return try compacted().write(to: file, as: name) }
        let settings = Settings(
            dimensions: dimensions, metric: metric, precision: precision, count: count, idsAscend: table.isAscending,
            longest: codes?.longest, trainedCount: trainedCount)
        try file.section(name + ".settings", json: settings)
        try file.begin(name + ".ids")
        try table.ids.write(0..<count, to: file)
        if let codes {
            try file.section(name + ".mean", codes.mean)
            try file.begin(name + ".codes")
            try codes.write(to: file)
        }
        try file.begin(name + ".rows")
        try rows.write(0..<count, to: file)
    }

    /// The same without the rows of deleted vectors; codes keep their mean.
    func compacted() -> FlatIndex {
        var left = FlatIndex(dimensions: dimensions, metric: metric, precision: precision)
        left.threads = threads
        var ids: [Int64] = []
        for stretch in table.stretches() {
            for start in stride(from: stretch.lowerBound, to: stretch.upperBound, by: 65536) {
                left.rows.append(rows.rows(start..<min(start + 65536, stretch.upperBound)))
            }
            ids += stretch.map { table.ids[$0] }
        }
        left.table = IDTable(ids, isAscending: table.isAscending)
        guard let mean = codes?.mean else { return left }
        left.codes = NibbleCodes(mean: mean)
        left.codes!.append(from: left.rows, threads: threads)
        left.trainedCount = trainedCount
        return left
    }

    /// Opens what `write` wrote, with the same checks as `init(opening:)`.
    package init(in file: IndexFile, as name: String = "flat") throws(VectorIndexError) {
        let settings = try file.value(name + ".settings", as: Settings.self)
        let numbers = settings.count.multipliedReportingOverflow(by: max(settings.dimensions, 1))
        guard settings.dimensions > 0, settings.count >= 0, settings.count <= UInt32.max, !numbers.overflow else {
            throw file.damaged("has settings of no flat index")
        }
        self.init(dimensions: settings.dimensions, metric: settings.metric, precision: settings.precision)
        rows = try RowStore(
            dimensions: dimensions, precision: precision, count: settings.count, section: name + ".rows", of: file)
        try file.check(name + ".ids")
        table = IDTable(
            try file.section(name + ".ids", of: Int64.self, count: settings.count), isAscending: settings.idsAscend)
        trainedCount = settings.trainedCount
        guard let longest = settings.longest else { return }
        try file.check(name + ".mean")
        try file.check(name + ".codes")
        codes = try NibbleCodes(
            mean: Array(file.section(name + ".mean", of: Float.self, count: dimensions)), count: settings.count,
            longest: longest, section: name + ".codes", of: file)
    }
}
