import Crypto
import DeepFace
import Foundation

/// What stands for faces of a collection in a table where digests tell faces from each other, in hexadecimal digits.
struct FaceDigest {
    private let collection: [UInt8]

    init(_ collection: FaceCollection) { self.collection = Array("\(collection.identifier.uuidString)\n".utf8) }

    /// SHA-256 of where it is: unlike all other faces' of all collections.
    func of(_ face: NewFace) -> [UInt8] {
        let area = face.facialArea
        var place = collection
        place.append(contentsOf: face.hash.utf8)
        place.append(contentsOf: "\n\(area.x) \(area.y) \(area.w) \(area.h)".utf8)
        return HexadecimalDigits.of(SHA256.hash(data: place))
    }

    /// SHA-256 of the numbers as 64-bit ones, the lowest byte first: Python's `struct.pack`.
    static func of(_ vector: [Float]) -> [UInt8] {
        let numbers = vector.map { Double($0).bitPattern.littleEndian }
        return HexadecimalDigits.of(numbers.withUnsafeBytes { SHA256.hash(data: $0) })
    }
}

enum HexadecimalDigits {
    private static let digits = Array("0123456789abcdef".utf8)

    static func of(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return text
    }
}
