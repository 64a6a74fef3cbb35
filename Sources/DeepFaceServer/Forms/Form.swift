/// The fields of a request, in whichever form they came.
struct Form {
    var fields: [String: FormValue] = [:]
    /// What they are counted by as long as they are needed.
    var lease: MemoryLease?

    subscript(name: String) -> FormValue? { fields[name] }
}

package enum FormValue: Equatable {
    /// Of a form, where all values are text.
    case text(String)
    case file(UploadedFile)
    case json(JSONValue)
}

package struct UploadedFile: Equatable {
    /// As the client called it; `nil` where it did not.
    package let name: String?
    package var bytes: [UInt8]
}

extension Form {
    /// A text; `nil` where there is none. JSON's null is none.
    ///
    /// - Throws: `invalid_request` when it is something else.
    func text(_ name: String) throws(Problem) -> String? {
        switch fields[name] {
        case .text(let text), .json(.string(let text)): return text
        case nil, .json(.null): return nil
        default: throw .invalid("\(name) is not a text")
        }
    }

    /// In forms `false`, `0`, `no`, `off` and nothing are false.
    func bool(_ name: String) throws(Problem) -> Bool? {
        switch fields[name] {
        case .json(.bool(let bool)): return bool
        case .text(let text), .json(.string(let text)):
            switch text.lowercased() {
            case "true", "1", "yes", "on": return true
            case "false", "0", "no", "off", "": return false
            default: throw .invalid("\(name) is neither true nor false")
            }
        case .json(.number(0)): return false
        case .json(.number(1)): return true
        case nil, .json(.null): return nil
        default: throw .invalid("\(name) is neither true nor false")
        }
    }

    func number(_ name: String) throws(Problem) -> Double? {
        switch fields[name] {
        case .json(.number(let number)): return number
        case .text(let text), .json(.string(let text)):
            guard let number = Double(text), number.isFinite else { throw .invalid("\(name) is not a number") }
            return number
        case nil, .json(.null): return nil
        default: throw .invalid("\(name) is not a number")
        }
    }

    /// A number within `range`.
    func number(_ name: String, in range: ClosedRange<Double>) throws(Problem) -> Double? {
        guard let number = try number(name) else { return nil }
        guard range.contains(number) else {
            throw .invalid("\(name) is a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A whole number within `range`.
    func whole(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let number = try number(name) else { return nil }
        guard let whole = Int(exactly: number), range.contains(whole) else {
            throw .invalid("\(name) is not a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return whole
    }

    /// One of the values of an enumeration.
    func choice<Value: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Value.Type = Value.self
    ) throws(Problem) -> Value? where Value.RawValue == String {
        guard let text = try text(name) else { return nil }
        guard let value = Value(rawValue: text) else {
            throw .invalid("\(name) is none of \(Value.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return value
    }

    /// Words: a JSON list, or one text with commas between them, and maybe the brackets and quotes of a Python list.
    func words(_ name: String) throws(Problem) -> [String]? {
        if case .json(.array(let elements)) = fields[name] {
            var words: [String] = []
            for element in elements {
                guard case .string(let word) = element else { throw .invalid("\(name) is not a list of words") }
                words.append(word)
            }
            return words
        }
        return try text(name)?.split { ", []()'\"".contains($0) }.map(String.init)
    }
}
