import BigInt
import DeepFace
import Foundation

/// The half of a key pair that decrypts.
///
/// Its arithmetic takes longer for some numbers than for others: decrypt where nobody else measures the time.
public struct PaillierSecretKey: Sendable {
    /// As that of the public half.
    public let id: String
    let (p, q): (BigUInt, BigUInt)
    private let (ofP, ofQ): (Half, Half)
    /// 1 / p modulo q.
    private let inverseOfP: BigUInt

    static let allowedBits = 2048...8192

    private struct File: Codable {
        static let format = "deepface-paillier-secret"
        let format: String
        let version: Int
        let p, q: Data
    }

    /// What is needed to decrypt modulo one of the primes.
    private struct Half: Sendable {
        let prime: BigUInt
        let square: Montgomery
        /// −1 / the other prime.
        let factor: BigUInt

        init?(_ prime: BigUInt, other: BigUInt) {
            guard let inverse = (other % prime).inverse(prime) else { return nil }
            (self.prime, square, factor) = (prime, Montgomery(prime * prime), prime - inverse)
        }

        func plain(_ ciphertext: BigUInt) -> BigUInt {
            let power = square.power(ciphertext % square.modulus, prime - 1)
            // Of no ciphertext, only of a number that shares a factor with n.
            guard power > 0 else { return 0 }
            return (power - 1) / prime * factor % prime
        }
    }

    /// `nil` for numbers that are no pair of different primes; the test of primes is the caller's.
    package init?(p: BigUInt, q: BigUInt) {
        guard p > 4, q > 4, p != q, p % 2 == 1, q % 2 == 1, let ofP = Half(p, other: q), let ofQ = Half(q, other: p),
            let inverse = (p % q).inverse(q)
        else { return nil }
        (self.p, self.q, self.ofP, self.ofQ, inverseOfP) = (p, q, ofP, ofQ, inverse)
        id = PaillierPublicKey.id(of: p * q)
    }

    /// A new pair.
    ///
    /// - Parameter bits: of n, from 2048 to 8192, even. Default: 2048.
    /// - Throws: `invalidOption`.
    public init(bits: Int = 2048) throws(DeepFaceError) {
        guard Self.allowedBits.contains(bits), bits % 2 == 0 else {
            throw DeepFaceError(
                .invalidOption, "keys of \(bits) bits are not made", advice: "choose an even number from 2048 to 8192")
        }
        self.init(generating: bits)
    }

    /// As `init(bits:)`, for any even number of bits from 128.
    package init(generating bits: Int) {
        while true {
            let (p, q) = (PrimeSearch.prime(bits: bits / 2), PrimeSearch.prime(bits: bits / 2))
            // So that −x² gives nearly all that can blind.
            guard p != q, (p - 1).greatestCommonDivisor(with: q - 1) == 2, let key = Self(p: p, q: q) else { continue }
            self = key
            return
        }
    }

    /// The other half. Each call gives other numbers to blind with; all of them are right.
    public var publicKey: PaillierPublicKey {
        let n = p * q
        var x = BigUInt.randomInteger(lessThan: n - 1) + 1
        while x.greatestCommonDivisor(with: n) != 1 { x = BigUInt.randomInteger(lessThan: n - 1) + 1 }
        return PaillierPublicKey(n: n, blinding: Montgomery(n * n).power(n - x * x % n, n))
    }

    /// What a ciphertext holds: from 0 to n − 1.
    package func decrypt(_ ciphertext: BigUInt) -> BigUInt {
        let (first, second) = (ofP.plain(ciphertext), ofQ.plain(ciphertext))
        let difference = (second + q - first % q) % q
        return first + p * (difference * inverseOfP % q)
    }

    /// - Throws: `unreadableInput` when the file cannot be read, others than its owner may look into it, or it is no
    ///   key.
    public init(contentsOf path: String) throws(DeepFaceError) {
        func unusable(_ what: String) -> DeepFaceError {
            DeepFaceError(
                .unreadableInput, "the file \(what)", input: path, advice: "name a file of: deepface protect keypair")
        }
        let content = try SecretFile.read(path)
        guard let file = try? JSONDecoder().decode(File.self, from: content), file.format == File.format else {
            throw unusable("is no secret key")
        }
        guard file.version == 1 else { throw unusable("is a secret key of version \(file.version), unknown here") }
        let (p, q) = (BigUInt(file.p), BigUInt(file.q))
        guard Self.allowedBits.contains((p * q).bitWidth), let key = Self(p: p, q: q) else {
            throw unusable("is a secret key whose numbers make no sense")
        }
        self = key
    }

    /// Writes the key to a new file that only its owner can read.
    ///
    /// - Throws: `unwritableOutput`, also when there is a file of this name.
    public func write(to path: String) throws(DeepFaceError) {
        let file = File(format: File.format, version: 1, p: p.serialize(), q: q.serialize())
        try SecretFile.create(JSONEncoder.sorted.document(file, named: path), at: path)
    }
}
