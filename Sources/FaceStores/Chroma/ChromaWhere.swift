import DeepFace

/// What is true of the values beside a record, in Chroma's words.
indirect enum ChromaWhere: Encodable, Sendable {
    /// A value stands in a relation, as `$gt`, to another.
    case compared(String, String, ChromaValue)
    /// A value is, or is not, one of some: `$in`, `$nin`.
    case listed(String, String, [ChromaValue])
    case all([ChromaWhere])
    case any([ChromaWhere])

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Name.self)
        switch self {
        case .compared(let name, let relation, let value):
            var inner = object.nestedContainer(keyedBy: Name.self, forKey: Name(name))
            try inner.encode(value, forKey: Name(relation))
        case .listed(let name, let relation, let values):
            var inner = object.nestedContainer(keyedBy: Name.self, forKey: Name(name))
            try inner.encode(values, forKey: Name(relation))
        case .all(let parts): try object.encode(parts, forKey: Name("$and"))
        case .any(let parts): try object.encode(parts, forKey: Name("$or"))
        }
    }

    /// All of them; Chroma wants no list of one.
    static func both(_ parts: [ChromaWhere]) -> ChromaWhere { parts.count == 1 ? parts[0] : .all(parts) }
}

extension ChromaWhere {
    init(_ condition: RowCondition) {
        switch condition {
        case .numbers(let name, let numbers): self = .listed(name, "$in", numbers.map { .integer($0) })
        case .otherNumbers(let name, let numbers): self = .listed(name, "$nin", numbers.map { .integer($0) })
        case .texts(let name, let texts): self = .listed(name, "$in", texts.map { .text($0) })
        case .window(let first, let last):
            let ends = [("$gt", first)] + (last.map { [("$lte", $0)] } ?? [])
            self = .both(ends.map { .compared("id", $0.0, .integer($0.1)) })
        case .all(let parts): self = .both(parts.map { ChromaWhere($0) })
        case .any(let parts): self = parts.count == 1 ? ChromaWhere(parts[0]) : .any(parts.map { ChromaWhere($0) })
        }
    }

    /// Nothing that is not there is met: `$ne` and `$nin` would be.
    init(_ filter: AttributeFilter) {
        self = .both(filter.conditions.map { ChromaWhere($0) })
    }

    private init(_ condition: AttributeFilter.Condition) {
        let name = condition.attribute.rawValue
        switch condition.value {
        case .years(let years):
            func compared(_ relation: String) -> ChromaWhere { .compared(name, relation, .integer(Int64(years))) }
            self =
                switch condition.comparison {
                case .equal: compared("$eq")
                case .unequal: .any([compared("$lt"), compared("$gt")])
                case .less: compared("$lt")
                case .atMost: compared("$lte")
                case .more: compared("$gt")
                case .atLeast: compared("$gte")
                }
        case .label(let label):
            let isWanted = condition.comparison == .equal
            let labels = condition.attribute.labels.filter { ($0 == label) == isWanted }
            self = .listed(name, "$in", labels.map { .text($0) })
        }
    }
}
