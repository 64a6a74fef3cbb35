/// Reads `application/x-www-form-urlencoded` bodies: `name=value&name=value`, `+` for a blank, `%XX` for a byte.
package enum URLEncodedForm {
    /// - Throws: `invalid_request`.
    package static func fields(of bytes: [UInt8], maximum: Int) throws(Problem) -> [String: FormValue] {
        var fields: [String: FormValue] = [:]
        let pairs = bytes.split(separator: UInt8(ascii: "&"), maxSplits: maximum)
        guard pairs.count <= maximum else { throw .invalid("the form has more than \(maximum) fields") }
        for pair in pairs {
            let end = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let value = try text(pair[end...].dropFirst())
            guard fields.updateValue(.text(value), forKey: try text(pair[..<end])) == nil else {
                throw .invalid("a field of the form stands there twice")
            }
        }
        return fields
    }

    private static func text(_ bytes: ArraySlice<UInt8>) throws(Problem) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var place = bytes.startIndex
        while place < bytes.endIndex {
            switch bytes[place] {
            case UInt8(ascii: "+"): decoded.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                let digits = bytes[(place + 1)...].prefix(2)
                guard digits.count == 2, digits.allSatisfy(\.isHexadecimalDigit),
                    let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
                else { throw .invalid("the form has a % without two hexadecimal digits") }
                decoded.append(byte)
                place += 2
            default: decoded.append(bytes[place])
            }
            place += 1
        }
        guard let text = String(validating: decoded, as: UTF8.self) else {
            throw .invalid("the form is not UTF-8")
        }
        return text
    }
}
