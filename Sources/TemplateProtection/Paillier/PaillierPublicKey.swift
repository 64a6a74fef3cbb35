import BigInt
import Crypto
import DeepFace
import Foundation

/// The half of a key pair that encrypts: P. Paillier, "Public-key cryptosystems based on composite degree residuosity
/// classes", 1999, with g = n + 1.
///
/// Products of ciphertexts are sums of what is in them, and powers multiples, modulo n. Ciphertexts are blinded as by
/// I. Damgård, M. Jurik and J. B. Nielsen, 2010: by powers of h = (−x²)^n modulo n², with random exponents of half the
/// bits of n.
public struct PaillierPublicKey: Sendable {
    /// Of n.
    public let bits: Int
    /// 16 hexadecimal digits that every pair has its own of.
    public let id: String
    package let n: BigUInt
    let blinding: BigUInt
    /// Of n².
    package let modulus: Montgomery

    private struct File: Codable {
        static let format = "deepface-paillier-public"
        let format: String
        let version: Int
        let n, blinding: Data
    }

    init(n: BigUInt, blinding: BigUInt) {
        (self.n, self.blinding) = (n, blinding)
        bits = n.bitWidth
        id = Self.id(of: n)
        modulus = Montgomery(n * n)
    }

    static func id(of n: BigUInt) -> String {
        SHA256.hash(data: n.serialize()).withUnsafeBytes { UnsafeRawBufferPointer(rebasing: $0[..<8]).hexadecimal }
    }

    /// - Throws: `unreadableInput`.
    public init(contentsOf path: String) throws(DeepFaceError) {
        func unusable(_ what: String) -> DeepFaceError {
            DeepFaceError(
                .unreadableInput, "the file \(what)", input: path, advice: "name the .pub of: deepface protect keypair")
        }
        let content: Data
        do throws(RegularFile.Problem) {
            content = Data(try RegularFile.bytes(of: path, limit: 1 << 16))
        } catch {
            throw unusable("cannot be used: \(error)")
        }
        guard let file = try? JSONDecoder().decode(File.self, from: content), file.format == File.format else {
            throw unusable("is no public key")
        }
        guard file.version == 1 else { throw unusable("is a public key of version \(file.version), unknown here") }
        let (n, blinding) = (BigUInt(file.n), BigUInt(file.blinding))
        guard PaillierSecretKey.allowedBits.contains(n.bitWidth), n % 2 == 1, blinding > 1, blinding < n * n else {
            throw unusable("is a public key whose numbers make no sense")
        }
        self.init(n: n, blinding: blinding)
    }

    /// Writes the key to a new file.
    ///
    /// - Throws: `unwritableOutput`, also when there is a file of this name.
    public func write(to path: String) throws(DeepFaceError) {
        let file = File(format: File.format, version: 1, n: n.serialize(), blinding: blinding.serialize())
        try SecretFile.create(JSONEncoder.sorted.document(file, named: path), at: path)
    }

    /// What blinds ciphertexts.
    ///
    /// - Parameter uses: how many there will be, about.
    package func blinder(uses: Int) -> FixedBase { FixedBase(blinding, modulus, bits: (bits + 1) / 2, uses: uses) }

    /// A ciphertext of `plain` modulo n, another one every time.
    package func encrypt(_ plain: BigInt, _ blinder: FixedBase) -> BigUInt {
        let residue = plain.modulus(BigInt(n)).magnitude
        let blind = blinder.power(BigUInt.randomInteger(withMaximumWidth: (bits + 1) / 2))
        return modulus.value(modulus.product(modulus.number(1 + residue * n), blind))
    }

    /// A ciphertext as it lies in files; `nil` when it cannot be one of this key.
    func ciphertext(_ data: Data) -> BigUInt? {
        guard data.count <= (2 * bits + 7) / 8 else { return nil }
        let value = BigUInt(data)
        return value > 0 && value < modulus.modulus ? value : nil
    }
}
