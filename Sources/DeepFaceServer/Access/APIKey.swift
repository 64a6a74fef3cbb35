import Crypto
import Foundation

/// A key as it is kept: by its digest, from which it cannot be had again.
public struct APIKey: Sendable, Codable, Equatable {
    /// Short, to name it by.
    public let id: String
    /// What its maker called it.
    public let name: String
    public let role: Role
    /// SHA-256 of the key, in hexadecimal digits.
    let digest: String
    public let created: Date

    enum CodingKeys: String, CodingKey {
        case id, name, role, created
        case digest = "sha256"
    }

    /// A new key, and its text: 256 random bits, shown this once.
    static func make(name: String, role: Role) -> (key: APIKey, text: String) {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let text = "df_" + bytes.map(\.hexadecimal).joined()
        let digest = self.digest(of: text)
        // Whole seconds, as they are written.
        let now = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down))
        return (APIKey(id: String(digest.prefix(8)), name: name, role: role, digest: digest, created: now), text)
    }

    static func digest(of text: String) -> String { SHA256.hash(data: Data(text.utf8)).map(\.hexadecimal).joined() }
}

extension UInt8 {
    var hexadecimal: String { (self < 16 ? "0" : "") + String(self, radix: 16) }
}
