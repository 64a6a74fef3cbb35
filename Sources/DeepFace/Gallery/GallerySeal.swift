import Crypto
import Foundation

/// Keeps the gallery of a folder such that nobody reads it without the key, and nobody changes it unnoticed.
///
/// A sealed file begins with 64 bytes: "DFSEALED", version and kind (a byte each) and six zeros, the key's id (8), a salt
/// that is another one every time (32), and the length of the content (8, least significant byte first). The keys of
/// the file are HKDF-SHA256 of the key, with the salt. Encrypted, blocks of 1 MiB follow, each by AES-256-GCM with its
/// number as nonce and the first 64 bytes as associated data, so that no block can be left out, moved, or taken from
/// another file. Signed, HMAC-SHA256 over the first 64 bytes and the content follows, then the content.
public struct GallerySeal: Sendable {
    public enum Kind: UInt8, Sendable {
        /// Cannot be read, nor changed unnoticed, without the key.
        case encrypted = 1
        /// Cannot be changed unnoticed without the key.
        case signed = 2
    }

    public let kind: Kind
    private let key: SymmetricKey
    private let id: Data

    private static let magic = Data("DFSEALED".utf8)
    static let headLength = 64
    private static let blockSize = 1 << 20
    private static let tagSize = 16

    /// - Parameter text: 32 bytes in base64 or in 64 hexadecimal digits.
    /// - Throws: `invalidOption` when it is anything else.
    public init(key text: String, _ kind: Kind = .encrypted) throws(DeepFaceError) {
        self.kind = kind
        key = SymmetricKey(data: try SecretFile.key(text, of: "the gallery's key"))
        id = Self.derive(key, salt: Data(), "id", bytes: 8).withUnsafeBytes { Data($0) }
    }

    /// - Parameter path: of a file with such a text, which nobody but its owner may read.
    /// - Throws: `unreadableInput`, `invalidOption`.
    public init(keyFile path: String, _ kind: Kind = .encrypted) throws(DeepFaceError) {
        let text = String(decoding: try SecretFile.read(path), as: UTF8.self)
        do throws(DeepFaceError) {
            try self.init(key: text, kind)
        } catch {
            throw error.naming(path)
        }
    }

    /// For a journal of galleries of this recipe.
    func lines(of recipe: String) -> LineCipher {
        LineCipher(key: Self.derive(key, salt: Data(recipe.utf8), "journal"), place: Data("journal \(recipe)".utf8))
    }

    private static func derive(_ key: SymmetricKey, salt: Data, _ purpose: String, bytes: Int = 32) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key, salt: salt, info: Data("deepface gallery 1: \(purpose)".utf8),
            outputByteCount: bytes)
    }
}

extension GallerySeal {
    /// Whether a file is sealed with whatever key.
    static func isSealed(_ url: URL) -> Bool {
        guard let file = try? FileHandle(forReadingFrom: url) else { return false }
        defer { try? file.close() }
        return (try? file.read(upToCount: magic.count)) == magic
    }

    /// The sealed content as it is written.
    package func sealed(_ content: [UInt8]) -> [UInt8] {
        var head = Self.magic + Data([1, kind.rawValue, 0, 0, 0, 0, 0, 0]) + id
        let salt = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        head += salt
        withUnsafeBytes(of: UInt64(content.count).littleEndian) { head.append(contentsOf: $0) }
        let content = Data(content)
        switch kind {
        case .signed: return Array(head + signature(of: content, head) + content)
        case .encrypted:
            let key = Self.derive(key, salt: salt, "encryption")
            var file = Array(head)
            for (number, start) in stride(from: 0, to: content.count, by: Self.blockSize).enumerated() {
                let block = content[start..<min(start + Self.blockSize, content.count)]
                guard let nonce = Self.nonce(number),
                    let box = try? AES.GCM.seal(block, using: key, nonce: nonce, authenticating: head)
                else { preconditionFailure("AES refused a key of 32 bytes") }
                file += box.ciphertext + box.tag
            }
            return file
        }
    }

    /// What is in a sealed file, and how it is sealed; `nil` when the file is not sealed.
    ///
    /// - Throws: `unreadableInput`; `storeInconsistent` when it is sealed with another key, or not as it was written.
    func open(_ url: URL) throws(DeepFaceError) -> (content: [UInt8], kind: Kind)? {
        let file: Data
        do throws(RegularFile.Problem) {
            file = Data(try RegularFile.bytes(of: url.path))
        } catch {
            throw DeepFaceError(.unreadableInput, "the gallery: \(error)", input: url.path)
        }
        guard file.prefix(Self.magic.count) == Self.magic else { return nil }
        let head = Data(file.prefix(Self.headLength))
        guard head.count == Self.headLength, head[8] == 1, let kind = Kind(rawValue: head[9]) else {
            throw Self.changed(url)
        }
        guard head[16..<24] == id else {
            throw DeepFaceError(
                .storeInconsistent, "the gallery is sealed with another key", input: url.path,
                advice: "name its own key with --gallery-key, or delete the file to have it made anew")
        }
        let length = head[56..<64].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(file.count) else { throw Self.changed(url) }
        let body = Data(file.dropFirst(Self.headLength))
        let content = kind == .signed ? signed(body, head) : decrypted(body, head)
        guard let content, content.count == Int(length) else { throw Self.changed(url) }
        return (content, kind)
    }

    private func signed(_ body: Data, _ head: Data) -> [UInt8]? {
        let (tag, content) = (body.prefix(32), Data(body.dropFirst(32)))
        let key = Self.derive(key, salt: head[24..<56], "signature")
        return HMAC<SHA256>.isValidAuthenticationCode(tag, authenticating: head + content, using: key)
            ? Array(content) : nil
    }

    private func signature(of content: Data, _ head: Data) -> Data {
        let key = Self.derive(key, salt: head[24..<56], "signature")
        return Data(HMAC<SHA256>.authenticationCode(for: head + content, using: key))
    }

    private func decrypted(_ body: Data, _ head: Data) -> [UInt8]? {
        let key = Self.derive(key, salt: head[24..<56], "encryption")
        var content: [UInt8] = []
        let step = Self.blockSize + Self.tagSize
        for (number, start) in stride(from: 0, to: body.count, by: step).enumerated() {
            let block = body[start..<min(start + step, body.count)]
            guard block.count > Self.tagSize, let nonce = Self.nonce(number),
                let box = try? AES.GCM.SealedBox(
                    nonce: nonce, ciphertext: block.dropLast(Self.tagSize), tag: block.suffix(Self.tagSize)),
                let plain = try? AES.GCM.open(box, using: key, authenticating: head)
            else { return nil }
            content += plain
        }
        return content
    }

    /// Of a block; the key is of this file alone.
    private static func nonce(_ number: Int) -> AES.GCM.Nonce? {
        var bytes = Data(count: 4)
        withUnsafeBytes(of: UInt64(number).bigEndian) { bytes.append(contentsOf: $0) }
        return try? AES.GCM.Nonce(data: bytes)
    }

    private static func changed(_ url: URL) -> DeepFaceError {
        DeepFaceError(
            .storeInconsistent, "the sealed gallery is damaged, or was changed by somebody without its key",
            input: url.path, advice: "bring back a copy, or delete the file to have it made anew")
    }
}
