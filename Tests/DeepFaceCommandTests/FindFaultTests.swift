import Foundation
import Synchronization
import TestSupport
import Testing

/// What a killed `deepface find` leaves, and what it says of damage, and of disks that are full or cannot be written.
@Suite(.needsSamplePhotos, .serialized) struct FindFaultTests {
    @Test func aKilledRunGoesOnWhereItWas() throws {
        try CommandRun.withFolder { folder in
            let album = try Album.makeCrowd(in: folder)
            let whole = folder.appending(path: "whole.gallery").path
            let clock = ContinuousClock.now
            let expected = try Album.find(album, ["--gallery", whole, "--similarity-search"])
            let duration = (ContinuousClock.now - clock) / .seconds(1)
            #expect(expected.status == 0 && expected.embedded == 12)
            #expect(try expected.identities() == 12)
            var numbers = SystemRandomNumberGenerator()
            var resumed = 0
            for round in 0..<FaultPoints.count(16) / 2 {
                for name in try Album.hidden(album) {
                    try FileManager.default.removeItem(at: album.appending(path: name))
                }
                var kept = 0
                for _ in 0..<2 {
                    // Any moment, that of writing the gallery among them.
                    let start = ContinuousClock.now
                    let moment = Double.random(in: 0..<duration, using: &numbers)
                    _ = try Album.find(album, ["--similarity-search"]) {
                        (ContinuousClock.now - start) / .seconds(1) > moment
                    }
                    kept = try self.kept(album)
                    // What a write that was cut short leaves.
                    if let journal = try Album.hidden(album).first(where: { $0.hasSuffix(".journal") }),
                        round.isMultiple(of: 2)
                    {
                        let handle = try FileHandle(forWritingTo: album.appending(path: journal))
                        try handle.seekToEnd()
                        try handle.write(contentsOf: Data("0123456789abcdef {\"file\":".utf8))
                        try handle.close()
                    }
                }
                let outcome = try Album.find(album, ["--similarity-search"])
                #expect(outcome.status == 0 && outcome.output == expected.output)
                #expect(outcome.embedded == 12 - kept)
                if kept > 0 { resumed += 1 }
                #expect(try Album.hidden(album).map { $0.hasSuffix(".gallery") } == [true])
                #expect(try Album.find(album, ["--similarity-search"]).errors.isEmpty)
            }
            #expect(resumed > 0)
        }
    }

    /// How many photos a killed run has left embedded.
    private func kept(_ album: URL) throws -> Int {
        let names = try Album.hidden(album)
        if names.contains(where: { $0.hasSuffix(".gallery") }) { return 12 }
        guard let journal = names.first(where: { $0.hasSuffix(".journal") }) else { return 0 }
        let content = try String(contentsOf: album.appending(path: journal), encoding: .utf8)
        // Whole lines; one that a test left torn begins with its digits and has no end.
        return content.split(separator: "\n").count { $0.hasSuffix("}") }
    }

    @Test func aKilledRunWithAKeyLeavesNothingOpen() throws {
        try CommandRun.withFolder { folder in
            let album = try Album.makeCrowd(in: folder)
            let expected = try Album.find(album, ["--gallery", folder.appending(path: "open").path])
            let key = folder.appending(path: "key")
            let sealed = ["--gallery-key", key.path]
            try Data(String(repeating: "0f", count: 32).utf8).write(to: key)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key.path)
            let refused = try Album.find(album, sealed)
            #expect(refused.status == 5 && refused.errors.contains("chmod 600"))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key.path)
            func journal() -> Data {
                let name = (try? Album.hidden(album))?.first { $0.hasSuffix(".journal") }
                return name.flatMap { try? Data(contentsOf: album.appending(path: $0)) } ?? Data()
            }
            let killed = try Album.find(album, sealed) { journal().count { $0 == UInt8(ascii: "\n") } >= 3 }
            #expect(killed.wasKilled && !journal().isEmpty && journal().range(of: Data(".jpg".utf8)) == nil)
            let outcome = try Album.find(album, sealed)
            #expect(outcome.output == expected.output && (1..<10).contains(outcome.embedded))
            let names = try Album.hidden(album)
            #expect(names.map { $0.hasSuffix(".gallery") } == [true])
            let content = try Data(contentsOf: album.appending(path: names[0]))
            #expect(content.range(of: Data(".jpg".utf8)) == nil)
            let keyless = try Album.find(album)
            #expect(keyless.status == 2 && keyless.errors.contains("--gallery-key") && keyless.output.isEmpty)
        }
    }

    @Test func manyAtOnceShareTheWork() throws {
        try CommandRun.withFolder { folder in
            let album = try Album.makeCrowd(in: folder)
            let runs = Mutex<[Result<CommandRun.Outcome, any Error>]>([])
            DispatchQueue.concurrentPerform(iterations: 4) { _ in
                let run = Result { try Album.find(album, ["--similarity-search"]) }
                runs.withLock { $0.append(run) }
            }
            let outcomes = try runs.withLock { try $0.map { try $0.get() } }
            #expect(outcomes.allSatisfy { $0.status == 0 && $0.output == outcomes[0].output })
            #expect(try outcomes[0].identities() == 12)
            #expect(outcomes.reduce(0) { $0 + $1.embedded } == 12)
            #expect(try Album.hidden(album).map { $0.hasSuffix(".gallery") } == [true])
        }
    }

    @Test func damageIsSaidAndRepaired() throws {
        try CommandRun.withFolder { folder in
            let album = try Album.makeSmall(in: folder)
            let expected = try Album.find(album)
            let gallery = album.appending(path: try Album.hidden(album)[0])
            let content = try Data(contentsOf: gallery)
            for damaged in [Data(), content.prefix(content.count / 2), Data("hello".utf8), Data(content.reversed())] {
                try damaged.write(to: gallery)
                let refused = try Album.find(album, ["--no-refresh"])
                #expect(refused.status == 5 && refused.errors.contains("damaged") && refused.output.isEmpty)
                let repaired = try Album.find(album)
                #expect(
                    repaired.output == expected.output && repaired.errors.contains("was damaged and has been made anew")
                )
                #expect(try Album.find(album).errors.isEmpty)
            }
        }
    }

    @Test func foldersThatCannotBeWritten() throws {
        try CommandRun.withFolder { folder in
            let album = try Album.makeSmall(in: folder)
            let elsewhere = ["--gallery", folder.appending(path: "elsewhere.gallery").path]
            try Disks.whileReadOnly(album) {
                let refused = try Album.find(album)
                #expect(refused.status == 1 && refused.errors.contains("--gallery") && refused.output.isEmpty)
                #expect(refused.errors.split(separator: "\n").count == 1)
                let found = try Album.find(album, elsewhere)
                #expect(found.status == 0)
                #expect(try found.rows()[0].count == 1)
                #expect(try Album.find(album, elsewhere).errors.isEmpty)
                #expect(try Album.hidden(album).isEmpty)
            }
        }
    }

    @Test(.enabled(if: getuid() == 0, "skipped: only root can make a small disk")) func fullDisk() throws {
        try CommandRun.withFolder { folder in
            let disk = folder.appending(path: "disk")
            let (gallery, fill) = (disk.appending(path: "test.gallery"), disk.appending(path: "fill"))
            let album = try Album.makeSmall(in: folder)
            try Disks.whileOfSize(disk, kilobytes: 64) {
                for room in [0, 4096, 16384] {
                    try Data(count: 65536 - room).write(to: fill)
                    let refused = try Album.find(album, ["--gallery", gallery.path])
                    #expect(refused.status == 1 && refused.errors.contains("No space left"), "\(refused.errors)")
                    #expect(refused.errors.split(separator: "\n").count == 1 && refused.output.isEmpty)
                    #expect(!FileManager.default.fileExists(atPath: gallery.path))
                    try FileManager.default.removeItem(at: fill)
                }
                // What was embedded before the disk was full is not embedded again.
                let found = try Album.find(album, ["--gallery", gallery.path])
                #expect(found.status == 0 && found.embedded < 2)
            }
        }
    }
}
