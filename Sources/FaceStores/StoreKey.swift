import Crypto
import DeepFace
import Foundation

/// The key that vectors and photos are encrypted with where they are kept: AES-256 in Galois/counter mode.
///
/// What is encrypted is bound to its place: moved to another row it is not accepted there.
public struct StoreKey: Sendable {
    private let key: SymmetricKey

    /// - Parameter text: 32 bytes in base64 or in 64 hexadecimal digits.
    /// - Throws: `invalidOption` when it is anything else.
    public init(_ text: String) throws(DeepFaceError) {
        key = SymmetricKey(data: try SecretFile.key(text, of: "the store's key"))
    }

    /// Bytes that encryption adds: the nonce and the tag.
    static let overhead = 28

    /// Encrypts what belongs at `place`.
    func seal(_ content: Data, at place: String) throws(DeepFaceError) -> Data {
        do {
            let box = try AES.GCM.seal(content, using: key, authenticating: Data(place.utf8))
            guard let sealed = box.combined else { throw CryptoKitError.incorrectParameterSize }
            return sealed
        } catch {
            throw DeepFaceError(.engine, "encryption failed: \(error)")
        }
    }

    /// - Throws: `storeInconsistent` when the key is another, or the content damaged or of another place.
    func open(_ sealed: Data, at place: String) throws(DeepFaceError) -> Data {
        do {
            return try AES.GCM.open(AES.GCM.SealedBox(combined: sealed), using: key, authenticating: Data(place.utf8))
        } catch {
            throw DeepFaceError(
                .storeInconsistent, "cannot be decrypted: the key is another one, or it is damaged", input: place)
        }
    }
}
