import ArgumentParser
import DeepFace
import FaceStores
import Foundation

struct MatchCollections: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "match",
        abstract: "Find, for every face of a collection, the nearest of another, or of the same.",
        discussion: """
            Writes a line of JSON for each face: {"id": …, "person": …, "img_name": …, "matches": [{"id", "person", \
            "img_name", "distance"}, …]}, nearest first. No nearer face is passed over. A collection that is matched with \
            itself tells who is in it twice: faces do not find themselves.

            With --spark the pairs are compared by Apache Spark, on a cluster where the collections are too large for one \
            machine. It needs Java 17 and Spark 4 (pip install pyspark); see Docs/stores.md.

            EXAMPLES
              deepface match --probes sqlite:visitors.db --gallery sqlite:team.db -k 3 --out matches.ndjson
              deepface match --probes sqlite:team.db --within 0.4 --out twice.ndjson
              deepface match --probes sqlite:visitors.db --gallery postgres://me@db/faces --out matches.ndjson \
            --spark spark://head:7077 --work /shared/match
            """)

    @Option(
        help: ArgumentHelp(
            "The store of the faces that are looked for. (default: as of every command)", valueName: "url"))
    var probes: String?

    @Option(
        help: ArgumentHelp(
            "The store of the faces among which they are looked for. (default: that of --probes)", valueName: "url"))
    var gallery: String?

    @Option(help: ArgumentHelp("The collection in the first.", valueName: "name"))
    var probesCollection = "default"

    @Option(help: ArgumentHelp("The collection in the second.", valueName: "name"))
    var galleryCollection = "default"

    @Option(name: .short, help: ArgumentHelp("At most so many matches a face.", valueName: "n"))
    var k = 10

    @Option(help: ArgumentHelp("Only matches up to this distance. (default: the nearest, however far)", valueName: "x"))
    var within: Double?

    @Option(help: "Distance: cosine, euclidean, … (default: the model's own)")
    var metric: DistanceMetric?

    @Option(help: ArgumentHelp("The file for the matches; - is standard output.", valueName: "file"))
    var out = "-"

    @Option(
        help: ArgumentHelp(
            """
            File with the key of encrypted collections: 32 bytes in base64 or hexadecimal digits. (default: the key in \
            DEEPFACE_STORE_KEY)
            """, valueName: "file"))
    var keyFile: String?

    @OptionGroup(title: "Spark") var spark: SparkOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if k < 1 { throw ValidationError("-k is a number from 1") }
        if let within, !(within >= 0) { throw ValidationError("--within is a number from 0") }
    }

    func run() async throws {
        let match = try await match()
        var bar = Progress("faces", total: 0)
        defer { bar.clear() }
        let total = try await match.probes.store.sampleCount(of: match.probes.collection)
        if spark.prepare {
            let engine = try spark.engine()
            let words = try await engine.prepare(match) { bar.show($0, of: max($0, total)) }
            bar.clear()
            return try output.pretty
                ? Output.print(table: [[words.joined(separator: " ")]])
                : Output.print(Prepared(folder: engine.folder.path, command: words), spread: true)
        }
        let showsTable = output.pretty && out == "-"
        let start = ContinuousClock.now
        let file = try MatchFile(out == "-" ? nil : URL(fileURLWithPath: out))
        let engine: any MatchEngine = try spark.spark == nil ? IndexMatchEngine() : spark.engine()
        var isDone = false
        defer { spark.clear(engine, isDone: isDone) }
        try await engine.run(match) {
            bar.show($0, of: max($0, total))
        } _: { (portion) throws(DeepFaceError) in
            if showsTable {
                bar.clear()
                try Output.print(table: portion.flatMap(Self.rows))
            } else {
                try file.write(portion)
            }
        }
        try file.end()
        isDone = true
        bar.clear()
        guard out != "-" else { return }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let summary = Summary(
            faces: file.faces, matched: file.matched, out: out, time: (seconds * 1000).rounded() / 1000)
        try output.pretty
            ? Output.print(table: [["\(file.faces) faces, \(file.matched) of them matched", out]])
            : Output.print(summary, spread: true)
    }

    private func match() async throws -> CollectionMatch {
        let key = try StoreOptions.key(keyFile)
        let address = try StoreOptions.address(probes)
        let store = try await StoreRegistry.open(address, key: key)
        var other = store
        if let gallery { other = try await StoreRegistry.open(StoreAddress(gallery), key: key) }
        let side = CollectionMatch.Side(store: store, collection: try await store.known(probesCollection))
        let collection = try await other.known(galleryCollection)
        return try CollectionMatch(
            side, among: .init(store: other, collection: collection), metric: collection.metric(metric), limit: k,
            within: within)
    }

    /// A face's rows in the table for people.
    private static func rows(of face: MatchedFace) -> [[String]] {
        let probe = ["\(face.id)", face.person, face.image]
        if face.matches.isEmpty { return [probe + ["nobody"]] }
        return face.matches.map { probe + [$0.person, "\($0.distance)", $0.image] }
    }

    private struct Prepared: Encodable {
        let folder: String
        let command: [String]
    }

    private struct Summary: Encodable {
        let faces, matched: Int
        let out: String
        let time: Double
    }
}
