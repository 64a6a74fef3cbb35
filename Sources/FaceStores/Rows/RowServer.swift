import DeepFace

/// A server that keeps rows in tables, and changes one row as a whole.
protocol RowServer: Sendable {
    /// Where it is, for messages.
    var address: ServerAddress { get }
    /// What the names of all tables begin with, up to the first `_`.
    var prefix: String { get }
    /// Numbers of vectors that are read at a time.
    var numbersAtOnce: Int { get }

    func table(_ name: String) -> any RowTable
    /// Makes the table that lists the collections: `id`, `state`.
    func makeCatalog(_ name: String) async throws(DeepFaceError)
    /// Makes the tables of a collection: `id`, `person` (its record's id), `photo` (digest of its hash), `details`,
    /// `vector` of its faces; `id`, `kind`, `number`, `key`, `text`, `created` of its records.
    func makeTables(of state: RowState, faces: String, records: String) async throws(DeepFaceError)
    func exists(_ table: String) async throws(DeepFaceError) -> Bool
    /// The names of all tables that are there, other programs' too.
    func tables() async throws(DeepFaceError) -> [String]
    func drop(_ table: String) async throws(DeepFaceError)

    /// The ids of the faces of a table that a condition is true of and whose attributes meet a filter; `nil`: the
    /// server cannot tell. Default: it cannot.
    func ids(
        of faces: String, where condition: RowCondition, meeting filter: AttributeFilter
    ) async throws(DeepFaceError) -> [Int64]?
}

extension RowServer {
    func ids(
        of faces: String, where condition: RowCondition, meeting filter: AttributeFilter
    ) async throws(DeepFaceError) -> [Int64]? { nil }
}

/// A table of a server's. Rows are known by their `id`.
protocol RowTable: Sendable {
    /// The rows that a condition is true of, in no order; it sees what was written before.
    ///
    /// - Throws: `notFound` when the table is not there.
    func query(_ condition: RowCondition, _ columns: [String]) async throws(DeepFaceError) -> RowColumns
    func insert(_ rows: RowColumns) async throws(DeepFaceError)
    /// Puts rows in the place of those with the same ids.
    func replace(_ rows: RowColumns) async throws(DeepFaceError)
    /// Ids that are not there are left out.
    func delete(_ ids: [Int64]) async throws(DeepFaceError)
}
