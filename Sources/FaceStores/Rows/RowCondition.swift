/// What is true of the rows that are asked for.
indirect enum RowCondition: Sendable {
    /// A column's number is one of these.
    case numbers(String, [Int64])
    /// A column's number is none of these.
    case otherNumbers(String, [Int64])
    /// A column's text is one of these, which have nothing that would need quoting.
    case texts(String, [String])
    /// The id is greater than the first, and not greater than the second; `nil`: it may be any greater one.
    case window(after: Int64, through: Int64?)
    case all([RowCondition])
    case any([RowCondition])

    static var everything: RowCondition { .window(after: 0, through: nil) }

    static func among(_ column: String, _ numbers: some Sequence<Int64>) -> RowCondition {
        .numbers(column, Array(numbers))
    }

    static func among(_ column: String, _ texts: some Sequence<String>) -> RowCondition {
        .texts(column, Array(texts))
    }

    static func isKind(_ kind: RowRecord) -> RowCondition { .numbers("kind", [kind.rawValue]) }
}
