import DeepFace
import Foundation
import TestSupport
import Testing

/// `deepface cluster` as a user meets it.
@Suite(.serialized) struct ClusterCommandTests {
    private func people(_ outcome: CommandRun.Outcome) throws -> [[String: Any]] {
        try #require(outcome.json["clusters"] as? [[String: Any]], "\(outcome.errors)")
    }

    private func cluster(_ folder: URL, _ arguments: [String] = []) throws -> CommandRun.Outcome {
        // The detector sees a second face in some of the photos at some sizes.
        try CommandRun.deepface(["cluster", folder.path, "--max-faces", "1"] + arguments)
    }

    @Test(.needsSamplePhotos) func peopleOfAnAlbum() throws {
        try CommandRun.withFolder { folder in
            let album = try Album.makeCrowd(in: folder)
            for name in ["obama2", "obama3", "biden"] {
                try FileManager.default.removeItem(at: album.appending(path: "\(name)-440.jpg"))
            }
            let first = try cluster(album)
            #expect(first.status == 0 && first.errors.contains("9 photos with 9 faces"))
            #expect(try people(first).map { $0["size"] as? Int } == [7, 2])
            #expect(try people(first).map { $0["id"] as? Int } == [1, 2])
            let member = try #require((people(first)[0]["members"] as? [[String: Any]])?.first)
            #expect(
                member.keys.sorted() == ["distance", "face_confidence", "facial_area", "hash", "identity"])
            #expect((first.json["unclustered"] as? [Any])?.isEmpty == true)
            #expect(first.json["threshold"] as? Double == 0.462)

            // Photos come; people stay who they are, whoever has more.
            for number in 0..<8 {
                let photo = try Image(decoding: Data(contentsOf: Album.sample("biden")))
                let width = 300 + 8 * number
                let small = try photo.resized(width: width, height: width * photo.height / photo.width, .area)
                try small.jpeg().write(to: album.appending(path: "more-\(number).jpg"))
            }
            let second = try cluster(album)
            #expect(second.errors.contains("8 embedded"))
            #expect(try people(second).map { $0["id"] as? Int } == [2, 1])
            #expect(try people(second).map { $0["size"] as? Int } == [10, 7])
            #expect(try cluster(album).output == second.output && cluster(album).errors.isEmpty)

            // A store's names, which stay without it.
            let store = "sqlite:\(folder.path)/team.db"
            let registered = try CommandRun.deepface([
                "register", Album.sample("obama3").path, "--name", "<Barack> & co", "--max-faces", "1", "--store",
                store,
            ])
            #expect(registered.status == 0, "\(registered.errors)")
            let named = try cluster(album, ["--store", store])
            #expect(try people(named).map { $0["name"] as? String } == [nil, "<Barack> & co"])
            #expect(try people(named)[1]["votes"] as? Int == 7)
            #expect(try people(cluster(album)).map { $0["name"] as? String } == [nil, "<Barack> & co"])
            #expect(try cluster(album, ["--pretty"]).output.contains("<Barack> & co"))
            // Sub-folders are names when they are said to be.
            let folders = try cluster(album, ["--folder-names", "--min-size", "11"])
            #expect(try people(folders).isEmpty && (folders.json["unclustered"] as? [Any])?.count == 17)
            #expect(try people(cluster(album)).map { $0["name"] as? String } == [nil, "<Barack> & co"])
            #expect(try people(cluster(album)).map { $0["id"] as? Int } == [2, 1])
        }
    }

    @Test(.needsSamplePhotos) func linksAndSheet() throws {
        try CommandRun.withFolder { folder in
            let files = FileManager.default
            let album = try Album.makeCrowd(in: folder)
            let (links, sheet) = (folder.appending(path: "people"), folder.appending(path: "<sheet>.html"))
            let outputs = ["--links", links.path, "--sheet", sheet.path]
            #expect(try cluster(album, outputs).status == 0)
            let names = try files.contentsOfDirectory(atPath: links.path).sorted()
            #expect(names == [".deepface-people", "person 1", "person 2"])
            let person = links.appending(path: "person 2")
            #expect(try files.contentsOfDirectory(atPath: person.path).count == 3)
            let link = person.appending(path: "biden-400.jpg")
            let photo = album.appending(path: "sub/biden-400.jpg")
            #expect(try files.destinationOfSymbolicLink(atPath: link.path) == photo.path)
            let page = try String(contentsOf: sheet, encoding: .utf8)
            #expect(page.split(separator: "data:image/jpeg;base64,").count == 13 && !page.contains("://"))
            #expect(page.contains("12 faces in 12 photos") && page.contains("prefers-color-scheme: dark"))

            // Made anew in its place, without what is gone.
            try files.removeItem(at: album.appending(path: "sub"))
            #expect(try cluster(album, outputs).status == 0)
            #expect(try files.contentsOfDirectory(atPath: person.path).sorted() == ["biden-440.jpg", "biden-480.jpg"])
            #expect(try files.contentsOfDirectory(atPath: folder.path).sorted() == ["<sheet>.html", "crowd", "people"])

            // Nothing of anybody else's is touched.
            let own = person.appending(path: "notes.txt")
            try Data("mine".utf8).write(to: own)
            for place in [links, album.appending(path: "sub"), album, own] {
                let refused = try cluster(album, ["--links", place.path])
                #expect(refused.status == 1 && refused.output.isEmpty && refused.errors.contains("folder of links"))
            }
            #expect(try String(contentsOf: own, encoding: .utf8) == "mine")
            try Disks.whileReadOnly(album) {
                // Nothing has changed, so nothing needs to be written there.
                #expect(try cluster(album).status == 0)
                let refused = try cluster(album, ["--sheet", album.appending(path: "x.html").path])
                #expect(refused.status == 1 && refused.errors.split(separator: "\n").count == 1)
            }
        }
    }

    @Test(.needsSamplePhotos) func aStoreToldOfItself() throws {
        try CommandRun.withFolder { folder in
            let album = try Album.makeCrowd(in: folder)
            let store = ["--store", "sqlite:\(folder.path)/team.db"]
            func register(_ name: String, _ photos: String...) throws {
                let paths = photos.map { album.appending(path: "\($0).jpg").path }
                #expect(
                    try CommandRun.deepface(["register"] + paths + ["--name", name, "--max-faces", "1"] + store).status
                        == 0)
            }
            try register("Barack", "obama-440", "obama2-440", "obama3-440")
            try register("B. Obama", "obama-480", "obama2-480")
            try register("Joe", "biden-440", "biden-480", "sub/biden-400", "obama3-480")
            let outcome = try CommandRun.deepface(["cluster"] + store)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try people(outcome).count == 2)
            let duplicates = try #require(outcome.json["duplicates"] as? [[String: Any]])
            #expect(duplicates.map { $0["people"] as? [String] } == [["B. Obama", "Barack"]])
            let misplaced = try #require(outcome.json["misplaced"] as? [[String: Any]])
            #expect(misplaced.count == 1 && misplaced[0]["person"] as? String == "Joe")
            #expect(misplaced[0]["nearer"] as? String == "Barack")
            let pretty = try CommandRun.deepface(["cluster", "--pretty"] + store)
            #expect(pretty.output.contains("one person?") && pretty.output.contains("misplaced?"))
        }
    }

    @Test func wrongUsage() throws {
        let cases: [([String], String)] = [
            ([], "a folder, or --store"), (["x", "--min-size", "0"], "--min-size"),
            (["x", "--threshold=-1"], "--threshold"), (["x", "--sheet", "a.jpg"], ".html"),
            (["--store", "sqlite:x.db", "--sheet", "a.html"], "go with a folder"),
            (["x", "--links", "l", "--sheet", "l/a.html"], "made anew"), (["x", "--anti-spoofing"], "looked for"),
        ]
        for (arguments, words) in cases {
            let outcome = try CommandRun.deepface(["cluster"] + arguments)
            #expect(
                outcome.status == 2 && outcome.output.isEmpty && outcome.errors.contains(words), "\(outcome.errors)")
        }
        for (path, words) in [("/no/such", "cannot be looked into"), (#filePath, "cannot be looked into")] {
            let outcome = try CommandRun.deepface(["cluster", path])
            #expect(outcome.status == 5 && outcome.output.isEmpty && outcome.errors.contains(words))
        }
    }

    @Test(.needsSamplePhotos) func foldersWithLittleInThem() throws {
        try CommandRun.withFolder { folder in
            #expect(try cluster(folder).status == 5)
            let photo = try Image(decoding: Data(contentsOf: Album.sample("obama")))
            try Data(photo.jpeg().prefix(3000)).write(to: folder.appending(path: "broken.jpg"))
            try Image(width: 64, height: 64, bgr: [UInt8](repeating: 90, count: 64 * 64 * 3)).png()
                .write(to: folder.appending(path: "grey.png"))
            let sheet = folder.appending(path: "sheet.html")
            let outcome = try cluster(folder, ["--sheet", sheet.path])
            #expect(outcome.status == 0 && outcome.errors.contains("1 unreadable"), "\(outcome.errors)")
            #expect(try people(outcome).isEmpty && outcome.json["faces"] as? Int == 0)
            #expect(try String(contentsOf: sheet, encoding: .utf8).contains("0 people in"))
        }
    }
}
