import Foundation

extension HNSWIndex {
    private struct Settings: Codable {
        var dimensions, links, construction, effort, count, entry: Int
        var metric: VectorMetric
    }

    /// Writes the index without deleted vectors.
    public func save(to url: URL) throws(VectorIndexError) {
        let graph = deleted.isEmpty ? graph : graph.removing(deleted)
        let ids = ids.enumerated().filter { !deleted.contains($0.offset) }.map(\.element)
        let settings = Settings(
            dimensions: dimensions, links: graph.links, construction: graph.construction, effort: max(effort, 1),
            count: graph.count, entry: graph.entry, metric: metric)
        try IndexFile.write(to: url, kind: Self.kind.rawValue) { (file) throws(VectorIndexError) in
            try file.section("settings", json: settings)
            try file.section("ids", ids)
            try file.section("levels", graph.levels)
            try file.write("rows", graph.rows)
            try file.write("lower", graph.lower)
            try file.write("upper", graph.upper)
        }
    }

    /// Opens what `save` wrote. All of it is read once, to check it: a walk goes wherever a damaged list says.
    public init(opening url: URL) throws(VectorIndexError) {
        let file = try IndexFile(opening: url, kind: Self.kind.rawValue)
        try file.verify()
        let settings = try file.value("settings", as: Settings.self)
        let (count, links) = (settings.count, settings.links)
        guard (1...65536).contains(settings.dimensions), (2...256).contains(links),
            (links...10_000).contains(settings.construction), settings.effort > 0,
            (0..<Int(Int32.max)).contains(count), settings.entry == 0 || (0..<count).contains(settings.entry)
        else { throw file.damaged("has settings that make no sense") }
        var graph = HNSWGraph(dimensions: settings.dimensions, links: links, construction: settings.construction)
        graph.entry = settings.entry
        graph.levels = Array(try file.section("levels", of: UInt8.self, count: count))
        let upperLists = graph.levels.reduce(0) { $0 + Int($1) }
        graph.firstUpper = graph.levels.map { _ in 0 }
        var list = 0
        for (place, level) in graph.levels.enumerated() {
            graph.firstUpper[place] = UInt32(list)
            list += Int(level)
        }
        graph.rows = .inFile(try file.section("rows", of: Float.self, count: count * settings.dimensions))
        graph.lower = .inFile(try file.section("lower", of: UInt32.self, count: count * (2 * links + 1)))
        graph.upper = .inFile(try file.section("upper", of: UInt32.self, count: upperLists * (links + 1)))
        let ids = Array(try file.section("ids", of: Int64.self, count: count))
        self.init(metric: settings.metric, graph: graph, ids: ids, effort: settings.effort)
        guard graph.isWhole, living.count == count, ids.allSatisfy({ $0 >= 0 }) else {
            throw file.damaged("is not a whole graph")
        }
    }
}

extension HNSWGraph {
    /// Whether every list is of places that have lists on its level.
    var isWhole: Bool {
        guard count > 0 else { return true }
        guard levels.allSatisfy({ $0 <= min(levels[entry], UInt8(Self.highestLevel)) }) else { return false }
        return lower.withUnsafeBufferPointer { lower in
            upper.withUnsafeBufferPointer { upper in
                (0..<count).allSatisfy { place in
                    (0...Int(levels[place])).allSatisfy { level in
                        let (lists, room) = level == 0 ? (lower, 2 * links) : (upper, links)
                        let start = (level == 0 ? place : Int(firstUpper[place]) + level - 1) * (room + 1)
                        let number = Int(lists[start])
                        return number <= room
                            && lists[start + 1..<start + 1 + number].allSatisfy {
                                $0 < UInt32(count) && levels[Int($0)] >= level
                            }
                    }
                }
            }
        }
    }
}

extension IndexFileWriter {
    fileprivate func write(_ name: String, _ column: Column<some BitwiseCopyable & Sendable>) throws(VectorIndexError) {
        try begin(name)
        try column.withUnsafeBufferPointer { (values) throws(VectorIndexError) in
            try append(UnsafeRawBufferPointer(values))
        }
    }
}
