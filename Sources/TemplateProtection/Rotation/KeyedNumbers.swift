import Crypto
import Foundation

/// Normally distributed numbers that a key decides: the same on every machine, to rounding.
///
/// Row `k` is the ChaCha20 keystream under nonce `k` (64 bits, most significant byte first, behind four zeros), read
/// as 64-bit integers, least significant byte first. Each pair of integers gives, by its upper 53 bits as fractions u
/// in (0, 1] and v in [0, 1), the two numbers √(−2·ln u)·cos 2πv and √(−2·ln u)·sin 2πv (Box and Muller, 1958).
struct KeyedNumbers {
    let key: SymmetricKey

    /// - Precondition: the key is used for rows of numbers only.
    func row(_ row: Int, count: Int) -> [Double] {
        let pairs = (count + 1) / 2
        let stream = keystream(row, bytes: 16 * pairs)
        return [Double](unsafeUninitializedCapacity: 2 * pairs) { numbers, initialized in
            stream.withUnsafeBytes { bytes in
                func fraction(_ place: Int) -> Double {
                    let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * place, as: UInt64.self))
                    return Double(word >> 11) * 0x1p-53
                }
                for pair in 0..<pairs {
                    let radius = (-2 * log(1 - fraction(2 * pair))).squareRoot()
                    let angle = 2 * Double.pi * fraction(2 * pair + 1)
                    numbers[2 * pair] = radius * cos(angle)
                    numbers[2 * pair + 1] = radius * sin(angle)
                }
            }
            initialized = count
        }
    }

    private func keystream(_ row: Int, bytes: Int) -> Data {
        var nonce = Data(count: 4)
        withUnsafeBytes(of: UInt64(row).bigEndian) { nonce.append(contentsOf: $0) }
        // Zeros, encrypted, are the keystream; a nonce of 12 bytes is never refused.
        guard let nonce = try? ChaChaPoly.Nonce(data: nonce),
            let box = try? ChaChaPoly.seal(Data(count: bytes), using: key, nonce: nonce)
        else { preconditionFailure("ChaCha20 refused \(bytes) zeros") }
        return box.ciphertext
    }
}
