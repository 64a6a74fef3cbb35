import Crypto
import Foundation

/// Encrypts the records of a file of lines, each by itself: AES-256 in Galois/counter mode, as base64.
struct LineCipher: Sendable {
    let key: SymmetricKey
    /// What the file is: records of another one are not accepted.
    let place: Data

    /// `nil` never happens with keys of 32 bytes.
    func seal(_ record: Data) -> Data? {
        try? AES.GCM.seal(record, using: key, authenticating: place).combined?.base64EncodedData()
    }

    /// `nil` when the key is another one, or the record damaged or from elsewhere.
    func open(_ line: Data) -> Data? {
        guard let sealed = Data(base64Encoded: line) else { return nil }
        return try? AES.GCM.open(AES.GCM.SealedBox(combined: sealed), using: key, authenticating: place)
    }
}
