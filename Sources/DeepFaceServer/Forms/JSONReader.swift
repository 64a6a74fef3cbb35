import Foundation

/// Reads JSON (RFC 8259) from strangers: bounded in depth and in values, whatever else it says.
///
/// Requests hold a few short values and some long strings; strings are taken over whole.
package struct JSONReader {
    /// Arrays and objects inside each other.
    package static let maximumDepth = 16
    /// Values of any kind.
    package static let maximumValues = 10_000

    private let bytes: [UInt8]
    private var place = 0
    private var values = 0

    /// - Throws: `invalid_request`, saying at which byte it went wrong.
    package static func value(of bytes: [UInt8]) throws(Problem) -> JSONValue {
        var reader = JSONReader(bytes: bytes)
        let value = try reader.value(depth: 0)
        reader.skipBlanks()
        guard reader.place == bytes.count else { throw reader.refusal("something follows the value") }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func refusal(_ why: String) -> Problem { .invalid("the JSON is wrong at byte \(place): \(why)") }

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard next == byte else { return false }
        place += 1
        return true
    }

    private mutating func value(depth: Int) throws(Problem) -> JSONValue {
        guard depth < Self.maximumDepth else { throw refusal("more than \(Self.maximumDepth) levels") }
        values += 1
        guard values <= Self.maximumValues else { throw refusal("more than \(Self.maximumValues) values") }
        skipBlanks()
        switch next {
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw refusal("it ends too early")
        default: return .number(try number())
        }
    }

    private mutating func object(depth: Int) throws(Problem) -> [String: JSONValue] {
        place += 1
        var members: [String: JSONValue] = [:]
        if take(UInt8(ascii: "}")) { return members }
        repeat {
            skipBlanks()
            guard next == UInt8(ascii: "\"") else { throw refusal("a key is expected") }
            let key = try string()
            guard take(UInt8(ascii: ":")) else { throw refusal("a colon is expected") }
            guard members.updateValue(try value(depth: depth + 1), forKey: key) == nil else {
                throw refusal("a key stands there twice")
            }
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw refusal("a comma or } is expected") }
        return members
    }

    private mutating func array(depth: Int) throws(Problem) -> [JSONValue] {
        place += 1
        var elements: [JSONValue] = []
        if take(UInt8(ascii: "]")) { return elements }
        repeat { elements.append(try value(depth: depth + 1)) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw refusal("a comma or ] is expected") }
        return elements
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Problem) -> JSONValue {
        let count = word.utf8CodeUnitCount
        let isThere =
            place + count <= bytes.count && (0..<count).allSatisfy { bytes[place + $0] == word.utf8Start[$0] }
        guard isThere else { throw refusal("no value begins so") }
        place += count
        return value
    }

    private mutating func number() throws(Problem) -> Double {
        let start = place
        while let byte = next, byte.isNumberByte, place - start < 64 { place += 1 }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        guard text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/) != nil, let number = Double(text),
            number.isFinite
        else { throw refusal("no value begins so") }
        return number
    }

    private mutating func string() throws(Problem) -> String {
        place += 1
        let start = place
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { place += 1 }
        if next == UInt8(ascii: "\"") {
            place += 1
            return try text(bytes[start..<(place - 1)])
        }
        var unescaped = Array(bytes[start..<place])
        while let byte = next {
            place += 1
            switch byte {
            case UInt8(ascii: "\""): return try text(unescaped[...])
            case UInt8(ascii: "\\"): unescaped += try escape()
            case ..<0x20: throw refusal("a control character in a string")
            default: unescaped.append(byte)
            }
        }
        throw refusal("a string does not end")
    }

    private func text(_ bytes: ArraySlice<UInt8>) throws(Problem) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw refusal("a string is not UTF-8") }
        return text
    }

    /// What follows a backslash, in UTF-8.
    private mutating func escape() throws(Problem) -> [UInt8] {
        guard let byte = next else { throw refusal("it ends too early") }
        place += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"):
            var code = UInt32(try unit())
            if (0xD800..<0xDC00).contains(code) {
                guard next == UInt8(ascii: "\\"), place + 1 < bytes.count, bytes[place + 1] == UInt8(ascii: "u") else {
                    throw refusal("half a character")
                }
                place += 2
                let low = UInt32(try unit())
                guard (0xDC00..<0xE000).contains(low) else { throw refusal("half a character") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw refusal("half a character") }
            return Array(String(scalar).utf8)
        default: throw refusal("no escape is called so")
        }
    }

    /// Four hexadecimal digits.
    private mutating func unit() throws(Problem) -> UInt16 {
        guard place + 4 <= bytes.count, bytes[place..<(place + 4)].allSatisfy(\.isHexadecimalDigit),
            let unit = UInt16(String(decoding: bytes[place..<(place + 4)], as: UTF8.self), radix: 16)
        else { throw refusal("four hexadecimal digits are expected") }
        place += 4
        return unit
    }
}

extension UInt8 {
    fileprivate var isNumberByte: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    var isHexadecimalDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
