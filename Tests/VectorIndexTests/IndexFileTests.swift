import Foundation
import TestSupport
import Testing
import VectorIndex

struct IndexFileTests {
    struct Settings: Codable, Equatable {
        var name: String
        var number: Int
    }

    private func write(to url: URL, rows: [Float] = (0..<1000).map(Float.init)) throws {
        try IndexFile.write(to: url, kind: "test") { (file: IndexFileWriter) throws(VectorIndexError) in
            try file.section("settings", json: Settings(name: "Ärger", number: 7))
            try file.section("rows", rows)
            try file.begin("pieces")
            for piece in 0..<300 { try file.append(repeatElement(UInt16(piece), count: 5000)) }
            try file.section("nothing", [Int64]())
        }
    }

    @Test func holdsWhatWasWritten() throws {
        let folder = try TemporaryFolder()
        let url = folder.file("a.index")
        try write(to: url)
        let file = try IndexFile(opening: url, kind: "test")
        try file.verify()
        #expect(try file.value("settings", as: Settings.self) == Settings(name: "Ärger", number: 7))
        #expect(try Array(file.section("rows", of: Float.self, count: 1000)) == (0..<1000).map(Float.init))
        let pieces = try file.section("pieces", of: UInt16.self)
        #expect(pieces.count == 1_500_000 && pieces[4999] == 0 && pieces[5000] == 1 && pieces.last == 299)
        #expect(try file.section("nothing", of: Int64.self).isEmpty)
        #expect(file.sectionNames.sorted() == ["nothing", "pieces", "rows", "settings"])
        #expect(folder.names == ["a.index"])
        let permissions = try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int
        #expect(permissions == 0o600)
    }

    @Test func refusesWhatIsNotThere() throws {
        let folder = try TemporaryFolder()
        let url = folder.file("a.index")
        expect(.unreadable) { () throws(VectorIndexError) in _ = try IndexFile(opening: url, kind: "test") }
        expect(.unreadable) { () throws(VectorIndexError) in _ = try IndexFile(opening: folder.url, kind: "test") }
        try write(to: url)
        expect(.damaged) { () throws(VectorIndexError) in _ = try IndexFile(opening: url, kind: "other") }
        let file = try IndexFile(opening: url, kind: "test")
        expect(.damaged) { () throws(VectorIndexError) in _ = try file.section("other", of: UInt8.self) }
        expect(.damaged) { () throws(VectorIndexError) in _ = try file.section("rows", of: Float.self, count: 999) }
        expect(.damaged) { () throws(VectorIndexError) in _ = try file.value("settings", as: [Int].self) }
        try Data().write(to: url)
        expect(.damaged) { () throws(VectorIndexError) in _ = try IndexFile(opening: url, kind: "test") }
    }

    @Test func writesWholeOrNotAtAll() throws {
        let folder = try TemporaryFolder()
        let url = folder.file("a.index")
        try write(to: url)
        let before = try Data(contentsOf: url)
        let reader = try IndexFile(opening: url, kind: "test")
        expect(.invalidSetting) { () throws(VectorIndexError) in
            try IndexFile.write(to: url, kind: "test") { (file: IndexFileWriter) throws(VectorIndexError) in
                try file.section("rows", [Float](repeating: 1, count: 1_000_000))
                throw VectorIndexError(.invalidSetting, "on purpose")
            }
        }
        #expect(folder.names == ["a.index"])
        #expect(try Data(contentsOf: url) == before)
        try write(to: url, rows: [1, 2])
        #expect(try IndexFile(opening: url, kind: "test").section("rows", of: Float.self).count == 2)
        try reader.verify()
    }

    @Test func takesAwayWhatAKilledWriterLeft() throws {
        let folder = try TemporaryFolder()
        try Data("abandoned".utf8).write(to: folder.file("a.index.17-4.part"))
        try Data("another's".utf8).write(to: folder.file("b.index.17-4.part"))
        try write(to: folder.file("a.index"))
        #expect(folder.names == ["a.index", "b.index.17-4.part"])
    }

    @Test func saysWhatCannotBeWritten() throws {
        let folder = try TemporaryFolder()
        let inNoFolder = folder.file("no/a.index")
        expect(.unwritable) { () throws(VectorIndexError) in
            try IndexFile.write(to: inNoFolder, kind: "test") { (_) throws(VectorIndexError) in }
        }
        expect(.unwritable) { () throws(VectorIndexError) in
            try IndexFile.write(to: folder.url, kind: "test") { (_) throws(VectorIndexError) in }
        }
    }

    /// Every byte of the start, the head and the sections counts; only the zeros between them do not.
    @Test func noticesEveryDamage() throws {
        let folder = try TemporaryFolder()
        let url = folder.file("a.index")
        try IndexFile.write(to: url, kind: "test") { (file: IndexFileWriter) throws(VectorIndexError) in
            try file.section("settings", json: Settings(name: "x", number: 7))
            try file.section("rows", (0..<900).map(Float.init))
        }
        let whole = [UInt8](try Data(contentsOf: url))
        let settingsEnd = 4096 + Data(#"{"name":"x","number":7}"#.utf8).count
        var random = RandomNumbers(1)
        func readAll() throws(VectorIndexError) {
            let file = try IndexFile(opening: url, kind: "test")
            try file.verify()
            _ = try file.value("settings", as: Settings.self)
            _ = try file.section("rows", of: Float.self, count: 900)
        }
        for _ in 0..<600 {
            var damaged = whole
            let place = Int.random(in: 0..<whole.count, using: &random)
            damaged[place] ^= UInt8.random(in: 1...255, using: &random)
            try Data(damaged).write(to: url)
            let isPadding =
                (36..<4096).contains(place) || (settingsEnd..<8192).contains(place)
                || (8192 + 3600..<12288).contains(place)
            if isPadding {
                try readAll()
            } else {
                expect(.damaged) { () throws(VectorIndexError) in try readAll() }
            }
        }
        for _ in 0..<200 {
            try Data(whole.prefix(Int.random(in: 0..<whole.count, using: &random))).write(to: url)
            expect(.damaged) { () throws(VectorIndexError) in try readAll() }
        }
        for _ in 0..<50 {
            try Data(whole + [UInt8](repeating: 0, count: Int.random(in: 1...9000, using: &random))).write(to: url)
            expect(.damaged) { () throws(VectorIndexError) in try readAll() }
        }
    }
}

/// Expects an error with `code`.
func expect(
    _ code: VectorIndexError.Code, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws(VectorIndexError) -> Void
) {
    do {
        try body()
        Issue.record("\(code) was expected", sourceLocation: sourceLocation)
    } catch {
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
    }
}
