import DeepFace
import Foundation
import Synchronization
import VectorIndex

/// A store on a server that keeps rows in tables and has no transactions.
///
/// Each collection has two tables of the server's: one of faces with their vectors, which the server searches, and one
/// of records: people, removals, kept photos. A third table lists the collections. `RowState` says how a call is done as
/// a whole all the same. Where the server has no locks either, writers on one machine wait for each other, and a writer
/// on another machine is noticed and refused.
public protocol RowStore: NeighborStore {
    var content: RowStoreContent { get }
    /// The same store for indexes, which follow it without keeping it.
    init(_ other: Self)
}

/// What a store of rows is made of.
public final class RowStoreContent: Sendable {
    let key: StoreKey?
    let server: any RowServer
    /// What large calls need not ask again.
    let knowledge = Mutex<[UUID: RowKnown]>([:])
    /// Indexes on this machine, for searches that the server cannot do.
    let indexes = Mutex<[IndexKey: CollectionIndex]>([:])

    struct IndexKey: Hashable {
        let collection: UUID
        let metric: VectorMetric
    }

    init(key: StoreKey?, server: any RowServer) { (self.key, self.server) = (key, server) }

    /// The same without what is known, for indexes that follow the store without keeping it.
    var twin: RowStoreContent { RowStoreContent(key: key, server: server) }
}

extension RowStore {
    /// Refuses an address when no store is there; makes the store where it may.
    func prepare(creates: Bool) async throws(DeepFaceError) {
        if try await content.server.exists(catalogName) { return }
        guard creates else {
            throw DeepFaceError(
                .storeUnavailable, "no store is there", input: content.server.address.text,
                advice: "make one with: deepface register")
        }
        try await alone { () throws(DeepFaceError) in try await self.content.server.makeCatalog(self.catalogName) }
    }

    // MARK: Tables

    private var catalogName: String { "\(content.server.prefix)_collections" }

    var catalog: any RowTable { content.server.table(catalogName) }
    func faces(_ state: RowState) -> any RowTable { content.server.table(facesName(state)) }
    func records(_ state: RowState) -> any RowTable { content.server.table(recordsName(state)) }

    func facesName(_ state: RowState) -> String {
        name(state, "faces") + (state.edition.map { "_\($0)" } ?? "")
    }

    func recordsName(_ state: RowState) -> String { name(state, "records") }

    private func name(_ state: RowState, _ what: String) -> String {
        "\(content.server.prefix)_\(state.identifier.uuidString.lowercased().replacing("-", with: ""))_\(what)"
    }

    /// A prefix that may stand before the names of tables. Default: `deepface`.
    static func prefix(_ address: ServerAddress) throws(DeepFaceError) -> String {
        let prefix = address.option("prefix") ?? "deepface"
        guard prefix.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]{0,99}/) != nil else {
            throw DeepFaceError(
                .invalidOption, "a prefix is of letters, digits and _, and begins with no digit", input: address.text)
        }
        return prefix
    }

    // MARK: States

    func states() async throws(DeepFaceError) -> [(id: Int64, state: RowState)] {
        try states(await catalog.query(.everything, ["id", "state"]))
    }

    /// The state of a collection as it is now.
    ///
    /// - Throws: `notFound`.
    func state(_ collection: FaceCollection) async throws(DeepFaceError) -> RowState {
        let found = try states(await catalog.query(.among("id", [collection.id]), ["id", "state"]))
        guard let state = found.first?.state, state.identifier == collection.identifier else {
            throw DeepFaceError(.notFound, "the collection is not there any more", input: collection.name)
        }
        return state
    }

    private func states(_ rows: RowColumns) throws(DeepFaceError) -> [(id: Int64, state: RowState)] {
        var states: [(id: Int64, state: RowState)] = []
        for (id, text) in zip(rows.integers("id"), rows.texts("state")) {
            guard let state = try? JSONDecoder().decode(RowState.self, from: Data(text.utf8)) else {
                throw inconsistent("the description of collection \(id) is damaged")
            }
            states.append((id, state))
        }
        return states
    }

    /// Puts a state in the place of the one that is there.
    func save(_ state: RowState, _ id: Int64) async throws(DeepFaceError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let data = try? encoder.encode(state), data.count <= RowState.longestText else {
            throw DeepFaceError(
                .invalidOption, "too much is to be done at once", input: state.name, advice: "do it in portions")
        }
        var rows = RowColumns(count: 1)
        rows.add("id", [id])
        rows.add("state", [String(decoding: data, as: UTF8.self)])
        try await catalog.replace(rows)
    }

    /// Runs `body` while nobody else on this machine writes to the store.
    func alone<Value>(_ body: () async throws(DeepFaceError) -> Value) async throws(DeepFaceError) -> Value {
        let address = content.server.address
        return try await WriteLock.hold(
            "\(Self.scheme) \(address.host) \(address.port) \(address.path) \(content.server.prefix)", body)
    }

    func inconsistent(_ what: String) -> DeepFaceError {
        DeepFaceError(.storeInconsistent, what, input: content.server.address.text)
    }

    public func problems() async throws(DeepFaceError) -> [String] {
        var problems: [String] = []
        for (id, state) in try await states() {
            if state.isEncrypted { _ = try await collection(named: state.name) }
            let collection = state.collection(id)
            var (faces, owners) = (0, Set<Int64>())
            try await eachWindow(of: state, after: 0) { (window) throws(DeepFaceError) in
                let rows = try await self.faces(state).query(
                    window, ["person"] + Self.vectorColumns(collection))
                faces += rows.integers("id").count
                owners.formUnion(rows.integers("person"))
                do throws(DeepFaceError) {
                    _ = try self.vectors(rows, collection)
                } catch {
                    problems.append("\(state.name): \(error.message)")
                }
                return true
            }
            let people = try await people(state)
            if faces != state.faces { problems.append("\(state.name): there are \(faces) faces, not \(state.faces)") }
            if people.count != state.people {
                problems.append("\(state.name): there are \(people.count) people, not \(state.people)")
            }
            let nobodys = owners.subtracting(people.map(\.id)).count
            if nobodys > 0 { problems.append("\(state.name): the faces of \(nobodys) people are nobody's") }
        }
        return problems
    }

    /// Asks for a collection's faces a window of ids at a time, in order, until `body` says it has enough.
    func eachWindow(
        of state: RowState, after id: Int64,
        _ body: (_ condition: RowCondition) async throws(DeepFaceError) -> Bool
    ) async throws(DeepFaceError) {
        let step = Int64(max(64, min(8192, content.server.numbersAtOnce / state.dimensions)))
        var through = id
        while through < state.face {
            let end = min(through + step, state.face)
            guard try await body(.all([.window(after: through, through: end)] + state.stays)) else { return }
            through = end
        }
    }
}
