import CVectorScan

/// Rows and the lists of their neighbours, on level 0 for all of them and on each higher level for ever fewer. A row's
/// number is its place.
struct HNSWGraph: Sendable {
    let dimensions: Int
    /// Neighbours of a row on the levels above 0; twice as many on level 0.
    let links: Int
    /// How many rows are looked at to find neighbours for a new one.
    let construction: Int

    /// Row by row.
    var rows: Column<Float>
    /// The highest level of each row.
    var levels: [UInt8] = []
    /// Lists of level 0, each `2 * links + 1` numbers: how many, and then their places.
    var lower: Column<UInt32>
    /// Lists of the levels from 1 up, each `links + 1` numbers, those of a row one after the other.
    var upper: Column<UInt32>
    /// Where in `upper` a row's lists begin, in lists; nothing of use for rows of level 0 alone.
    var firstUpper: [UInt32] = []
    /// Where every walk begins: a row of the highest level.
    var entry = 0

    static let highestLevel = 15

    var count: Int { levels.count }

    init(dimensions: Int, links: Int, construction: Int) {
        (self.dimensions, self.links, self.construction) = (dimensions, links, construction)
        (rows, lower, upper) = (.inMemory([]), .inMemory([]), .inMemory([]))
    }

    /// One level as C wants it, to be read.
    func withLevel<R>(_ level: Int, _ body: (inout cvectorscan_graph) -> R) -> R {
        (level == 0 ? lower : upper).withUnsafeBufferPointer { lists in
            Self.withLevel(level, rows, UnsafeMutableBufferPointer(mutating: lists), firstUpper, links: links, body)
        }
    }

    static func withLevel<R>(
        _ level: Int, _ rows: Column<Float>, _ lists: UnsafeMutableBufferPointer<UInt32>, _ firstUpper: [UInt32],
        links: Int, _ body: (inout cvectorscan_graph) -> R
    ) -> R {
        rows.withUnsafeBufferPointer { rows in
            firstUpper.withUnsafeBufferPointer { first in
                let room = level == 0 ? 2 * links : links
                var graph = cvectorscan_graph(
                    dimensions: rows.count / max(1, first.count), rows: rows.baseAddress,
                    links: lists.baseAddress?.advanced(by: max(0, level - 1) * (room + 1)), room: room,
                    lists: level == 0 ? nil : first.baseAddress)
                return body(&graph)
            }
        }
    }

    /// The `effort` rows nearest to a probe on level 0, nearest first, found by walking down from the top.
    func nearest(to probe: UnsafePointer<Float>, effort: Int) -> [cvectorscan_hit] {
        guard count > 0 else { return [] }
        var hit = start(probe)
        for level in stride(from: Int(levels[entry]), to: 0, by: -1) { descend(probe, level, &hit) }
        return walk(probe, level: 0, from: [hit], effort: effort)
    }

    func start(_ probe: UnsafePointer<Float>) -> cvectorscan_hit {
        distances(from: probe, to: [UInt32(entry)])[0]
    }

    func descend(_ probe: UnsafePointer<Float>, _ level: Int, _ hit: inout cvectorscan_hit) {
        withLevel(level) { cvectorscan_graph_descend(cvectorscan_level(), &$0, probe, &hit) }
    }

    func walk(
        _ probe: UnsafePointer<Float>, level: Int, from hits: [cvectorscan_hit], effort: Int
    ) -> [cvectorscan_hit] {
        let effort = max(effort, hits.count)
        var visited = [UInt64](repeating: 0, count: count / 64 + 1)
        return [cvectorscan_hit](unsafeUninitializedCapacity: effort) { buffer, found in
            _ = buffer.initialize(from: hits)
            found = withLevel(level) {
                cvectorscan_graph_walk(
                    cvectorscan_level(), &$0, probe, effort, &visited, buffer.baseAddress, hits.count)
            }
        }
    }

    /// Squared distances, in the order of `places`.
    func distances(from probe: UnsafePointer<Float>, to places: [UInt32]) -> [cvectorscan_hit] {
        [cvectorscan_hit](unsafeUninitializedCapacity: places.count) { buffer, found in
            withLevel(0) {
                cvectorscan_graph_distances(
                    cvectorscan_level(), &$0, probe, places, places.count, buffer.baseAddress)
            }
            found = places.count
        }
    }

    func neighbors(of place: Int, level: Int) -> [UInt32] {
        withLevel(level) { graph in
            let list = graph.links + Int(graph.lists?[place] ?? UInt32(place)) * (graph.room + 1)
            return Array(UnsafeBufferPointer(start: list + 1, count: Int(list[0])))
        }
    }

    func row(_ place: Int) -> [Float] {
        rows.withUnsafeBufferPointer { Array($0[place * dimensions..<(place + 1) * dimensions]) }
    }
}
