import Crypto
import DeepFace
import Foundation
import Synchronization
import VectorIndex

/// Faces in a Milvus server: `milvus://user:password@host:port/database?prefix=name`.
///
/// Each collection has two tables of the server's: one of faces with their vectors, which the server indexes and
/// searches, and one of records: people, removals, kept photos. A third table lists the collections.
///
/// Milvus has no transactions; `MilvusState` says how a call is done as a whole all the same. Nor has it locks: writers
/// on one machine wait for each other, a writer on another machine is noticed and refused.
public final class MilvusStore: NeighborStore {
    public static let scheme = "milvus"
    public static let addressForm = "milvus://HOST"
    public static let pythonVariable: String? = "DEEPFACE_MILVUS_URI"

    let key: StoreKey?
    let client: MilvusClient
    let prefix: String
    /// Indexes in memory, for searches that the server cannot do.
    let indexes = Mutex<[IndexKey: CollectionIndex]>([:])

    /// What large calls need not ask again.
    let knowledge = Mutex<[UUID: MilvusKnown]>([:])

    struct IndexKey: Hashable {
        let collection: UUID
        let metric: VectorMetric
    }

    public var indexFolder: URL? { nil }

    public init(_ address: StoreAddress, key: StoreKey?, creates: Bool) async throws(DeepFaceError) {
        let server = try ServerAddress(address, port: 19530, options: ["prefix"])
        prefix = server.option("prefix") ?? "deepface"
        guard prefix.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]{0,99}/) != nil else {
            throw DeepFaceError(
                .invalidOption, "a prefix is of letters, digits and _, and begins with no digit", input: server.text)
        }
        self.key = key
        client = try MilvusClient(server)
        let exists: MilvusBoolResponse = try await client.ask(
            "HasCollection", MilvusCollectionRequest.with { $0.collectionName = catalog.name }, of: catalog.name)
        if exists.value { return }
        guard creates else {
            throw DeepFaceError(
                .storeUnavailable, "no store is there", input: server.text, advice: "make one with: deepface register")
        }
        try await alone { () throws(DeepFaceError) in
            try await self.catalog.make(
                [("id", .id), ("state", .text(65535)), ("nothing", .vector(2))], indexes: [], metric: "L2")
        }
    }

    /// The same server, for indexes that follow the store without keeping it.
    private init(_ other: MilvusStore) { (key, client, prefix) = (other.key, other.client, other.prefix) }

    var twin: MilvusStore { MilvusStore(self) }

    // MARK: Tables

    /// Lists the collections: `id`, `state`.
    var catalog: MilvusTable { MilvusTable(client: client, name: "\(prefix)_collections") }

    /// `id`, `person` (its record's id), `photo` (digest of its hash), `details`, `vector`.
    func faces(_ identifier: UUID) -> MilvusTable { table(identifier, "faces") }

    /// `id`, `kind`, `number`, `key`, `text`, `created`.
    func records(_ identifier: UUID) -> MilvusTable { table(identifier, "records") }

    private func table(_ identifier: UUID, _ what: String) -> MilvusTable {
        let digits = identifier.uuidString.lowercased().replacing("-", with: "")
        return MilvusTable(client: client, name: "\(prefix)_\(digits)_\(what)")
    }

    /// What stands for a text of any length and any characters in conditions.
    static func digest(_ text: String) -> String {
        SHA256.hash(data: Data(text.utf8)).prefix(16).map { String(format: "%02x", $0) }.joined()
    }

    // MARK: States

    func states() async throws(DeepFaceError) -> [(id: Int64, state: MilvusState)] {
        try states(await catalog.query("id > 0", ["id", "state"]))
    }

    /// The state of a collection as it is now.
    ///
    /// - Throws: `notFound`.
    func state(_ collection: FaceCollection) async throws(DeepFaceError) -> MilvusState {
        let found = try states(await catalog.query("id in [\(collection.id)]", ["id", "state"]))
        guard let state = found.first?.state, state.identifier == collection.identifier else {
            throw DeepFaceError(.notFound, "the collection is not there any more", input: collection.name)
        }
        return state
    }

    private func states(_ rows: MilvusTable.Found) throws(DeepFaceError) -> [(id: Int64, state: MilvusState)] {
        var states: [(id: Int64, state: MilvusState)] = []
        for (id, text) in zip(rows.integers("id"), rows.texts("state")) {
            guard let state = try? JSONDecoder().decode(MilvusState.self, from: Data(text.utf8)) else {
                throw inconsistent("the description of collection \(id) is damaged")
            }
            states.append((id, state))
        }
        return states
    }

    /// Puts a state in the place of the one that is there.
    func save(_ state: MilvusState, _ id: Int64) async throws(DeepFaceError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let data = try? encoder.encode(state), data.count <= 65535 else {
            throw DeepFaceError(
                .invalidOption, "too much is to be done at once", input: state.name, advice: "do it in portions")
        }
        var rows = MilvusTable.Rows(count: 1)
        rows.add("id", [id])
        rows.add("state", [String(decoding: data, as: UTF8.self)])
        rows.addNothing()
        try await catalog.replace(rows)
    }

    /// Runs `body` while nobody else on this machine writes to the store.
    func alone<Value>(_ body: () async throws(DeepFaceError) -> Value) async throws(DeepFaceError) -> Value {
        try await WriteLock.hold(
            "milvus \(client.address.host) \(client.address.port) \(client.address.path) \(prefix)", body)
    }

    func inconsistent(_ what: String) -> DeepFaceError {
        DeepFaceError(.storeInconsistent, what, input: client.address.text)
    }

    public func problems() async throws(DeepFaceError) -> [String] {
        var problems: [String] = []
        for (id, state) in try await states() {
            if state.isEncrypted { _ = try await collection(named: state.name) }
            let collection = state.collection(id)
            var (faces, owners) = (0, Set<Int64>())
            try await eachWindow(of: state, after: 0) { (window) throws(DeepFaceError) in
                let rows = try await self.faces(state.identifier).query(
                    window, ["id", "person", "details", "vector"])
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
        of state: MilvusState, after id: Int64, _ body: (_ condition: String) async throws(DeepFaceError) -> Bool
    ) async throws(DeepFaceError) {
        let step = Int64(max(64, min(8192, 4_000_000 / state.dimensions)))
        var through = id
        while through < state.face {
            let end = min(through + step, state.face)
            guard try await body("id > \(through) and id <= \(end)\(state.andStays)") else { return }
            through = end
        }
    }
}
