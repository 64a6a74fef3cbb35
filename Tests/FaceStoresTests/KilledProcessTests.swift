import DeepFace
import FaceStores
import Foundation
import TestSupport
import Testing

/// A process that is killed in the middle of its work loses what it had not committed, and nothing else.
///
/// The process is this test program again, working on the store named by an environment variable until it is killed.
/// `DEEPFACE_FAULT_POINTS` says how often; by default 8 times.
struct KilledProcessTests {
    private static let variable = "DEEPFACE_STORE_TO_WORK_ON"
    private static let environment = ProcessInfo.processInfo.environment

    /// Ten faces of two people; every third portion's are deleted again; every fourth time an index is built.
    @Test(.enabled(if: environment[variable] != nil)) func workUntilKilled() async throws {
        let file = try #require(Self.environment[Self.variable])
        let store = try await StoreRegistry.open(StoreAddress("sqlite:\(file)"), creates: true)
        let collection = try await store.makeCollection(.test(dimensions: 128))
        let searcher = FaceSearcher(store)
        let first = Int(try await store.people(of: collection, after: nil, limit: 100_000).last?.name.prefix(6) ?? "-1")
        for portion in ((first ?? -1) + 1)... {
            let faces = (0..<10).map {
                NewFace.test(10 * portion + $0, person: Self.name(portion, $0 % 2), dimensions: 128)
            }
            try await Self.tell("adding \(portion)")
            _ = try await store.add(faces, to: collection)
            try await Self.tell("added \(portion)")
            if portion % 3 == 2 {
                try await Self.tell("deleting \(portion - 1)")
                var people: [Person] = []
                for part in 0..<2 {
                    if let person = try await store.person(named: Self.name(portion - 1, part), in: collection) {
                        people.append(person)
                    }
                }
                try await store.delete(people, of: collection)
                try await searcher.purge(collection)
                try await Self.tell("deleted \(portion - 1)")
            }
            if portion % 4 == 3 {
                try await searcher.build(IndexChoice(kind: .flat), of: collection, metric: .cosine)
            }
        }
    }

    @Test(.enabled(if: environment[variable] == nil)) func nothingCommittedIsLost() async throws {
        let folder = try TestFolder()
        var random = SplitMix(seed: 5)
        var (there, gone, open) = (Set<Int>(), Set<Int>(), Set<Int>())
        for _ in 0..<FaultPoints.count(8) {
            let lines = try Self.runAndKill(folder.file, after: .random(in: 0.15...0.6, using: &random))
            open = []
            for line in lines {
                let words = line.split(separator: " ")
                guard words.count == 2, let portion = Int(words[1]) else { continue }
                switch words[0] {
                case "adding": open.insert(portion)
                case "added":
                    open.remove(portion)
                    there.insert(portion)
                case "deleting":
                    there.remove(portion)
                    open.insert(portion)
                case "deleted":
                    open.remove(portion)
                    gone.insert(portion)
                default: break
                }
            }
            let store = try await folder.open()
            let collection = try await store.makeCollection(.test(dimensions: 128))
            #expect(try await store.problems().isEmpty)
            var found: [Int: Int] = [:]
            for person in try await store.people(of: collection, after: nil, limit: 100_000) {
                found[try #require(Int(person.name.prefix(6))), default: 0] += person.samples
            }
            #expect(there.subtracting(found.keys).isEmpty, "lost")
            #expect(gone.isDisjoint(with: found.keys), "not deleted")
            #expect(found.values.allSatisfy { $0 == 10 }, "in part")
            // What was under way is there as a whole or not at all.
            for portion in open { if found[portion] != nil { there.insert(portion) } }
            let searcher = FaceSearcher(store)
            #expect(try await searcher.problems(of: collection).isEmpty)
            for portion in Set(there.prefix(3)).union(gone.prefix(3)) {
                let matches = try await searcher.search(
                    [NewFace.vector(10 * portion, dimensions: 128)], in: collection, metric: .cosine, limit: 1,
                    within: 1e-4)
                #expect(matches[0].count == (there.contains(portion) ? 1 : 0))
            }
        }
        #expect(!there.isEmpty)
    }

    private static func name(_ portion: Int, _ part: Int) -> String {
        String(format: "%06d", portion) + (part == 0 ? "a" : "b")
    }

    private static func tell(_ line: String) async throws {
        try FileHandle.standardError.write(contentsOf: Data("=\(line)\n".utf8))
    }

    /// What the other process told until it was killed.
    private static func runAndKill(_ file: URL, after seconds: Double) throws -> [Substring] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["--testing-library", "swift-testing", "--filter", "workUntilKilled"]
        process.environment = environment.merging([variable: file.path]) { $1 }
        let told = Pipe()
        process.standardError = told
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        // The time runs from its first word.
        var text = told.fileHandleForReading.availableData
        while !text.isEmpty, !text.contains(UInt8(ascii: "=")) { text += told.fileHandleForReading.availableData }
        Thread.sleep(forTimeInterval: seconds)
        kill(process.processIdentifier, SIGKILL)
        text += told.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap { line in
            line.hasPrefix("=") ? line.dropFirst() : nil
        }
    }
}
