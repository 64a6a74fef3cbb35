import BigInt
import DeepFace
import Foundation
import TemplateProtection
import TestSupport
import Testing

/// The arithmetic below encrypted distances.
struct PaillierTests {
    @Test func powersAreBigInts() {
        for bits in [2, 63, 64, 65, 128, 700] {
            for _ in 0..<8 {
                let modulus = BigUInt.randomInteger(withExactWidth: bits) | 1
                guard modulus > 1 else { continue }
                let montgomery = Montgomery(modulus)
                let pairs = (0..<3).map { _ in
                    (
                        base: BigUInt.randomInteger(withMaximumWidth: bits + 70),
                        exponent: BigUInt.randomInteger(withMaximumWidth: 90)
                    )
                }
                let expected = pairs.map { $0.base.power($0.exponent, modulus: modulus) }
                #expect(pairs.map { montgomery.power($0.base, $0.exponent) } == expected)
                #expect(
                    montgomery.value(montgomery.productOfPowers(pairs)) == expected.reduce(1) { $0 * $1 % modulus })
                for uses in [1, 50] {
                    let fixed = FixedBase(pairs[0].base, montgomery, bits: 90, uses: uses)
                    #expect(montgomery.value(fixed.power(pairs[0].exponent)) == expected[0])
                }
                // The largest numbers there are carry the most.
                let top = montgomery.number(modulus - 1)
                #expect(montgomery.value(montgomery.product(top, top)) == 1)
            }
        }
        let ones = (BigUInt(1) << 512) - 1
        #expect(Montgomery(ones).power(ones - 2, 65537) == (ones - 2).power(65537, modulus: ones))
    }

    @Test func primesArePrime() {
        // Carmichael numbers, and the least that pass the test for the bases 2, 3, 5 and 7.
        for composite in [561, 41041, 825_265, 3_215_031_751, 3_825_123_056_546_413_051] as [BigUInt] {
            #expect(!PrimeSearch.isPrime(composite))
        }
        for prime in [5, 7, 65537, (BigUInt(1) << 127) - 1] as [BigUInt] { #expect(PrimeSearch.isPrime(prime)) }
        let prime = PrimeSearch.prime(bits: 256)
        #expect(prime.bitWidth == 256 && prime % 4 == 3 && prime >> 254 == 3 && prime.isPrime())
    }

    @Test func sumsAndMultiplesOfWhatIsEncrypted() {
        for secret in [KeyPairs.small, KeyPairs.large] {
            let key = secret.publicKey
            let blinder = key.blinder(uses: 3)
            let n = BigInt(key.n)
            for (a, b) in [(0, 1), (123_456, -7), (-(1 << 40), 1 << 41)] as [(BigInt, BigInt)] {
                let (first, second) = (key.encrypt(a, blinder), key.encrypt(b, blinder))
                #expect(BigInt(secret.decrypt(first)) == a.modulus(n))
                #expect(BigInt(secret.decrypt(first * second % (key.n * key.n))) == (a + b).modulus(n))
                #expect(BigInt(secret.decrypt(key.modulus.power(first, 12_345))) == (a * 12_345).modulus(n))
                #expect(key.encrypt(a, blinder) != first)
            }
        }
    }

    @Test func keyFilesAreKept() throws {
        let folder = try TemporaryFolder()
        let (path, shared) = (folder.file("judge").path, folder.file("judge.pub").path)
        let secret = KeyPairs.large
        try secret.write(to: path)
        try secret.publicKey.write(to: shared)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        let key = try PaillierPublicKey(contentsOf: shared)
        #expect(try PaillierSecretKey(contentsOf: path).id == key.id && key.id == secret.id)
        #expect(key.bits == 2048)
        #expect(throws: DeepFaceError.self) { try secret.write(to: path) }
        #expect(throws: DeepFaceError.self) { try PaillierSecretKey(contentsOf: shared) }
        #expect(throws: DeepFaceError.self) { try PaillierPublicKey(contentsOf: path) }
        try FileManager.default.setAttributes([.posixPermissions: 0o604], ofItemAtPath: path)
        let open = #expect(throws: DeepFaceError.self) { try PaillierSecretKey(contentsOf: path) }
        #expect(open?.advice?.contains("chmod 600") == true)
        #expect(throws: DeepFaceError.self) { try PaillierSecretKey(bits: 1024) }
        // Keys that are too short to keep anything secret are not taken from files either.
        try KeyPairs.small.write(to: folder.file("small").path)
        #expect(throws: DeepFaceError.self) { try PaillierSecretKey(contentsOf: folder.file("small").path) }
    }
}
