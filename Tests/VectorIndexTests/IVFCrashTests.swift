import Foundation
import TestSupport
import Testing
import VectorIndex

/// An index whose process is killed reopens as of its last commit.
///
/// The tests' own program is run again as the child: it changes an index for ever, and says on its standard output what
/// it is about to commit and what it has committed. `DEEPFACE_FAULT_POINTS` says how often it is killed; by default 12
/// times.
struct IVFCrashTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let kills = FaultPoints.count(12)

    @Test(.enabled(if: environment["IVF_CHILD"] == nil), .timeLimit(.minutes(10)))
    func survivesBeingKilled() throws {
        let folder = try TemporaryFolder()
        let url = folder.file("index")
        let data = Child.data
        var random = RandomNumbers(UInt64(Self.kills))
        var committed = 0
        for kill in 0..<Self.kills {
            let child = Process()
            child.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            child.arguments = [
                "--testing-library", "swift-testing", "--filter", "IVFCrashTests/child",
            ]
            child.environment = Self.environment.merging(["IVF_CHILD": url.path]) { $1 }
            let output = Pipe()
            child.standardOutput = output
            child.standardError = FileHandle.nullDevice
            try child.run()
            // From when it has begun to change the index.
            var said = ""
            while !said.contains("try ") {
                let piece = output.fileHandleForReading.availableData
                if piece.isEmpty { break }
                said += String(decoding: piece, as: UTF8.self)
            }
            usleep(UInt32.random(in: 0..<150_000, using: &random))
            Foundation.kill(child.processIdentifier, SIGKILL)
            child.waitUntilExit()
            said += String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            let lines = said.split(separator: "\n").filter { $0.hasPrefix("try ") || $0.hasPrefix("done ") }
            // The last state it was sure of, and the one it may have reached.
            let sure = lines.last { $0.hasPrefix("done ") }.map { State(String($0.dropFirst(5))) }
            let tried = lines.last { $0.hasPrefix("try ") }.map { State(String($0.dropFirst(4))) }
            try #require(tried != nil, "the child did not run: \(said)")
            guard FileManager.default.fileExists(atPath: url.appending(path: "manifest").path) else {
                #expect(sure == nil, "kill \(kill): nothing there, though \(String(describing: sure)) was committed")
                continue
            }
            committed += sure == nil ? 0 : 1
            let index = try IVFIndex(opening: url)
            try IVFIndex.verify(url)
            let all = try index.search(
                data.rows(0..<1), k: data.vectors.count, effort: .init(lists: .max, candidates: 10 * data.vectors.count)
            )[0]
            #expect(all.count == index.count)
            let there = State(Set(all.map(\.id)))
            #expect(
                there == sure || there == tried,
                "kill \(kill): \(there) is neither \(String(describing: sure)) nor \(String(describing: tried))")
        }
        #expect(committed > 0, "some were killed after a commit")
    }

    @Test(.enabled(if: environment["IVF_CHILD"] != nil)) func child() throws {
        try Child.run(in: URL(fileURLWithPath: Self.environment["IVF_CHILD"]!))
    }

    /// The ids an index has, as their number and a sum that tells sets apart.
    struct State: Equatable, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }

        init(_ ids: Set<Int64>) {
            var sum: UInt64 = 0
            for id in ids { sum &+= UInt64(id &+ 1) &* 0x9E37_79B9_7F4A_7C15 &>> 7 }
            description = "\(ids.count)-\(sum)"
        }
    }

    private enum Child {
        static let data = IVFData(persons: 300, dimensions: 16)

        static func say(_ what: String) {
            let line = "\n" + what + "\n"
            _ = line.withCString { write(1, $0, strlen($0)) }
        }

        static func build(in url: URL) throws -> IVFIndex {
            let start = Set(data.ids[..<800])
            say("try \(State(start))")
            var settings = IVFSettings()
            settings.lists = 20
            let index = try IVFIndex.build(
                from: try MemorySource(data.rows(0..<800), ids: Array(data.ids[..<800])), settings: settings, at: url)
            say("done \(State(start))")
            return index
        }

        static func run(in url: URL) throws {
            var random = SystemRandomNumberGenerator()
            var index =
                FileManager.default.fileExists(atPath: url.appending(path: "manifest").path)
                ? try IVFIndex(opening: url) : try build(in: url)
            func ids() throws -> Set<Int64> {
                Set(
                    try index.search(
                        data.rows(0..<1), k: data.vectors.count,
                        effort: .init(lists: .max, candidates: 10 * data.vectors.count))[0].map(\.id))
            }
            var there = try ids()
            say("done \(State(there))")
            while true {
                switch Int.random(in: 0..<8, using: &random) {
                case 0...2:
                    let fresh = data.ids.filter { !there.contains($0) }.shuffled().prefix(Int.random(in: 1...50))
                    for id in fresh { try index.add(data.rows(Int(id)..<Int(id) + 1), ids: [id]) }
                    there.formUnion(fresh)
                    say("try \(State(there))")
                    try index.save(to: url)
                case 3...5:
                    let gone = data.ids.shuffled().prefix(Int.random(in: 1...50))
                    try index.delete(IDSet(gone))
                    there.subtract(gone)
                    say("try \(State(there))")
                    try index.save(to: url)
                case 6:
                    say("try \(State(there))")
                    try index.compact()
                default:
                    index = try build(in: url)
                    there = Set(data.ids[..<800])
                }
                say("done \(State(there))")
            }
        }
    }
}
