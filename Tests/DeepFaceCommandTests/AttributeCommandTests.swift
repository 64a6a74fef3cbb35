import DeepFace
import Foundation
import Testing

/// `--attributes` and `--where` as a user meets them, with the small models' real weights.
@Suite(.serialized) struct AttributeCommandTests {
    private static let home = CommandRun.package.appending(path: ".build/test-home")
    private static let models = ["--age-model", "ssrnet", "--gender-model", "oarriaga", "--emotion-model", "oarriaga"]
    private static let photos = ["obama", "biden", "obama2"].map { Album.sample($0) }

    /// Where all weights and photos are that these tests use.
    static let canRun: Bool = {
        let store = WeightStore(home: home, checksDigests: false)
        let read = try? [
            AttributeRegistry.model(.age, named: "ssrnet"), AttributeRegistry.model(.gender, named: "oarriaga"),
            AttributeRegistry.model(.emotion, named: "oarriaga"),
        ]
        let files = (read ?? []).flatMap(\.files) + ["Dlib", "mtcnn"].compactMap(WeightCatalog.entry).flatMap(\.files)
        return Album.hasPhotos && !files.isEmpty && files.allSatisfy { store.glance(at: $0) == .present }
    }()

    private func run(_ arguments: [String]) throws -> CommandRun.Outcome {
        try CommandRun.deepface(arguments, environment: ["DEEPFACE_HOME": Self.home.path])
    }

    @Test(.enabled(if: canRun, "skipped: .build/test-home or demo/photos is not filled; run: make test"))
    func registeredFacesAreSearchedByThem() throws {
        try CommandRun.withFolder { folder in
            let store = ["--store", "sqlite:\(folder.path)/faces.db"]
            let first = try run(
                ["register", Self.photos[0].path, "--name", "Barack", "--attributes", "age,gender,emotion"]
                    + Self.models
                    + store)
            #expect(first.status == 0 && first.json["inserted"] as? Int == 1, "\(first.errors)")
            #expect(try run(["register", Self.photos[1].path, "--name", "Joe"] + store).status == 0)
            let shown = try run(["people", "show", "Barack"] + store)
            let sample = try #require((shown.json["samples"] as? [[String: Any]])?.first)
            let attributes = try #require(sample["attributes"] as? [String: Any])
            #expect(attributes["gender"] as? String == "Man" && attributes["race"] == nil)
            let age = try #require(attributes["age"] as? Int)
            let emotion = try #require(attributes["emotion"] as? String)
            #expect(try run(["people", "show", "Barack", "--pretty"] + store).output.contains("\(age) years, Man"))
            #expect(try !run(["people", "show", "Joe"] + store).output.contains("attributes"))

            func found(_ conditions: String) throws -> [String] {
                let outcome = try run(
                    ["search", Self.photos[2].path, "--similarity-search", "--where", conditions] + store)
                #expect(outcome.status == 0, "\(outcome.errors)")
                return try outcome.rows()[0].compactMap { $0["person"] as? String }
            }
            // Joe was registered without: no condition holds.
            #expect(try found("gender=man age=\(age) emotion=\(emotion)") == ["Barack"])
            #expect(try found("gender!=woman") == ["Barack"])
            #expect(try found("gender=woman") == [] && found("race!=asian") == [] && found("age>\(age)") == [])

            for conditions in ["gender=female", "height>3", ""] {
                let wrong = try run(["search", Self.photos[2].path, "--where", conditions] + store)
                #expect(wrong.status == 2 && wrong.output.isEmpty, "\(wrong.errors)")
            }
            #expect(try run(["register", Self.photos[1].path, "--attributes", "height"] + store).status == 2)
            let file = folder.appending(path: "faces.ndjson").path
            #expect(try run(["export", file] + store).status == 0)
            #expect(try String(contentsOfFile: file, encoding: .utf8).contains("\"attributes\":{\"age\":\(age)"))
        }
    }

    @Test(.enabled(if: canRun, "skipped: .build/test-home or demo/photos is not filled; run: make test"))
    func foldersAreSearchedByThem() throws {
        try CommandRun.withFolder { folder in
            let album = try Album.makeSmall(in: folder)
            func find(_ conditions: String) throws -> CommandRun.Outcome {
                try run(
                    ["find", Album.sample("obama").path, album.path, "--similarity-search", "--where", conditions]
                        + Self.models)
            }
            let men = try find("gender=man")
            #expect(men.status == 0, "\(men.errors)")
            #expect(try men.rows()[0].count == 2)
            #expect(try find("gender=woman").rows()[0].isEmpty)
            let wrong = try find("gender=nobody")
            #expect(wrong.status == 2 && wrong.errors.contains("Woman, Man"), "\(wrong.errors)")
        }
    }
}
