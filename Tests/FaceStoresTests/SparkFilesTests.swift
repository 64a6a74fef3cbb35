import DeepFace
import FaceStores
import Foundation
import Testing

/// What is written for Spark and read from it, without Spark.
struct SparkFilesTests {
    @Test func theStatements() async throws {
        let folder = try TestFolder()
        let probes = try await CollectionMatchTests.side(folder, "probes", 0..<10)
        let gallery = try await CollectionMatchTests.side(folder, "gallery", 0..<2000)
        let work = folder.url.appending(path: "work")
        var engine = SparkMatchEngine(master: "yarn", folder: work)
        engine.heldBytes = 200
        engine.arguments = ["--conf", "spark.executor.memory=8g"]
        let words = try await engine.prepare(
            CollectionMatch(probes, among: gallery, metric: .cosine, limit: 3, within: 0.25))
        #expect(words.contains("yarn") && words.contains("spark.executor.memory=8g"))
        #expect(words.contains("spark.deepface.folder=\(work.path)") && words.last == work.path + "/match.sql")
        func statements() throws -> String {
            try String(contentsOf: work.appending(path: "match.sql"), encoding: .utf8)
        }
        var sql = try statements()
        // Three slices of the probes; the sums in their order, and in four.
        #expect(sql.components(separatedBy: "slice=").count == 4)
        let products = (0..<8).map { "p.v\($0) * g.v\($0)" }
        #expect(sql.contains("(\(products.joined(separator: " + "))) / (p.n * g.n)"))
        #expect(sql.contains("(\(products[0]) + \(products[4])) + (\(products[1])"))
        #expect(sql.contains("distance <= 0.25") && sql.contains("rank <= 3"))
        #expect(sql.contains("pmod(xxhash64(id), ") && sql.contains("BROADCAST(p)"))
        #expect(!sql.contains("p.id <> g.id"))

        engine.heldBytes = 64 << 20
        _ = try await engine.prepare(CollectionMatch(gallery, among: probes, metric: .euclidean, limit: 3))
        sql = try statements()
        #expect(sql.components(separatedBy: "slice=").count == 2)
        #expect(sql.contains("BROADCAST(g)") && !sql.contains("xxhash64") && sql.contains("sqrt((p.v0 - g.v0) * "))
        _ = try await engine.prepare(CollectionMatch(gallery, among: gallery, metric: .angular, limit: 3))
        #expect(try statements().contains("p.id <> g.id"))
        #expect(!FileManager.default.fileExists(atPath: work.appending(path: "gallery.parquet").path))
    }

    @Test func theFacesAreWhole() async throws {
        let folder = try TestFolder()
        let side = try await CollectionMatchTests.side(folder, "some", 0..<40)
        let work = folder.url.appending(path: "work")
        try await SparkMatchEngine(master: "local", folder: work).prepare(
            CollectionMatch(side, among: side, metric: .cosine, limit: 1))
        let bytes = try Data(contentsOf: work.appending(path: "probes.parquet"))
        #expect(bytes.prefix(4) == Data("PAR1".utf8) && bytes.suffix(4) == Data("PAR1".utf8))
        let vector = NewFace.vector(39).map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
        #expect(bytes.range(of: vector) != nil)
        #expect(bytes.range(of: Data("deepface.recipe".utf8)) != nil)
    }

    @Test func twoJobsDoNotShareAFolder() async throws {
        let folder = try TestFolder()
        let side = try await CollectionMatchTests.side(folder, "some", 0..<4)
        let work = folder.url.appending(path: "work")
        let engine = SparkMatchEngine(master: "local", folder: work)
        let match = try CollectionMatch(side, among: side, metric: .cosine, limit: 1)
        try await engine.prepare(match)
        let lock = open(work.appending(path: "lock").path, O_RDWR)
        #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
        let before = try Data(contentsOf: work.appending(path: "probes.parquet"))
        let error = await #expect(throws: DeepFaceError.self) { _ = try await engine.prepare(match) }
        #expect(error?.code == .unwritableOutput && error?.advice?.contains("--work") == true)
        #expect(try Data(contentsOf: work.appending(path: "probes.parquet")) == before)
        close(lock)
        try await engine.prepare(match)
    }

    @Test func whatSparkMustNotSeeIsRefused() async throws {
        let folder = try TestFolder()
        let secret = try await CollectionMatchTests.side(folder, "secret", 0..<4, isEncrypted: true)
        let some = try await CollectionMatchTests.side(folder, "some", 0..<4)
        let work = folder.url.appending(path: "work")
        func code(_ match: CollectionMatch, _ work: URL) async -> DeepFaceError.Code? {
            do throws(DeepFaceError) {
                _ = try await SparkMatchEngine(master: "local", folder: work).prepare(match)
                return nil
            } catch {
                return error.code
            }
        }
        let encrypted = try CollectionMatch(some, among: secret, metric: .cosine, limit: 1)
        #expect(await code(encrypted, work) == .invalidOption)
        #expect(!FileManager.default.fileExists(atPath: work.path))
        let match = try CollectionMatch(some, among: some, metric: .cosine, limit: 1)
        #expect(await code(match, folder.url.appending(path: "it's")) == .invalidOption)
        let file = folder.url.appending(path: "file")
        try Data().write(to: file)
        #expect(await code(match, file.appending(path: "work")) == .unwritableOutput)
    }

    @Test func sparkIsLookedFor() throws {
        let folder = try TestFolder()
        func program(_ name: String) throws {
            let file = folder.url.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data("#!/bin/sh\n".utf8).write(to: file)
            chmod(file.path, 0o755)
        }
        let home = folder.url.path
        func failure(_ home: String?, _ environment: [String: String]) -> DeepFaceError? {
            do throws(DeepFaceError) {
                _ = try SparkProgram(home: home, environment)
                return nil
            } catch {
                return error
            }
        }
        #expect(failure(home, [:])?.message.contains("Spark is not there") == true)
        #expect(failure(nil, ["PATH": "/nowhere"])?.advice?.contains("pip install pyspark") == true)
        try program("bin/spark-sql")
        for (place, environment) in [
            (home, [:]), (nil, ["SPARK_HOME": home]), (nil, ["PATH": "/nowhere:\(home)/bin"]),
        ] {
            #expect(failure(place, environment)?.message.contains("Java") == true)
        }
        try program("bin/java")
        #expect(try SparkProgram(home: nil, ["SPARK_HOME": home, "JAVA_HOME": home]).home == home)
        #expect(try SparkProgram(home: nil, ["PATH": "\(home)/bin"]).path == "\(home)/bin/spark-sql")
    }

    @Test func aResultIsReadWhenItIsWhole() throws {
        let folder = try TestFolder()
        let face = #"{"id":7,"person":"Zoë","img_name":"a \"b\".jpg"}"#
        let other = """
            {"id":9,"person":"Al","img_name":"c.jpg","matches":\
            [{"rank":1,"id":3,"person":"Bo","img_name":"d.jpg","distance":1.0E-6}]}
            """
        try Data("\(other)\n".utf8).write(to: folder.url.appending(path: "part-00001-x.json"))
        try Data("\(face)\n".utf8).write(to: folder.url.appending(path: "part-00000-x.json"))
        func read() throws -> [MatchedFace] {
            var faces: [MatchedFace] = []
            try SparkRows(folder.url).read { faces += $0 }
            return faces
        }
        #expect(throws: DeepFaceError.self) { try read() }
        try Data().write(to: folder.url.appending(path: "_SUCCESS"))
        #expect(
            try read() == [
                MatchedFace(id: 7, person: "Zoë", image: "a \"b\".jpg", matches: []),
                MatchedFace(
                    id: 9, person: "Al", image: "c.jpg",
                    matches: [.init(id: 3, person: "Bo", image: "d.jpg", distance: 0.000001)]),
            ])
        try Data("nonsense\n".utf8).write(to: folder.url.appending(path: "part-00001-x.json"))
        #expect(throws: DeepFaceError.self) { try read() }
    }

    @Test func aFailedJobTellsWhy() {
        func failure(_ log: String) -> DeepFaceError { SparkLog(URL(fileURLWithPath: "/spark.log"), log).failure }
        let aborted = """
            26/01/01 00:00:00 WARN NativeCodeLoader: Unable to load native-hadoop library
            org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 failed 1 times
            \tat org.apache.spark.Task.run(Task.scala:1)
            Caused by: java.lang.OutOfMemoryError: Java heap space
            \tat org.apache.spark.Row.get(Row.scala:1)
            \t... 3 more
            """
        #expect(failure(aborted).message.hasSuffix("failed: java.lang.OutOfMemoryError: Java heap space"))
        #expect(failure(aborted).code == .engine)
        let wrong = "Spark master: local\n[TABLE_OR_VIEW_NOT_FOUND] There is no x.\n'Project [*]\n+- 'Unresolved\n"
        #expect(failure(wrong).message.contains("[TABLE_OR_VIEW_NOT_FOUND]"))
        #expect(failure("Caused by: java.io.IOException: No space left on device\n").code == .unwritableOutput)
        #expect(failure("").message.contains("says nothing"))
    }
}
