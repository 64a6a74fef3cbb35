import DeepFace
import Foundation
import Synchronization
import Testing

/// `deepface find` as a user meets it, and what a killed one leaves.
@Suite(.serialized) struct FindCommandTests {
    private static let photos = CommandRun.package.appending(path: "demo/photos")
    static var hasPhotos: Bool { FileManager.default.fileExists(atPath: photos.appending(path: "obama.jpg").path) }

    private func sample(_ name: String) -> URL { Self.photos.appending(path: "\(name).jpg") }

    /// A folder with a photo of each of two people, in sub-folders.
    private func makeAlbum(in folder: URL) throws -> URL {
        let album = folder.appending(path: "album")
        for (name, person) in [("obama2", "Barack"), ("biden", "Joe")] {
            let place = album.appending(path: person)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            try FileManager.default.copyItem(at: sample(name), to: place.appending(path: "1.jpg"))
        }
        return album
    }

    /// A dozen photos of other contents each, some of them in a sub-folder.
    private func makeCrowd(in folder: URL) throws -> URL {
        let album = folder.appending(path: "crowd")
        try FileManager.default.createDirectory(at: album.appending(path: "sub"), withIntermediateDirectories: true)
        for name in ["obama", "obama2", "obama3", "biden"] {
            let photo = try Image(decoding: try Data(contentsOf: sample(name)))
            for size in [400, 440, 480] {
                let small = try photo.scaled(width: size, height: size * photo.height / photo.width)
                try small.jpeg().write(to: album.appending(path: "\(size == 400 ? "sub/" : "")\(name)-\(size).jpg"))
            }
        }
        return album
    }

    private func find(_ folder: URL, _ arguments: [String] = [], dies: (() -> Bool)? = nil) throws -> CommandRun.Outcome
    {
        try CommandRun.deepface(["find", sample("obama").path, folder.path] + arguments, dies: dies)
    }

    private func rows(_ outcome: CommandRun.Outcome) throws -> [[[String: Any]]] {
        try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[[String: Any]]])
    }

    private func hidden(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix(".") }.sorted()
    }

    /// How many photos a run said it had embedded.
    private func embedded(_ outcome: CommandRun.Outcome) -> Int {
        outcome.errors.firstMatch(of: /(\d+) embedded/).flatMap { Int($0.output.1) } ?? 0
    }

    @Test(.enabled(if: hasPhotos, "skipped: no sample photos")) func rowsHavePythonsKeys() throws {
        try CommandRun.withFolder { folder in
            let album = try makeAlbum(in: folder)
            let first = try find(album)
            #expect(first.status == 0 && first.errors.contains("2 photos with 2 faces, 2 embedded"))
            let row = try #require(rows(first).first?.first)
            #expect(try rows(first).count == 1 && rows(first)[0].count == 1)
            #expect(
                row.keys.sorted() == [
                    "confidence", "distance", "hash", "identity", "person", "source_h", "source_w", "source_x",
                    "source_y",
                    "target_h", "target_w", "target_x", "target_y", "threshold",
                ])
            #expect(row["identity"] as? String == "\(album.path)/Barack/1.jpg" && row["person"] as? String == "Barack")
            #expect(row["threshold"] as? Double == 0.6)
            let again = try find(album)
            #expect(again.errors.isEmpty && again.output == first.output)
            let all = try find(album, ["--similarity-search"])
            #expect(try rows(all)[0].map { $0["person"] as? String } == ["Barack", "Joe"])
            #expect(try rows(find(album, ["--similarity-search", "-k", "1"]))[0].count == 1)
            #expect(try find(album, ["--threshold", "0.01"]).output == "[[]]\n")
            let batched = try #require(rows(find(album, ["--similarity-search", "--batched"]))[0].first)
            #expect(batched["confidence"] == nil && batched["threshold"] is NSNull)
            let pretty = try find(album, ["--pretty"])
            #expect(pretty.output.contains("Barack/1.jpg") && pretty.output.contains("% sure"))
            #expect(try find(album, ["--pretty", "--threshold", "0.01"]).output.contains("nobody"))
            // Without looking, what is gone is found still.
            try FileManager.default.removeItem(at: album.appending(path: "Barack"))
            #expect(try find(album, ["--no-refresh"]).output == first.output)
            let gone = try find(album)
            #expect(gone.output == "[[]]\n" && gone.errors.contains("1 gone"))

            let two = try CommandRun.deepface(["find", sample("biden").path, "/no/such.jpg", album.path])
            let lines = two.output.split(separator: "\n")
            #expect(two.status == 5 && lines.count == 2)
            #expect(lines[0].contains("\"results\":[[{") && lines[1].contains("\"error\""))
        }
    }

    @Test(.enabled(if: hasPhotos, "skipped: no sample photos")) func aKilledRunGoesOnWhereItWas() throws {
        try CommandRun.withFolder { folder in
            let album = try makeCrowd(in: folder)
            let whole = folder.appending(path: "whole.gallery").path
            let clock = ContinuousClock.now
            let expected = try find(album, ["--gallery", whole, "--similarity-search"])
            let duration = (ContinuousClock.now - clock) / .seconds(1)
            #expect(expected.status == 0 && embedded(expected) == 12)
            #expect(try rows(expected)[0].count == 12)
            var numbers = SystemRandomNumberGenerator()
            var resumed = 0
            for round in 0..<8 {
                for name in try hidden(album) { try FileManager.default.removeItem(at: album.appending(path: name)) }
                var kept = 0
                for _ in 0..<2 {
                    // Any moment, that of writing the gallery among them.
                    let start = ContinuousClock.now
                    let moment = Double.random(in: 0..<duration, using: &numbers)
                    _ = try find(album, ["--similarity-search"]) {
                        (ContinuousClock.now - start) / .seconds(1) > moment
                    }
                    kept = try self.kept(album)
                    // What a write that was cut short leaves.
                    if let journal = try hidden(album).first(where: { $0.hasSuffix(".journal") }),
                        round.isMultiple(of: 2)
                    {
                        let handle = try FileHandle(forWritingTo: album.appending(path: journal))
                        try handle.seekToEnd()
                        try handle.write(contentsOf: Data("0123456789abcdef {\"file\":".utf8))
                        try handle.close()
                    }
                }
                let outcome = try find(album, ["--similarity-search"])
                #expect(outcome.status == 0 && outcome.output == expected.output)
                #expect(embedded(outcome) == 12 - kept)
                if kept > 0 { resumed += 1 }
                #expect(try hidden(album).map { $0.hasSuffix(".gallery") } == [true])
                #expect(try find(album, ["--similarity-search"]).errors.isEmpty)
            }
            #expect(resumed > 0)
        }
    }

    /// How many photos a killed run has left embedded.
    private func kept(_ album: URL) throws -> Int {
        let names = try hidden(album)
        if names.contains(where: { $0.hasSuffix(".gallery") }) { return 12 }
        guard let journal = names.first(where: { $0.hasSuffix(".journal") }) else { return 0 }
        let content = try String(contentsOf: album.appending(path: journal), encoding: .utf8)
        // Whole lines; one that a test left torn begins with its digits and has no end.
        return content.split(separator: "\n").count { $0.hasSuffix("}") }
    }

    @Test(.enabled(if: hasPhotos, "skipped: no sample photos")) func manyAtOnceShareTheWork() throws {
        try CommandRun.withFolder { folder in
            let album = try makeCrowd(in: folder)
            let runs = Mutex<[Result<CommandRun.Outcome, any Error>]>([])
            DispatchQueue.concurrentPerform(iterations: 4) { _ in
                let run = Result { try find(album, ["--similarity-search"]) }
                runs.withLock { $0.append(run) }
            }
            let outcomes = try runs.withLock { try $0.map { try $0.get() } }
            #expect(outcomes.allSatisfy { $0.status == 0 && $0.output == outcomes[0].output })
            #expect(try rows(outcomes[0])[0].count == 12)
            #expect(outcomes.reduce(0) { $0 + embedded($1) } == 12)
            #expect(try hidden(album).map { $0.hasSuffix(".gallery") } == [true])
        }
    }

    @Test(.enabled(if: hasPhotos, "skipped: no sample photos")) func damageIsSaidAndRepaired() throws {
        try CommandRun.withFolder { folder in
            let album = try makeAlbum(in: folder)
            let expected = try find(album)
            let gallery = album.appending(path: try hidden(album)[0])
            let content = try Data(contentsOf: gallery)
            for damaged in [Data(), content.prefix(content.count / 2), Data("hello".utf8), Data(content.reversed())] {
                try damaged.write(to: gallery)
                let refused = try find(album, ["--no-refresh"])
                #expect(refused.status == 5 && refused.errors.contains("damaged") && refused.output.isEmpty)
                let repaired = try find(album)
                #expect(
                    repaired.output == expected.output && repaired.errors.contains("was damaged and has been made anew")
                )
                #expect(try find(album).errors.isEmpty)
            }
        }
    }

    @Test(.enabled(if: hasPhotos, "skipped: no sample photos")) func foldersThatCannotBeWritten() throws {
        try CommandRun.withFolder { folder in
            let album = try makeAlbum(in: folder)
            let elsewhere = ["--gallery", folder.appending(path: "elsewhere.gallery").path]
            try Disks.whileReadOnly(album) {
                let refused = try find(album)
                #expect(refused.status == 1 && refused.errors.contains("--gallery") && refused.output.isEmpty)
                #expect(refused.errors.split(separator: "\n").count == 1)
                let found = try find(album, elsewhere)
                #expect(found.status == 0)
                #expect(try rows(found)[0].count == 1)
                #expect(try find(album, elsewhere).errors.isEmpty)
                #expect(try hidden(album).isEmpty)
            }
        }
    }

    @Test(.enabled(if: hasPhotos && getuid() == 0, "skipped: only root can make a small disk")) func fullDisk() throws {
        try CommandRun.withFolder { folder in
            let disk = folder.appending(path: "disk")
            let (gallery, fill) = (disk.appending(path: "test.gallery"), disk.appending(path: "fill"))
            let album = try makeAlbum(in: folder)
            try Disks.whileOfSize(disk, kilobytes: 64) {
                for room in [0, 4096, 16384] {
                    try Data(count: 65536 - room).write(to: fill)
                    let refused = try find(album, ["--gallery", gallery.path])
                    #expect(refused.status == 1 && refused.errors.contains("No space left"), "\(refused.errors)")
                    #expect(refused.errors.split(separator: "\n").count == 1 && refused.output.isEmpty)
                    #expect(!FileManager.default.fileExists(atPath: gallery.path))
                    try FileManager.default.removeItem(at: fill)
                }
                // What was embedded before the disk was full is not embedded again.
                let found = try find(album, ["--gallery", gallery.path])
                #expect(found.status == 0 && embedded(found) < 2)
            }
        }
    }

    @Test func wrongUsage() throws {
        for (arguments, words) in [
            (["a.jpg"], "a photo and a folder"), (["a.jpg", "b", "-k", "0"], "-k"),
            (["-", "-", "b"], "standard input"),
            (["a.jpg", "b", "--metric", "feet"], "feet"),
        ] {
            let outcome = try CommandRun.deepface(["find"] + arguments)
            #expect(
                outcome.status == 2 && outcome.output.isEmpty && outcome.errors.contains(words), "\(outcome.errors)")
        }
        let help = try CommandRun.deepface(["find", "--help"])
        #expect(
            help.status == 0 && help.output.contains("EXAMPLES") && help.output.contains("deepface find a.jpg album"))
    }

    @Test(.enabled(if: hasPhotos, "skipped: no sample photos")) func foldersWithoutPhotos() throws {
        try CommandRun.withFolder { folder in
            try Data("no photo".utf8).write(to: folder.appending(path: "notes.txt"))
            for (path, words) in [
                (folder.path, "no photo in the folder"), ("/no/such/folder", "cannot be looked into"),
                (sample("obama").path, "cannot be looked into"),
            ] {
                let outcome = try CommandRun.deepface(["find", sample("obama").path, path, "--json-errors"])
                #expect(outcome.status == 5 && outcome.errors.contains(words), "\(outcome.errors)")
                #expect((outcome.json["error"] as? [String: Any])?["code"] as? String == "unreadable_input")
            }
            #expect(try hidden(folder).isEmpty)
        }
    }
}
