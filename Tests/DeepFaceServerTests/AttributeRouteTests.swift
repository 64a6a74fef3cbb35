import DeepFace
import DeepFaceServer
import Foundation
import Testing

/// `attributes` and `where` under `/v1`; every answer is held against the contract.
@Suite(.needsPhotos, .serialized) struct AttributeRouteTests {
    /// The home that `scripts/test-weights.sh` fills.
    private static let home = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: ".build/test-home")
    private static let isFilled: Bool = {
        let store = WeightStore(home: home, checksDigests: false)
        guard let gender = try? AttributeRegistry.model(.gender, named: "oarriaga"),
            let age = try? AttributeRegistry.model(.age, named: "ssrnet")
        else { return false }
        return (gender.files + age.files).allSatisfy { store.glance(at: $0) == .present }
    }()

    @Test(.enabled(if: isFilled, "skipped: .build/test-home is not filled; run: scripts/test-weights.sh"))
    func aSearchIsNarrowed() async throws {
        try await ServerRun.with { settings, _ in
            settings.configuration.home = Self.home
            settings.configuration.checksDigests = false
            settings.options = Options()
        } _: { server in
            let place = "/v1/collections/c"
            _ = try await server.checked("POST", "/v1/collections", json: ["name": "c"])
            let models = ["gender_model": "oarriaga", "age_model": "ssrnet"]
            let first = try await server.checked(
                "\(place)/people/A/samples", files: [("image", "a.jpg", try Photos.data("img1"))],
                fields: models.merging(["attributes": "gender,age"]) { $1 })
            #expect(first.status == 201, "\(first.text)")
            let many = try await server.checked(
                "\(place)/register?attributes=gender&gender_model=oarriaga",
                files: [("image", "B.jpg", try Photos.data("img30"))])
            #expect(many.status == 200 && many.text.contains("is_new"), "\(many.text)")
            let plain = try await server.checked(
                "\(place)/people/C/samples", files: [("image", "c.jpg", try Photos.data("img16"))])
            #expect(plain.status == 201)
            func attributes(_ person: String) async throws -> [String: Any]? {
                let shown = try await server.checked("GET", "\(place)/people/\(person)")
                return (shown.json["samples"] as? [[String: Any]])?.first?["attributes"] as? [String: Any]
            }
            let read = try #require(try await attributes("A"))
            #expect(read["gender"] as? String == "Woman" && read["age"] is Int && read["race"] == nil)
            #expect(try await attributes("B")?["gender"] as? String == "Man")
            #expect(try await attributes("C") == nil)

            func found(_ conditions: String?) async throws -> [String] {
                var fields = ["beyond_threshold": "true"]
                fields["where"] = conditions
                let answer = try await server.checked(
                    "\(place)/search", files: [("image", "p.jpg", try Photos.data("img2"))], fields: fields)
                #expect(answer.status == 200, "\(answer.text)")
                let face = try #require((answer.json["faces"] as? [[String: Any]])?.first)
                let matches = face["matches"] as? [[String: Any]] ?? []
                return matches.compactMap { $0["person"] as? String }
            }
            #expect(try await Set(found(nil)) == ["A", "B", "C"])
            #expect(try await found("gender=woman") == ["A"])
            #expect(try await found("gender=man") == ["B"])
            #expect(try await found("age>=0") == ["A"])
            let wrong = try await server.checked(
                "\(place)/search", files: [("image", "p.jpg", try Photos.data("img2"))], fields: ["where": "gender=x"])
            #expect(wrong.status == 400 && wrong.text.contains("Woman, Man"), "\(wrong.text)")
        }
    }
}
