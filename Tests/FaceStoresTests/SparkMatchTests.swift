import DeepFace
import FaceStores
import Foundation
import TestSupport
import Testing

/// Matches by the real Spark: `make test-spark` installs it. One at a time: each takes the whole machine.
@Suite(.serialized, .needsSpark) struct SparkMatchTests {
    private static func engine(_ folder: TestFolder) -> SparkMatchEngine {
        var engine = SparkMatchEngine(master: "local[2]", folder: folder.url.appending(path: "wörk here"))
        engine.home = Spark.home.path
        return engine
    }

    /// The rows of Spark's are those of every pair, bit by bit.
    private static func expectAllFound(_ engine: SparkMatchEngine, _ match: CollectionMatch) async throws {
        let (found, expected) = (
            try await CollectionMatchTests.run(engine, match), try await CollectionMatchTests.everyPair(match)
        )
        #expect(found.count == expected.count)
        for (one, other) in zip(found, expected) { try #require(one == other, "\(match.metric)") }
        #expect(try await CollectionMatchTests.run(IndexMatchEngine(), match) == found)
    }

    @Test(arguments: DistanceMetric.allCases) func findsWhatEveryPairTells(_ metric: DistanceMetric) async throws {
        let folder = try TestFolder()
        let probes = try await CollectionMatchTests.side(folder, "probes", 0..<200, dimensions: 33)
        let gallery = try await CollectionMatchTests.side(folder, "gallery", 100..<2600, dimensions: 33)
        var engine = Self.engine(folder)
        engine.heldBytes = 150 * 33 * 8
        try await Self.expectAllFound(engine, CollectionMatch(probes, among: gallery, metric: metric, limit: 40))
    }

    @Test func withItselfAndWithin() async throws {
        let folder = try TestFolder()
        let side = try await CollectionMatchTests.side(folder, "some", 0..<900, dimensions: 5)
        try await Self.expectAllFound(
            Self.engine(folder), CollectionMatch(side, among: side, metric: .cosine, limit: 12, within: 0.04))
    }

    @Test func manyAmongFew() async throws {
        let folder = try TestFolder()
        let (many, few) = (
            try await CollectionMatchTests.side(folder, "many", 0..<900),
            try await CollectionMatchTests.side(folder, "few", 0..<3)
        )
        try await Self.expectAllFound(
            Self.engine(folder), CollectionMatch(many, among: few, metric: .euclidean, limit: 5))
    }

    @Test func longVectors() async throws {
        let folder = try TestFolder()
        let probes = try await CollectionMatchTests.side(folder, "probes", 0..<20, dimensions: 4096)
        let gallery = try await CollectionMatchTests.side(folder, "gallery", 10..<210, dimensions: 4096)
        try await Self.expectAllFound(
            Self.engine(folder), CollectionMatch(probes, among: gallery, metric: .cosine, limit: 2))
    }

    @Test func emptyCollections() async throws {
        let folder = try TestFolder()
        let (some, none) = (
            try await CollectionMatchTests.side(folder, "some", 0..<3),
            try await CollectionMatchTests.side(folder, "none", 0..<0)
        )
        try await Self.expectAllFound(
            Self.engine(folder), CollectionMatch(some, among: none, metric: .cosine, limit: 2))
        try await Self.expectAllFound(
            Self.engine(folder), CollectionMatch(none, among: some, metric: .cosine, limit: 2))
    }

    @Test func aJobThatFailsSaysWhy() async throws {
        let folder = try TestFolder()
        let side = try await CollectionMatchTests.side(folder, "some", 0..<3)
        var engine = Self.engine(folder)
        engine.arguments = ["--conf", "spark.sql.shuffle.partitions=none"]
        let failing = engine
        let match = try CollectionMatch(side, among: side, metric: .cosine, limit: 1)
        let error = await #expect(throws: DeepFaceError.self) {
            try await CollectionMatchTests.run(failing, match)
        }
        #expect(error?.code == .engine)
        #expect(error?.message.contains("spark.sql.shuffle.partitions") == true, "\(error?.message ?? "")")
        #expect((error?.message.count ?? 0) < 500)
    }

    @Test func aCancelledJobIsGone() async throws {
        let folder = try TestFolder()
        let side = try await CollectionMatchTests.side(folder, "some", 0..<9000, dimensions: 64)
        let engine = Self.engine(folder)
        let match = try CollectionMatch(side, among: side, metric: .cosine, limit: 1)
        let task = Task { try await CollectionMatchTests.run(engine, match) }
        let log = engine.folder.appending(path: "spark.log")
        while (try? Data(contentsOf: log))?.isEmpty ?? true { try await Task.sleep(for: .milliseconds(50)) }
        task.cancel()
        let error = await #expect(throws: DeepFaceError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        #expect(throws: DeepFaceError.self) {
            try SparkRows(engine.folder.appending(path: "matches.json")).read { _ in }
        }
    }
}

/// PyPI's Spark, where it is installed.
enum Spark {
    static let home = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
        path: "../../.build/spark-python/pyspark"
    ).standardizedFileURL
    static var isInstalled: Bool {
        FileManager.default.fileExists(atPath: home.appending(path: "bin/spark-sql").path)
    }
}

extension Trait where Self == ConditionTrait {
    static var needsSpark: Self { .enabled(if: Spark.isInstalled, "skipped: no Spark (make test-spark)") }
}
