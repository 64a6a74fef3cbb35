import DeepFace
import Foundation
import TemplateProtection
import TestSupport
import Testing

/// Embeddings that are turned with a key.
struct RotationTests {
    /// By the construction as documented, written anew in Python with another library's ChaCha20.
    @Test func theConstructionIsTheDocumentedOne() throws {
        let folder = try TemporaryFolder()
        let key = try Faces.knownKey(in: folder)
        #expect(key.id == "5777b89b65dd9bda")
        let face = Faces.face((1...128).map { Float($0) / 128 })
        func first(_ purpose: TemplateProtector.Purpose) throws -> ProtectedTemplate {
            try Faces.protector(key, .dlib, purpose).protect(face)
        }
        let turned = try first(.distance(.cosine)).embedding ?? []
        for (number, expected) in zip(turned, [-0.01706616, -0.1195115, -0.0009692245, -0.05758038] as [Float]) {
            #expect(abs(number - expected) < 1e-6)
        }
        let shifted = try first(.distance(.euclidean)).embedding ?? []
        for (number, expected) in zip(shifted, [1.725407, -0.8161534, -1.154088, -1.204388] as [Float]) {
            #expect(abs(number - expected) < 2e-6)
        }
        #expect(try first(.signs(1024)).code?.prefix(8) == Data([234, 33, 203, 245, 216, 189, 131, 231]))
    }

    @Test(arguments: [RecognitionModel.dlib, .facenet, .facenet512])
    func distancesStay(model: RecognitionModel) throws {
        let key = ProtectionKey()
        let one = Faces.random(model.dimensions, seed: 1)
        let faces = [one, Faces.near(one, by: 0.02, seed: 2), Faces.random(model.dimensions, seed: 3)]
        for purpose in [DistanceMetric.cosine, .euclidean] {
            let protector = try Faces.protector(key, model, .distance(purpose))
            let templates = try faces.map(protector.protect)
            for metric in protector.protection.metrics {
                for other in 0..<3 {
                    let exact = try metric.distance(one.embedding, faces[other].embedding)
                    let distance = try templates[0].distance(to: templates[other], by: metric)
                    #expect(abs(distance - exact) < 1e-5 * max(1, exact), "\(metric) \(distance) \(exact)")
                }
            }
            #expect(try templates[0].distance(to: templates[0]) == 0)
        }
    }

    /// Under two keys the same face is two vectors that have nothing in common, their lengths neither.
    @Test(arguments: [DistanceMetric.cosine, .euclidean]) func otherKeysTellNothing(metric: DistanceMetric) throws {
        let face = Faces.random(512, seed: 1, scale: 0.05)
        let templates = try (0..<30).map { _ in
            try Faces.protector(ProtectionKey(), .facenet512, .distance(metric)).protect(face).embedding ?? []
        }
        var cosines: [Double] = []
        for one in templates.indices {
            for other in 0..<one {
                cosines.append(1 - (try DistanceMetric.cosine.distance(templates[one], templates[other])))
            }
        }
        // Of random directions: 0 on average, 1 / √512 = 0.044 off.
        #expect(abs(cosines.reduce(0, +) / Double(cosines.count)) < 0.02)
        #expect(cosines.allSatisfy { abs($0) < 0.3 })
        let lengths = templates.map { $0.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() }
        let spread = (lengths.max() ?? 0) - (lengths.min() ?? 0)
        if metric == .cosine { #expect(spread < 1e-5 && abs(lengths[0] - 1) < 1e-5) } else { #expect(spread > 0.5) }

        let (first, second) = (
            try Faces.protector(ProtectionKey(), .facenet512).protect(face),
            try Faces.protector(ProtectionKey(), .facenet512).protect(face)
        )
        let error = #expect(throws: DeepFaceError.self) { try first.distance(to: second) }
        #expect(error?.code == .recipeMismatch && error?.message.contains(first.protection.keyID) == true)
    }

    @Test func otherSchemesAndRecipesAreRefused() throws {
        let key = ProtectionKey()
        let face = Faces.random(128, seed: 1)
        let template = try Faces.protector(key).protect(face)
        for other in [
            try Faces.protector(key, .facenet, .distance(.euclidean)).protect(face),
            try Faces.protector(key, .dlib, .distance(.cosine)).protect(face),
            try Faces.protector(key, .dlib, .signs(256)).protect(face),
        ] {
            let error = #expect(throws: DeepFaceError.self) { try template.distance(to: other) }
            #expect(error?.code == .recipeMismatch)
        }
        let error = #expect(throws: DeepFaceError.self) { try template.distance(to: template, by: .cosine) }
        #expect(error?.code == .invalidOption && error?.advice?.contains("--protect-metric cosine") == true)
        for wrong in [[Float](repeating: 0, count: 128), [1, 2, 3], [Float](repeating: .nan, count: 128)] {
            let error = #expect(throws: DeepFaceError.self) { try Faces.protector(key).protect(Faces.face(wrong)) }
            #expect(error?.code == .invalidEmbedding)
        }
    }

    /// The share of differing signs is the angle, as exactly as so many coins tell.
    @Test(arguments: [256, 1024, 4096]) func signsTellAngles(bits: Int) throws {
        let protector = try Faces.protector(ProtectionKey(), .dlib, .signs(bits))
        let one = Faces.random(128, seed: 1)
        for (seed, part) in [(2, 0.02), (3, 0.05), (4, 0.1), (5, 1)] as [(UInt64, Float)] {
            let other = Faces.near(one, by: part, seed: seed)
            let angle = try DistanceMetric.angular.distance(one.embedding, other.embedding)
            let share = try protector.protect(one).distance(to: protector.protect(other))
            let error = (angle * (1 - angle) / Double(bits)).squareRoot()
            #expect(abs(share - angle) < 5 * error, "\(share) \(angle) ± \(error)")
        }
        #expect(throws: DeepFaceError.self) { try Faces.protector(ProtectionKey(), .dlib, .signs(100)) }
    }

    @Test func renewedTemplatesAreThoseOfTheNewKey() throws {
        let (old, new) = (ProtectionKey(), ProtectionKey())
        var renewal = try TemplateRenewal(from: old, to: new)
        for metric in [DistanceMetric.cosine, .euclidean] {
            for seed in 1...3 as ClosedRange<UInt64> {
                let face = Faces.random(128, seed: seed)
                let direct = try Faces.protector(new, .dlib, .distance(metric)).protect(face)
                let renewed = try renewal.renewed(Faces.protector(old, .dlib, .distance(metric)).protect(face))
                #expect(renewed.protection == direct.protection && renewed.facialArea == direct.facialArea)
                #expect(try renewed.distance(to: direct, by: metric) < 1e-5)
            }
        }
        let signs = try Faces.protector(old, .dlib, .signs(256)).protect(Faces.random(128, seed: 1))
        #expect(throws: DeepFaceError.self) { try renewal.renewed(signs) }
        let foreign = try Faces.protector(new).protect(Faces.random(128, seed: 1))
        let error = #expect(throws: DeepFaceError.self) { try renewal.renewed(foreign) }
        #expect(error?.code == .recipeMismatch)
        #expect(throws: DeepFaceError.self) { try TemplateRenewal(from: old, to: old) }
    }

    @Test func keyFilesAreKept() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.key").path
        let key = ProtectionKey()
        try key.write(to: path)
        let before = try Data(contentsOf: folder.file("a.key"))
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        let same = try ProtectionKey(contentsOf: path)
        #expect(same.id == key.id && ProtectionKey().id != key.id)
        let again = #expect(throws: DeepFaceError.self) { try ProtectionKey().write(to: path) }
        #expect(again?.code == .unwritableOutput)
        #expect(try Data(contentsOf: folder.file("a.key")) == before && folder.names == ["a.key"])
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        let open = #expect(throws: DeepFaceError.self) { try ProtectionKey(contentsOf: path) }
        #expect(open?.code == .unreadableInput && open?.advice?.contains("chmod 600") == true)
        for content in ["", "{}", #"{"format":"deepface-protection-key","version":2,"secret":"AAAA"}"#] {
            let file = folder.file("b.key").path
            #expect(
                FileManager.default.createFile(
                    atPath: file, contents: Data(content.utf8), attributes: [.posixPermissions: 0o600]))
            let error = #expect(throws: DeepFaceError.self) { try ProtectionKey(contentsOf: file) }
            #expect(error?.code == .unreadableInput)
        }
    }
}
