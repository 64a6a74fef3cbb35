import DeepFace

/// Rows of a table, a column each: to be written, or as they were read.
struct RowColumns: Sendable {
    /// Rows that are to be written.
    let count: Int
    private(set) var integers: [String: [Int64]] = [:]
    private(set) var doubles: [String: [Double]] = [:]
    private(set) var texts: [String: [String]] = [:]
    /// The column `vector`, one vector after the other; empty in tables that have none.
    private(set) var vectors: [Float] = []
    /// Numbers in a vector.
    private(set) var dimensions = 0
    /// Attributes of faces, for tables that can look for them; empty in others.
    private(set) var attributes: [FaceAttributes?] = []

    init(count: Int) { self.count = count }

    mutating func add(_ name: String, _ values: [Int64]) { integers[name] = values }
    mutating func add(_ name: String, _ values: [Double]) { doubles[name] = values }
    mutating func add(_ name: String, _ values: [String]) { texts[name] = values }
    mutating func add(_ values: [FaceAttributes?]) { attributes = values }

    mutating func add(vectors values: [Float], dimensions: Int) {
        (vectors, self.dimensions) = (values, dimensions)
    }

    func integers(_ name: String) -> [Int64] { integers[name] ?? [] }
    func doubles(_ name: String) -> [Double] { doubles[name] ?? [] }
    func texts(_ name: String) -> [String] { texts[name] ?? [] }
}
