import Crypto
import DeepFace
import Foundation

/// The secret that embeddings are turned with: 256 random bits in a file of its own.
///
/// Whoever has it can turn protected templates back into embeddings.
public struct ProtectionKey: Sendable {
    /// 16 hexadecimal digits that every key has its own of, and that tell nothing of it.
    public let id: String
    private let secret: SymmetricKey

    private struct File: Codable {
        static let format = "deepface-protection-key"
        let format: String
        let version: Int
        let secret: Data
    }

    /// A new key.
    public init() { self.init(SymmetricKey(size: .bits256)) }

    private init(_ secret: SymmetricKey) {
        self.secret = secret
        id = Self.derive(secret, "id", bytes: 8).withUnsafeBytes(\.hexadecimal)
    }

    /// - Throws: `unreadableInput` when the file cannot be read, others than its owner may look into it, or it is no
    ///   key.
    public init(contentsOf path: String) throws(DeepFaceError) {
        let content = try SecretFile.read(path)
        guard let file = try? JSONDecoder().decode(File.self, from: content) else {
            throw Self.unusable(path, "is no protection key")
        }
        guard file.format == File.format, file.secret.count == 32 else {
            throw Self.unusable(path, "is no protection key")
        }
        guard file.version == 1 else {
            throw Self.unusable(path, "is a protection key of version \(file.version), unknown here")
        }
        self.init(SymmetricKey(data: file.secret))
    }

    /// Writes the key to a new file that only its owner can read.
    ///
    /// - Throws: `unwritableOutput`, also when there is a file of this name.
    public func write(to path: String) throws(DeepFaceError) {
        let file = File(format: File.format, version: 1, secret: secret.withUnsafeBytes { Data($0) })
        try SecretFile.create(JSONEncoder.sorted.document(file, named: path), at: path)
    }

    /// A key for one purpose: HKDF-SHA256 with `purpose` as its info.
    func key(for purpose: String) -> SymmetricKey { Self.derive(secret, purpose, bytes: 32) }

    private static func derive(_ secret: SymmetricKey, _ purpose: String, bytes: Int) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: secret, info: Data("deepface template protection 1: \(purpose)".utf8),
            outputByteCount: bytes)
    }

    private static func unusable(_ path: String, _ what: String) -> DeepFaceError {
        DeepFaceError(
            .unreadableInput, "the file \(what)", input: path, advice: "make one with: deepface protect keygen FILE")
    }
}

extension UnsafeRawBufferPointer {
    /// Two digits a byte.
    var hexadecimal: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}

extension JSONEncoder {
    static var sorted: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    /// A file's content, with a line's end.
    func document(_ value: some Encodable, named path: String) throws(DeepFaceError) -> Data {
        guard let json = try? encode(value) else {
            throw DeepFaceError(.unwritableOutput, "cannot be written as JSON", input: path)
        }
        return json + Data("\n".utf8)
    }
}
