import DeepFace
import FaceLike
import FaceStores
import Foundation

/// Prints how fast stores take faces up and find them; those in PostgreSQL beside libpq copying the same rows and doing the
/// same query.
///
///     StoreBench ADDRESS [COUNT]
///
/// The database should be empty; what is put into it stays.
@main
struct StoreBench {
    static func main() async throws {
        let words = Array(CommandLine.arguments.dropFirst())
        guard let text = words.first else {
            print("StoreBench ADDRESS [COUNT]")
            exit(2)
        }
        let bench = try await StoreBench(address: text, count: words.dropFirst().first.flatMap(Int.init) ?? 100_000)
        try await bench.register()
        if bench.store is any NeighborStore {
            try await bench.searchInside()
        } else {
            try await bench.searchBeside()
        }
    }

    let address: String
    let count: Int
    let store: any FaceStore
    let collection: FaceCollection
    let gallery = FaceLike(dimensions: 128)
    let probes: [[Float]]
    let clock = ContinuousClock()

    init(address: String, count: Int) async throws {
        (self.address, self.count) = (address, count)
        store = try await StoreRegistry.open(StoreAddress(address), creates: true)
        collection = try await store.makeCollection(
            CollectionPlan(name: "bench", recipe: EmbeddingRecipe(Options()), dimensions: 128))
        probes = (0..<200).map { [gallery] in gallery.probe($0 * 7) }
    }

    // MARK: Register

    func register() async throws {
        let values = gallery.vectors(0..<count)
        let faces = (0..<count).map { number in
            let person = gallery.person(of: number)
            return NewFace(
                person: "person \(person)", image: "faces/\(person)/\(number).jpg", hash: Self.hash(number),
                facialArea: Self.area, faceConfidence: 0.99,
                vector: Array(values[number * 128..<(number + 1) * 128]))
        }
        let time = try await clock.measure { _ = try await store.add(faces, to: collection) }
        tell("register \(count) x 128", time, rate: count)
        try copyAlone(time)
        let again = try await clock.measure { _ = try await store.add(Array(faces.prefix(10_000)), to: collection) }
        tell("register 10000 that are there", again, rate: 10_000)
    }

    /// The same rows once more into tables of the same form, by libpq alone: what the server itself takes.
    private func copyAlone(_ ours: Duration) throws {
        let scheme = address.prefix { $0 != ":" }
        let tables =
            ["postgres": ["embeddings", "deepface_samples"], "pgvector": ["deepface_vector_samples_\(collection.id)"]]
        guard let tables = tables[String(scheme)] else { return }
        let raw = try Libpq(address)
        let copies = try tables.map { table in
            _ = try raw.once("CREATE TABLE \(table)_copy (LIKE \(table) INCLUDING ALL)")
            return ("\(table)_copy", try raw.copyOut("COPY \(table) TO STDOUT (FORMAT binary)"))
        }
        let time = try clock.measure {
            _ = try raw.once("BEGIN")
            for (table, rows) in copies {
                let time = try clock.measure { try raw.copyIn("COPY \(table) FROM STDIN (FORMAT binary)", rows) }
                tell("libpq copying \(table)", time, rate: count)
            }
            _ = try raw.once("COMMIT")
        }
        tell("libpq copying the same rows", time, rate: count)
        print(String(format: "  ratio %.2f", ours / time))
        for (table, _) in copies { _ = try raw.once("DROP TABLE \(table)") }
    }

    private static let area = {
        var area = FacialArea(x: 10, y: 20, w: 100, h: 120)
        (area.leftEye, area.rightEye, area.nose) = ([80, 60], [40, 60], [60, 90])
        (area.mouthLeft, area.mouthRight) = ([78, 115], [42, 115])
        return area
    }()

    /// 64 digits, as of a photo.
    private static func hash(_ number: Int) -> String {
        var state = UInt64(truncatingIfNeeded: number)
        return (0..<4).map { _ in
            state = (state &+ 0x9E37_79B9_7F4A_7C15) &* 0xBF58_476D_1CE4_E5B9
            state ^= state >> 29
            let digits = String(state, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    // MARK: Search

    /// By the local index that follows the table.
    func searchBeside() async throws {
        let searcher = FaceSearcher(store)
        func search(_ probe: [Float]) async throws {
            _ = try await searcher.search([probe], in: collection, metric: .euclidean, limit: 10, within: nil)
        }
        tell("first search, which reads all vectors", try await clock.measure { try await search(probes[0]) })
        let times = try await times { probe in try await search(probe) }
        tell("search, exact", times)
        guard address.hasPrefix("postgres") else { return }
        let raw = try Libpq(address)
        try raw.prepare("SELECT id, img_name, embedding FROM embeddings ORDER BY id ASC", parameters: 0)
        let fetch = try clock.measure { _ = try raw.run([]) }
        tell("libpq fetching all rows, none compared", fetch)
        print("Python DeepFace's way: run Benchmarks/store_peer.py with the same database")
    }

    /// By the database.
    func searchInside() async throws {
        let searcher = FaceSearcher(store)
        func search(_ probe: [Float], _ approximate: Bool) async throws -> [Int64] {
            try await searcher.search(
                [probe], in: collection, metric: .euclidean, limit: 10, within: nil, approximate: approximate
            )[0].map(\.sample.id)
        }
        var truth: [[Int64]] = []
        for probe in probes { truth.append(try await search(probe, false)) }
        let build = try await clock.measure {
            try await searcher.build(IndexChoice(recall: 0.99), of: collection, metric: .euclidean)
        }
        tell("index build, recall 0.99", build)
        guard address.hasPrefix("pgvector") else {
            for approximate in [false, true] {
                var hits = 0
                let times = try await times { probe in _ = try await search(probe, approximate) }
                for (number, probe) in probes.enumerated() {
                    hits += Set(try await search(probe, approximate)).intersection(truth[number]).count
                }
                tell(approximate ? "search by index" : "search, exact", times)
                print(String(format: "  recall@10 %.4f", Double(hits) / Double(10 * probes.count)))
            }
            return
        }
        let raw = try Libpq(address)
        for approximate in [false, true] {
            let embedding = approximate ? "(embedding::vector(128))" : "embedding"
            let probe = approximate ? "$1::vector::vector(128)" : "$1::vector"
            let sql = """
                SELECT s.id, p.name, img_name, s.hash, s.x, s.y, s.w, s.h, s.landmarks, s.confidence, created_at,
                    embedding FROM (
                    SELECT *, \(embedding) <-> \(probe) AS distance FROM deepface_vector_samples
                    WHERE collection_id = \(collection.id) ORDER BY \(embedding) <-> \(probe) LIMIT 26
                ) s JOIN deepface_vector_people p ON p.id = s.person_id ORDER BY s.distance, s.id
                """
            if approximate {
                let effort = try raw.once(
                    "SELECT effort FROM deepface_vector_indexes WHERE collection_id = \(collection.id)")
                print("hnsw.ef_search is \(effort)")
                _ = try raw.once("SET hnsw.ef_search = \(effort)")
                _ = try? raw.once("SET hnsw.iterative_scan = strict_order")
            }
            _ = try raw.once("SET jit = off")
            try raw.prepare(sql, parameters: 1)
            // In turn, so that what disturbs one disturbs the other.
            var (ours, theirs): ([Duration], [Duration]) = ([], [])
            var hits = 0
            for (number, probe) in probes.enumerated() {
                var found: [Int64] = []
                let time = try await clock.measure { found = try await search(probe, approximate) }
                let other = try clock.measure { _ = try raw.run([Libpq.vector(probe)]) }
                hits += Set(found).intersection(truth[number]).count
                if number >= 20 {
                    ours.append(time)
                    theirs.append(other)
                }
            }
            let name = approximate ? "search by index" : "search, exact"
            tell(name, ours)
            tell("\(name), libpq alone", theirs)
            let ratio = median(ours) / median(theirs)
            print(String(format: "  ratio %.2f, recall@10 %.4f", ratio, Double(hits) / Double(10 * probes.count)))
        }
    }

    private func times(_ body: ([Float]) async throws -> Void) async throws -> [Duration] {
        var times: [Duration] = []
        for probe in probes { times.append(try await clock.measure { try await body(probe) }) }
        return Array(times.dropFirst(20))
    }

    private func median(_ times: [Duration]) -> Duration { times.sorted()[times.count / 2] }

    private func tell(_ what: String, _ times: [Duration]) {
        print(String(format: "%@: median %.3f ms", what, median(times) / .milliseconds(1)))
    }

    private func tell(_ what: String, _ time: Duration, rate: Int? = nil) {
        let seconds = time / .seconds(1)
        let rate = rate.map { ", \(Int(Double($0) / seconds)) a second" } ?? ""
        print(String(format: "%@: %.3f s%@", what, seconds, rate))
        fflush(nil)
    }
}
