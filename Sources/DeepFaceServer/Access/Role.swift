/// What a key lets its holder do; each role may do what those before it may.
public enum Role: String, Sendable, Codable, CaseIterable, Comparable {
    /// Compare photos, search, look at who is registered.
    case read
    /// Register, rename and delete people.
    case write
    /// Everything, deleting collections too.
    case admin

    public static func < (one: Role, other: Role) -> Bool { one.rank < other.rank }

    private var rank: Int {
        switch self {
        case .read: 0
        case .write: 1
        case .admin: 2
        }
    }
}
