/// Reading the attributes in which Keras lists what a group holds.
enum KerasNames {
    /// The names in `attribute`, or in `attribute0`, `attribute1`, …, into which Keras splits a list that is too long
    /// for one; `nil` when there is neither, or no object at `path`.
    static func read(
        _ attribute: String, of path: String, in file: HDF5File
    ) throws(WeightFileError.Reason) -> [String]? {
        let object = path.isEmpty ? "/" : path
        var names = try file.strings(attribute, of: object)
        if names == nil {
            var number = 0
            while let more = try file.strings("\(attribute)\(number)", of: object) {
                names = (names ?? []) + more
                number += 1
            }
        }
        guard let names else { return nil }
        guard Set(names).count == names.count else { throw .malformed("a name is twice in '\(attribute)'") }
        for name in names where !isPath(name) { throw .malformed("'\(name)' in '\(attribute)' is no name") }
        return names
    }

    /// Whether `name` leads from a group into it, and by one way only: no empty steps, no `.`, not endlessly many.
    private static func isPath(_ name: String) -> Bool {
        let steps = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return steps.count <= 16 && name.utf8.count <= 4096
            && steps.allSatisfy { !$0.isEmpty && !$0.elementsEqual(".".utf8) }
    }
}
