import DeepFace
import FaceStores
import Foundation
import Testing

/// `copy`, `export`, `import` and `verify --person` as a user meets them.
@Suite(.serialized) struct TransferCommandTests {
    private static let photos = StoreCommandTests.photos

    private func photo(_ name: String) -> String { Self.photos.appending(path: "\(name).jpg").path }

    private func rows(_ outcome: CommandRun.Outcome) throws -> [[String: Any]] {
        try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
    }

    /// A store of made-up faces.
    private func fill(_ address: String, faces count: Int) async throws {
        let store = try await StoreRegistry.open(StoreAddress(address), creates: true)
        let collection = try await store.makeCollection(
            CollectionPlan(name: "default", recipe: EmbeddingRecipe(Options()), dimensions: 512))
        for start in stride(from: 0, to: count, by: 1000) {
            let faces = (start..<min(start + 1000, count)).map { number in
                NewFace(
                    person: "p\(number / 3)", image: "\(number).jpg", hash: "hash \(number)",
                    facialArea: FacialArea(x: number, y: 1, w: 20, h: 20), faceConfidence: 0.9,
                    vector: (0..<512).map { Float(number * 7 + $0 % 11 + 1) })
            }
            _ = try await store.add(faces, to: collection)
        }
    }

    @Test func aCopyThatWasKilledIsRepeated() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "copy-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (source, target) = ("sqlite:\(folder.path)/one.db", "sqlite:\(folder.path)/other.db")
        let count = 15_000
        try await fill(source, faces: count)
        // Only what was committed gets from the log into the file.
        let file = folder.appending(path: "other.db").path
        let killed = try CommandRun.deepface(["copy", "--from", source, "--to", target]) {
            let size = (try? FileManager.default.attributesOfItem(atPath: file))?[.size] as? Int ?? 0
            return size > 2_000_000
        }
        #expect(killed.wasKilled)
        let whole = try CommandRun.deepface(["copy", "--from", source, "--to", target])
        let row = try #require(try rows(whole).first)
        let (inserted, duplicates) = (row["inserted"] as? Int ?? 0, row["duplicates"] as? Int ?? 0)
        #expect(whole.status == 0 && duplicates > 0 && inserted > 0 && inserted + duplicates == count)

        let (one, other) = (
            try await StoreRegistry.open(StoreAddress(source)), try await StoreRegistry.open(StoreAddress(target))
        )
        #expect(try await other.problems().isEmpty)
        let collections = (
            try #require(try await one.collection(named: "default")),
            try #require(try await other.collection(named: "default"))
        )
        #expect(try await other.peopleCount(of: collections.1) == one.peopleCount(of: collections.0))
        let vectors = (
            try await one.vectors(of: collections.0, after: 0, limit: count + 1),
            try await other.vectors(of: collections.1, after: 0, limit: count + 1)
        )
        #expect(vectors.0.map(\.vector) == vectors.1.map(\.vector))
    }

    @Test(.needsSamplePhotos) func throughAFileAndBack() throws {
        try CommandRun.withFolder { folder in
            let store = ["--store", "sqlite:\(folder.path)/faces.db"]
            let other = ["--store", "sqlite:\(folder.path)/other.db"]
            let file = folder.appending(path: "faces.ndjson").path
            #expect(try CommandRun.deepface(["register", photo("obama"), "--keep-photos"] + store).status == 0)
            #expect(try CommandRun.deepface(["register", photo("biden")] + store).status == 0)
            #expect(try rows(CommandRun.deepface(["export", file] + store))[0]["inserted"] as? Int == 2)
            #expect(try rows(CommandRun.deepface(["import", file] + other))[0]["inserted"] as? Int == 2)
            #expect(try rows(CommandRun.deepface(["import", file] + other))[0]["duplicates"] as? Int == 2)
            let found = try CommandRun.deepface(["search", photo("obama2")] + other).rows()
            #expect(found[0].map { $0["person"] as? String } == ["obama"])
            let kept = folder.appending(path: "kept").path
            #expect(try CommandRun.deepface(["people", "show", "obama", "--photos", kept] + other).status == 0)
            #expect(try FileManager.default.contentsOfDirectory(atPath: kept).count == 1)

            #expect(try CommandRun.deepface(["copy", "--from", store[1], "--to", store[1]]).status == 2)
            #expect(try CommandRun.deepface(["export", file, "--store", "sqlite:\(folder.path)/none.db"]).status == 7)
            #expect(try CommandRun.deepface(["import", folder.path + "/none.ndjson"] + other).status == 5)
            #expect(try CommandRun.deepface(["import", photo("biden")] + other).status == 5)
            let wrong = try CommandRun.deepface(["export", "-", "--collection", "none"] + store)
            #expect(wrong.status == 1 && wrong.errors.contains("default"))
            // To a pipe, without a word beside it.
            let piped = try CommandRun.deepface(["export", "-"] + store)
            let written = try String(contentsOfFile: file, encoding: .utf8)
            #expect(piped.status == 0 && piped.output == written)
        }
    }

    @Test(.needsSamplePhotos) func aPhotoAgainstAPerson() throws {
        try CommandRun.withFolder { folder in
            let store = ["--store", "sqlite:\(folder.path)/faces.db"]
            for (name, person) in [("obama", "Barack"), ("obama3", "Barack"), ("biden", "Joe")] {
                #expect(try CommandRun.deepface(["register", photo(name), "--name", person] + store).status == 0)
            }
            let same = try CommandRun.deepface(["verify", photo("obama2"), "--person", "Barack"] + store)
            #expect(same.status == 0 && same.json["verified"] as? Bool == true)
            #expect(same.json["person"] as? String == "Barack")
            let pairs = try ["obama", "obama3"].map {
                try CommandRun.deepface(["verify", photo("obama2"), photo($0)]).json
            }
            let distances = pairs.compactMap { $0["distance"] as? Double }
            #expect(same.json["distance"] as? Double == distances.min())
            for key in pairs[0].keys { #expect(same.json[key] != nil, "\(key)") }
            let sample = try #require(same.json["sample"] as? [String: Any])
            let nearest = distances[0] < distances[1] ? "obama.jpg" : "obama3.jpg"
            #expect((sample["img_name"] as? String)?.hasSuffix("/\(nearest)") == true)

            let other = try CommandRun.deepface(
                ["verify", photo("biden"), "--person", "Barack", "--exit-status"] + store)
            #expect(other.status == 1 && other.json["verified"] as? Bool == false)
            #expect(try CommandRun.deepface(["verify", photo("biden"), "--person", "Nobody"] + store).status == 1)
            #expect(try CommandRun.deepface(["verify", photo("biden")] + store).status == 2)
            #expect(try CommandRun.deepface(["verify", photo("biden"), photo("obama"), "--person", "Joe"]).status == 2)
            let mismatch = try CommandRun.deepface(
                ["verify", photo("biden"), "--person", "Joe", "--detector", "dlib"] + store)
            #expect(mismatch.status == 7)
        }
    }
}
