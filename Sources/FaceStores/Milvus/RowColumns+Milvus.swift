extension RowColumns {
    /// As Milvus writes them.
    var milvus: [MilvusFieldData] {
        var columns: [MilvusFieldData] = []
        func add(_ name: String, type: Int32, _ fill: (inout MilvusFieldData) -> Void) {
            var column = MilvusFieldData()
            (column.fieldName, column.type) = (name, type)
            fill(&column)
            columns.append(column)
        }
        for (name, values) in integers { add(name, type: 5) { $0.scalars.longData.data = values } }
        for (name, values) in doubles { add(name, type: 11) { $0.scalars.doubleData.data = values } }
        for (name, values) in texts { add(name, type: 21) { $0.scalars.stringData.data = values } }
        // Milvus wants a vector in every table.
        let name = dimensions > 0 ? "vector" : "nothing"
        add(name, type: 101) { column in
            column.vectors.dim = Int64(dimensions > 0 ? dimensions : 2)
            column.vectors.floatVector.data = dimensions > 0 ? vectors : [Float](repeating: 1, count: 2 * count)
        }
        return columns
    }

    /// What Milvus answered.
    init(_ columns: [MilvusFieldData]) {
        self.init(count: 0)
        for column in columns {
            switch column.type {
            case 5: add(column.fieldName, column.scalars.longData.data)
            case 11: add(column.fieldName, column.scalars.doubleData.data)
            case 21: add(column.fieldName, column.scalars.stringData.data)
            case 101: add(vectors: column.vectors.floatVector.data, dimensions: Int(column.vectors.dim))
            default: break
            }
        }
    }
}

extension RowCondition {
    /// As Milvus writes it.
    var milvus: String {
        switch self {
        case .numbers(let column, let numbers): "\(column) in [\(Self.list(numbers))]"
        case .otherNumbers(let column, let numbers): "\(column) not in [\(Self.list(numbers))]"
        case .texts(let column, let texts): "\(column) in [\(texts.map { "\"\($0)\"" }.joined(separator: ","))]"
        case .window(let first, let last): "id > \(first)\(last.map { " and id <= \($0)" } ?? "")"
        case .all(let parts): parts.map { "(\($0.milvus))" }.joined(separator: " and ")
        case .any(let parts): parts.map { "(\($0.milvus))" }.joined(separator: " or ")
        }
    }

    private static func list(_ numbers: [Int64]) -> String { numbers.map { "\($0)" }.joined(separator: ",") }
}
