import DeepFace
import Foundation
import Testing

/// `register`, `search`, `people` and `index` as a user meets them.
@Suite(.serialized) struct StoreCommandTests {
    static let photos = CommandRun.package.appending(path: "demo/photos")
    static var hasPhotos: Bool { FileManager.default.fileExists(atPath: photos.appending(path: "obama.jpg").path) }

    private func photo(_ name: String) -> String { Self.photos.appending(path: "\(name).jpg").path }

    private func rows(_ outcome: CommandRun.Outcome) throws -> [[[String: Any]]] {
        try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[[String: Any]]])
    }

    @Test(.enabled(if: hasPhotos, "skipped: no sample photos")) func fromRegisteringToDeleting() throws {
        try CommandRun.withFolder { folder in
            let store = ["--store", "sqlite:\(folder.path)/a/faces.db"]
            // Sub-folders name people.
            let team = folder.appending(path: "team")
            for (person, name) in [("Barack", "obama"), ("Joe", "biden")] {
                let place = team.appending(path: person)
                try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
                try FileManager.default.copyItem(
                    at: Self.photos.appending(path: "\(name).jpg"), to: place.appending(path: "1.jpg"))
            }
            let registered = try CommandRun.deepface(["register", team.path] + store)
            #expect(registered.status == 0 && registered.errors.isEmpty)
            #expect(registered.json["inserted"] as? Int == 2 && registered.json["duplicates"] as? Int == 0)
            let again = try CommandRun.deepface(["register", photo("obama"), "--name", "Other"] + store)
            #expect(again.json["inserted"] as? Int == 0 && again.json["duplicates"] as? Int == 1)

            let found = try CommandRun.deepface(["search", photo("obama2")] + store)
            let row = try #require(try rows(found).first?.first)
            #expect(row["person"] as? String == "Barack" && row["search_method"] as? String == "exact")
            #expect(try rows(found)[0].count == 1)
            for key in [
                "id", "img_name", "hash", "threshold", "distance", "distance_metric", "confidence", "target_x",
                "target_y", "target_w", "target_h", "source_x", "source_y", "source_w", "source_h",
            ] {
                #expect(row[key] != nil, "\(key)")
            }
            // The distance is the one that verify tells.
            let pair = try CommandRun.deepface(["verify", photo("obama2"), photo("obama")])
            #expect(row["distance"] as? Double == pair.json["distance"] as? Double)
            #expect(row["confidence"] as? Double == pair.json["confidence"] as? Double)
            let all = try CommandRun.deepface(["search", photo("obama2"), "--similarity-search"] + store)
            #expect(try rows(all)[0].count == 2)
            let joe = try CommandRun.deepface(["search", photo("obama2"), "--among", "Joe"] + store)
            #expect(try rows(joe)[0].isEmpty)

            // One face of several.
            let second = try CommandRun.deepface(["register", photo("obama3"), "--name", "Barack"] + store)
            #expect(second.json["inserted"] as? Int == 1)
            let shown = try CommandRun.deepface(["people", "show", "Barack"] + store).json["samples"]
            let ids = (shown as? [[String: Any]] ?? []).compactMap { $0["id"] as? Int }
            try #require(ids.count == 2)
            #expect((shown as? [[String: Any]])?.allSatisfy { $0["has_photo"] as? Bool == false } == true)
            let unknown = try CommandRun.deepface(
                ["people", "delete", "--sample", "\(ids[1])", "--sample", "99"] + store)
            #expect(unknown.status == 1 && unknown.errors.contains("no such face (99)"))
            let one = try CommandRun.deepface(["people", "delete", "--sample", "\(ids[1])"] + store)
            #expect(one.json["deleted"] as? Int == 1)
            let part = try CommandRun.deepface(["people", "list", "--contains", "BAR", "--pretty"] + store)
            #expect(part.output.hasPrefix("Barack") && part.output.contains("1 face\n"))
            #expect(part.output.split(separator: "\n").count == 1)
            #expect(try CommandRun.deepface(["people", "delete", "Joe", "--sample", "1"] + store).status == 2)

            #expect(try CommandRun.deepface(["people", "rename", "Joe", "Joseph"] + store).status == 0)
            #expect(try CommandRun.deepface(["people", "delete", "Barack", "Nobody"] + store).status == 1)
            let deleted = try CommandRun.deepface(["people", "delete", "Barack"] + store)
            #expect(deleted.json["deleted"] as? Int == 1)
            let people = try CommandRun.deepface(["people", "list", "--pretty"] + store)
            #expect(people.output.hasPrefix("Joseph") && people.output.split(separator: "\n").count == 1)
            #expect(try rows(try CommandRun.deepface(["search", photo("obama2")] + store))[0].isEmpty)

            #expect(try CommandRun.deepface(["index", "build", "--index", "flat"] + store).status == 0)
            let check = try CommandRun.deepface(["index", "check"] + store)
            #expect(check.status == 0 && check.json["ok"] as? Bool == true)
            #expect(try CommandRun.deepface(["people", "delete", "--all"] + store).json["deleted"] as? Int == 1)
            #expect(try CommandRun.deepface(["people", "list"] + store).status == 1)
        }
    }

    @Test(.enabled(if: hasPhotos, "skipped: no sample photos")) func mistakesAreTold() throws {
        try CommandRun.withFolder { folder in
            let store = ["--store", "sqlite:\(folder.path)/faces.db"]
            func status(_ arguments: [String]) throws -> Int32 { try CommandRun.deepface(arguments + store).status }
            #expect(try status(["search", photo("obama")]) == 7, "no store is made by looking")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
            #expect(try status(["register", photo("obama"), "/nowhere.jpg"]) == 5)
            // The other photo was registered all the same.
            #expect(try status(["people", "show", "obama"]) == 0)
            #expect(try status(["people", "show", "biden"]) == 1)
            #expect(try status(["search", photo("obama"), "--detector", "dlib"]) == 7)
            #expect(try status(["search", photo("obama"), "--collection", "none"]) == 1)
            #expect(try status(["search", photo("obama"), "-k", "0"]) == 2)
            #expect(try status(["index", "build", "--index", "tree"]) == 2)
            #expect(try status(["index", "build", "--recall", "1.5"]) == 2)
            #expect(try status(["people", "delete"]) == 2)
            #expect(try CommandRun.deepface(["people", "list", "--store", "oracle:x"]).status == 2)
            #expect(try status(["register", photo("biden"), "--encrypt", "--collection", "secret"]) == 7, "no key")
            let key = folder.appending(path: "key")
            try Data(String(repeating: "a7", count: 32).utf8).write(to: key)
            let secret = ["--collection", "secret", "--key-file", key.path]
            #expect(try status(["register", photo("biden"), "--encrypt"] + secret) == 0)
            #expect(try status(["search", photo("biden")] + secret) == 0)
            #expect(try status(["search", photo("biden"), "--collection", "secret"]) == 7)
        }
    }
}
