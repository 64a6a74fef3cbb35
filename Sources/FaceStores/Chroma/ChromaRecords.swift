/// A table that is to be.
struct ChromaPlan: Encodable {
    let name: String
    /// One that is there already is left as it is.
    let mayExist = true
    let configuration: [String: [String: ChromaValue]]

    enum CodingKeys: String, CodingKey {
        case name, configuration
        case mayExist = "get_or_create"
    }
}

/// Records that are written.
struct ChromaRecords: Encodable {
    let ids: [String]
    /// Base64 of numbers of 32 bits, the lowest byte first.
    var embeddings: [String] = []
    var metadatas: [[String: ChromaValue]] = []
    var uris: [String?] = []

    init(ids: [String]) { self.ids = ids }
}

/// Which records are asked for: some, or those that a condition is true of.
struct ChromaAsk: Encodable {
    var ids: [String]?
    var condition: ChromaWhere?
    /// What is wanted of them besides their ids.
    var include: [String] = []

    enum CodingKeys: String, CodingKey {
        case ids, include
        case condition = "where"
    }

    init(ids: some Sequence<Int64>) { self.ids = ids.map { "\($0)" } }
    init(condition: ChromaWhere) { self.condition = condition }
}

/// Records that were found, in lists of the same order.
struct ChromaFound: Decodable {
    var ids: [String]
    var metadatas: [[String: ChromaValue]?]?
    var uris: [String?]?

    /// The ids, where they are ours.
    var numbers: [Int64] { ids.compactMap { Int64($0) } }
}

/// Probes whose neighbours are asked for.
struct ChromaQuery: Encodable {
    let probes: [[Float]]
    /// At most so many of each.
    let count: Int
    let condition: ChromaWhere?
    /// Nothing but ids.
    let include: [String] = []

    enum CodingKeys: String, CodingKey {
        case include
        case probes = "query_embeddings"
        case count = "n_results"
        case condition = "where"
    }
}

/// Of each probe, the ids of its neighbours.
struct ChromaNeighbors: Decodable {
    let ids: [[String]]
}
