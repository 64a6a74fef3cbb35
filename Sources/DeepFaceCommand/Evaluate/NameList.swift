import ArgumentParser

/// Names separated by commas, each once.
struct NameList: ExpressibleByArgument {
    let names: [String]

    /// `nil` when it names nothing.
    init?(argument: String) {
        var names: [String] = []
        for word in argument.split(separator: ",") {
            let name = word.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
            if !name.isEmpty, !names.contains(String(name)) { names.append(String(name)) }
        }
        if names.isEmpty { return nil }
        self.names = names
    }

    /// What the names stand for.
    ///
    /// - Throws: `ValidationError` naming `option` and what it takes.
    func values<Value: ExpressibleByArgument>(_ option: String) throws -> [Value] {
        try names.map { name in
            guard let value = Value(argument: name) else {
                let known = Value.allValueStrings.joined(separator: ", ")
                throw ValidationError("\(option): '\(name)' is not \(known.isEmpty ? "a number" : "one of \(known)")")
            }
            return value
        }
    }
}
