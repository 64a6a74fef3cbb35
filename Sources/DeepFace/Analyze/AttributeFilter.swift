/// Conditions on what faces tell, all of which must hold: `gender=Woman age<40 emotion!=sad`.
///
/// ```swift
/// let filter = try AttributeFilter("gender=woman age>=20 age<40 race='middle eastern'")
/// filter.matches(FaceAttributes(age: 31, gender: "Woman", race: "middle eastern"))     // true
/// ```
///
/// A condition on something that was not read off a face does not hold, `!=` neither.
public struct AttributeFilter: Sendable, Equatable {
    public let conditions: [Condition]

    /// One comparison.
    public struct Condition: Sendable, Equatable {
        public let attribute: Attribute
        public let comparison: Comparison
        public let value: Value
    }

    /// Words are only compared by `=` and `!=`. The raw values are SQL's operators too.
    public enum Comparison: String, Sendable, CaseIterable {
        case equal = "="
        case unequal = "!="
        case less = "<"
        case atMost = "<="
        case more = ">"
        case atLeast = ">="
    }

    public enum Value: Sendable, Equatable {
        case years(Int)
        /// One of the attribute's labels, in its own spelling.
        case label(String)
    }

    /// - Parameter text: conditions with blanks, commas or `and` between them; words in any capitals. A word of two is
    ///   written `'middle eastern'`, `middle_eastern` or `middle-eastern`; `age=20-29` is both `age>=20` and `age<=29`.
    /// - Throws: `invalidOption`, saying what there is.
    public init(_ text: String) throws(DeepFaceError) {
        var reader = AttributeFilterReader(text)
        conditions = try reader.conditions()
    }

    /// The attributes that must have been read, each once.
    public var attributes: [Attribute] {
        Attribute.allCases.filter { attribute in conditions.contains { $0.attribute == attribute } }
    }

    /// Whether all conditions hold.
    public func matches(_ attributes: FaceAttributes?) -> Bool {
        guard let attributes else { return false }
        return conditions.allSatisfy { $0.holds(for: attributes) }
    }
}

extension AttributeFilter.Condition {
    fileprivate func holds(for attributes: FaceAttributes) -> Bool {
        switch value {
        case .years(let years): attributes.age.map { comparison.holds($0, years) } ?? false
        case .label(let label): attributes.label(attribute).map { comparison.holds($0, label) } ?? false
        }
    }
}

extension AttributeFilter.Comparison {
    fileprivate func holds<Value: Comparable>(_ one: Value, _ other: Value) -> Bool {
        switch self {
        case .equal: one == other
        case .unequal: one != other
        case .less: one < other
        case .atMost: one <= other
        case .more: one > other
        case .atLeast: one >= other
        }
    }
}

extension AttributeFilter: CustomStringConvertible {
    /// As it can be read again.
    public var description: String {
        conditions.map { condition in
            switch condition.value {
            case .years(let years): "\(condition.attribute.rawValue)\(condition.comparison.rawValue)\(years)"
            case .label(let label):
                "\(condition.attribute.rawValue)\(condition.comparison.rawValue)"
                    + (label.contains(" ") ? "'\(label)'" : label)
            }
        }.joined(separator: " ")
    }
}
