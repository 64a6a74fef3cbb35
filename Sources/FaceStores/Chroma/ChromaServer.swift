import DeepFace
import Foundation
import Synchronization
import VectorIndex

/// Chroma's collections, as tables.
final class ChromaServer: RowServer {
    let client: ChromaClient
    let prefix: String
    private let limit = Mutex(1000)
    /// Chroma knows its collections by a name, and calls want another that it has made itself.
    private let identifiers = Mutex<[String: String]>([:])

    init(_ client: ChromaClient, prefix: String) { (self.client, self.prefix) = (client, prefix) }

    var address: ServerAddress { client.address }
    var numbersAtOnce: Int { 2_000_000 }
    /// Records that are written at a time.
    var longestBatch: Int { limit.withLock { $0 } }

    /// Asks the server whether it is Chroma's, and what it allows.
    func meet() async throws(DeepFaceError) {
        let limits = try await client.limits()
        limit.withLock { $0 = max(1, limits.maximum) }
    }

    func table(_ name: String) -> any RowTable { ChromaTable(server: self, name: name) }

    func makeCatalog(_ name: String) async throws(DeepFaceError) { try await make(name, space: "l2") }

    func makeTables(of state: RowState, faces: String, records: String) async throws(DeepFaceError) {
        try await make(faces, space: state.metric.chroma)
        try await make(records, space: "l2")
    }

    /// Makes a table. One that is there already stays.
    func make(_ name: String, space: String) async throws(DeepFaceError) {
        let plan = ChromaPlan(
            name: name, configuration: ["hnsw": ["space": .text(space), "ef_construction": .integer(200)]])
        guard let _: ChromaDone = try await client.change("POST", "collections", plan) else {
            throw DeepFaceError(
                .storeUnavailable, "there is no such tenant or database", input: address.text,
                advice: "make them on the server, or leave them out of the address")
        }
    }

    func exists(_ table: String) async throws(DeepFaceError) -> Bool { try await identifier(table) != nil }

    func tables() async throws(DeepFaceError) -> [String] {
        var names: [String] = []
        let portion = 1000
        while true {
            let found: [ChromaCollection]? = try await client.ask(
                "GET", "collections?limit=\(portion)&offset=\(names.count)")
            names += (found ?? []).map(\.name)
            if found?.count != portion { return names }
        }
    }

    func drop(_ table: String) async throws(DeepFaceError) {
        forget(table)
        let _: ChromaDone? = try await client.change("DELETE", "collections/\(table)")
    }

    func ids(
        of faces: String, where condition: RowCondition, meeting filter: AttributeFilter
    ) async throws(DeepFaceError) -> [Int64]? {
        let ask = ChromaAsk(condition: .all([ChromaWhere(condition), ChromaWhere(filter)]))
        return try await ChromaTable(server: self, name: faces).records(ask, include: []).numbers
    }

    // MARK: Calls

    /// Calls a table's method that changes something; it is sent once.
    func change(_ table: String, _ method: String, _ body: any Encodable) async throws(DeepFaceError) {
        guard let identifier = try await identifier(table),
            let _: ChromaDone = try await client.change("POST", "collections/\(identifier)/\(method)", body)
        else { throw gone(table) }
    }

    /// Calls a table's method that changes nothing.
    func ask<Answer: Decodable & Sendable>(
        _ table: String, _ method: String, _ body: any Encodable
    ) async throws(DeepFaceError) -> Answer {
        guard let identifier = try await identifier(table),
            let answer: Answer = try await client.ask("POST", "collections/\(identifier)/\(method)", body)
        else { throw gone(table) }
        return answer
    }

    /// `nil` when the table is not there.
    private func identifier(_ table: String) async throws(DeepFaceError) -> String? {
        if let known = identifiers.withLock({ $0[table] }) { return known }
        guard let found: ChromaCollection = try await client.ask("GET", "collections/\(table)") else { return nil }
        identifiers.withLock { $0[table] = found.id }
        return found.id
    }

    private func forget(_ table: String) { identifiers.withLock { $0[table] = nil } }

    private func gone(_ table: String) -> DeepFaceError {
        forget(table)
        return DeepFaceError(.notFound, "the collection is not there any more", input: address.text)
    }
}

/// A table as the server tells of it.
private struct ChromaCollection: Decodable {
    let id, name: String
}

extension VectorMetric {
    /// Chroma's name.
    fileprivate var chroma: String { self == .euclidean ? "l2" : "cosine" }
}
