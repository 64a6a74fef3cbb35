/// The name that a group's faces are known by.
package struct NameVote: Equatable {
    package let name: String
    /// Faces that are known by it.
    package let votes: Int

    /// - Parameter names: of each face of the group; `nil`: not known.
    /// - Returns: `nil` unless more than half of the faces are known by one name.
    package init?(_ names: [String?]) {
        var counts: [String: Int] = [:]
        for case let name? in names { counts[name, default: 0] += 1 }
        guard let most = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }), 2 * most.value > names.count
        else { return nil }
        (name, votes) = (most.key, most.value)
    }
}
