/// What people and collections may be called.
enum Name {
    private static let longest = 500

    /// - Parameter what: how the request calls the name, for people.
    /// - Throws: `invalid_request`, which tells why it is none.
    static func check(_ name: String, _ what: String) throws(Problem) -> String {
        let scalars = name.unicodeScalars
        if scalars.allSatisfy(\.properties.isWhitespace) { throw .invalid("\(what) is empty") }
        try checkPart(name, what)
        // Browsers and proxies take them out of addresses.
        if name == "." || name == ".." { throw .invalid("\(what) is \(name), which cannot stand in an address") }
        return name
    }

    /// As `check`, of what may be empty.
    static func checkPart(_ text: String, _ what: String) throws(Problem) {
        let scalars = text.unicodeScalars
        guard scalars.count <= longest else {
            throw .invalid("\(what) has \(scalars.count) characters, and at most \(longest) are allowed")
        }
        if scalars.contains(where: { $0.properties.generalCategory == .control }) {
            throw .invalid("\(what) holds a control character")
        }
    }
}
