import BigInt
import DeepFace
import Foundation
import TemplateProtection
import TestSupport
import Testing

/// Distances that are computed without seeing a face.
struct EncryptedDistanceTests {
    private static let metrics: [DistanceMetric] = [.cosine, .euclideanL2, .angular, .euclidean]

    @Test func distancesAreThoseOfTheEmbeddings() throws {
        try check(.dlib, KeyPairs.large, metrics: [.cosine, .euclidean])
        for model in [RecognitionModel.dlib, .facenet512] { try check(model, KeyPairs.small, metrics: Self.metrics) }
    }

    /// Of 4096 numbers.
    @Test func longEmbeddings() throws { try check(.vggFace, KeyPairs.small, metrics: [.cosine], scale: 3) }

    private func check(
        _ model: RecognitionModel, _ secret: PaillierSecretKey, metrics: [DistanceMetric], scale: Float = 0.1
    ) throws {
        let key = secret.publicKey
        let one = Faces.random(model.dimensions, seed: 1, scale: scale)
        var others = [Faces.near(one, by: 0.3 * scale, seed: 2)]
        if model.dimensions < 1000 { others += [one, Faces.face(one.embedding.map { -$0 })] }
        let protection = ProtectionKey()
        for metric in metrics {
            let protector = try Faces.protector(protection, model, .distance(metric))
            let encrypted = try key.encrypt([protector.protect(one)])[0]
            for other in others {
                let sealed = try key.distance(encrypted, to: protector.protect(other))
                let distance = try secret.distance(sealed, by: metric)
                let exact = try metric.distance(one.embedding, other.embedding)
                #expect(abs(distance - exact) < 1e-3 * max(1, Double(scale)), "\(metric): \(distance), not \(exact)")
                let verdict = try secret.verdict(on: [sealed], metric: metric, threshold: 0.4)
                #expect(verdict.verified == (distance <= 0.4) && verdict.distance == distance)
            }
        }
    }

    /// Whoever decrypts gets the distance, and beside it numbers that are others every time.
    @Test func nothingElseIsDecrypted() throws {
        let secret = KeyPairs.small
        let key = secret.publicKey
        let protector = try Faces.protector(ProtectionKey())
        let (one, other) = (
            try protector.protect(Faces.random(128, seed: 1)), try protector.protect(Faces.random(128, seed: 2))
        )
        let encrypted = try key.encrypt([one, one])
        #expect(Set(encrypted[0].blocks).isDisjoint(with: encrypted[1].blocks))
        let plains = try (0..<4).map { _ in
            secret.decrypt(BigUInt(try key.distance(encrypted[0], to: other).value))
        }
        // With keys of 512 bits, five numbers a ciphertext: the fifth coefficient of nine.
        let slots = plains.map { plain in (0..<9).map { (plain >> (48 * $0)) & ((BigUInt(1) << 48) - 1) } }
        for place in 0..<9 {
            let values = Set(slots.map { $0[place] })
            if place == 4 {
                #expect((values.max() ?? 0) - (values.min() ?? 0) <= 2)
            } else {
                #expect(values.count == 4, "coefficient \(place) is not hidden")
            }
        }
    }

    @Test func whatDoesNotBelongTogetherIsRefused() throws {
        let (secret, stranger) = (KeyPairs.small, PaillierSecretKey(generating: 512))
        let key = secret.publicKey
        let protection = ProtectionKey()
        let protector = try Faces.protector(protection)
        let face = Faces.random(128, seed: 1)
        let template = try protector.protect(face)
        let encrypted = try key.encrypt([template])[0]
        func code(_ body: () throws -> Void) -> DeepFaceError.Code? {
            do { try body() } catch { return (error as? DeepFaceError)?.code }
            return nil
        }
        #expect(code { _ = try stranger.publicKey.distance(encrypted, to: template) } == .recipeMismatch)
        let sealed = try key.distance(encrypted, to: template)
        #expect(code { _ = try stranger.distance(sealed, by: .euclidean) } == .recipeMismatch)
        #expect(code { _ = try secret.verdict(on: [sealed], metric: .cosine) } == .invalidOption)
        #expect(code { _ = try secret.verdict(on: []) } == .noFace)
        let foreign = try Faces.protector(ProtectionKey()).protect(face)
        #expect(code { _ = try key.distance(encrypted, to: foreign) } == .recipeMismatch)
        let long = try protector.protect(Faces.random(128, seed: 1, scale: 100))
        #expect(code { _ = try key.distance(encrypted, to: long) } == .invalidEmbedding)
        let signs = try Faces.protector(protection, .dlib, .signs(256)).protect(face)
        #expect(code { _ = try key.encrypt([signs]) } == .invalidOption)
    }
}
