import DeepFace
import FaceStores
import Foundation
import Testing

/// Collections that are matched on this machine.
struct CollectionMatchTests {
    /// A collection of made-up faces, some of which are there twice.
    static func side(
        _ folder: TestFolder, _ name: String, _ numbers: Range<Int>, dimensions: Int = 8, isEncrypted: Bool = false
    ) async throws -> CollectionMatch.Side {
        let store = try await folder.open(key: .test())
        let collection = try await store.makeCollection(
            .test(name, dimensions: dimensions, isEncrypted: isEncrypted))
        let faces = numbers.map { number in
            var face = NewFace.test(number, person: "\"Zoë\" \\ \(number / 3)\n", dimensions: dimensions)
            if number % 7 == 0 { face.vector = NewFace.vector(7, dimensions: dimensions) }
            return face
        }
        _ = try await store.add(faces, to: collection)
        return CollectionMatch.Side(store: store, collection: collection)
    }

    /// What comparing every pair tells.
    static func everyPair(_ match: CollectionMatch) async throws -> [MatchedFace] {
        func faces(_ side: CollectionMatch.Side) async throws -> [(sample: Sample, vector: [Float])] {
            let vectors = try await side.store.vectors(of: side.collection, after: 0, limit: 100_000)
            return zip(try await side.store.samples(vectors.map(\.id), of: side.collection), vectors.map(\.vector))
                .map { ($0, $1) }
        }
        let isSame = match.probes.collection == match.gallery.collection
        let gallery = try await faces(match.gallery)
        return try await faces(match.probes).map { probe in
            let all = try gallery.compactMap { face -> MatchedFace.Match? in
                if isSame, face.sample.id == probe.sample.id { return nil }
                let distance = (try match.metric.distance(probe.vector, face.vector) * 1e6).rounded(.toNearestOrEven)
                return MatchedFace.Match(
                    id: face.sample.id, person: face.sample.person, image: face.sample.image, distance: distance / 1e6)
            }
            let near = all.filter { $0.distance <= match.distance ?? .infinity }
                .sorted { ($0.distance, $0.id) < ($1.distance, $1.id) }
            return MatchedFace(
                id: probe.sample.id, person: probe.sample.person, image: probe.sample.image,
                matches: Array(near.prefix(match.limit)))
        }
    }

    static func run(_ engine: some MatchEngine, _ match: CollectionMatch) async throws -> [MatchedFace] {
        var faces: [MatchedFace] = []
        try await engine.run(match, progress: { _ in }, { faces += $0 })
        return faces
    }

    @Test(arguments: DistanceMetric.allCases) func findsWhatEveryPairTells(_ metric: DistanceMetric) async throws {
        let folder = try TestFolder()
        let probes = try await Self.side(folder, "probes", 0..<600)
        let gallery = try await Self.side(folder, "gallery", 300..<800)
        for match in [
            try CollectionMatch(probes, among: gallery, metric: metric, limit: 5),
            try CollectionMatch(probes, among: gallery, metric: metric, limit: 900, within: 0.3),
            try CollectionMatch(probes, among: probes, metric: metric, limit: 3),
            try CollectionMatch(probes, among: probes, metric: metric, limit: 100, within: 0),
        ] {
            #expect(try await Self.run(IndexMatchEngine(), match) == Self.everyPair(match))
        }
    }

    @Test func whatCannotBeComparedIsRefused() async throws {
        let folder = try TestFolder()
        let probes = try await Self.side(folder, "probes", 0..<3)
        var options = Options()
        options.expand = 20
        let collection = try await probes.store.makeCollection(
            CollectionPlan(name: "other", recipe: EmbeddingRecipe(options), dimensions: 8))
        let error = #expect(throws: DeepFaceError.self) {
            try CollectionMatch(
                probes, among: .init(store: probes.store, collection: collection), metric: .cosine, limit: 1)
        }
        #expect(error?.code == .recipeMismatch)
        let longer = try await Self.side(folder, "longer", 0..<1, dimensions: 9)
        #expect(throws: DeepFaceError.self) {
            try CollectionMatch(probes, among: longer, metric: .cosine, limit: 1)
        }
        #expect(throws: DeepFaceError.self) {
            try CollectionMatch(probes, among: probes, metric: .cosine, limit: 0)
        }
    }

    @Test func emptyCollections() async throws {
        let folder = try TestFolder()
        let (some, none) = (try await Self.side(folder, "some", 0..<3), try await Self.side(folder, "none", 0..<0))
        let unmatched = try CollectionMatch(some, among: none, metric: .cosine, limit: 2)
        #expect(try await Self.run(IndexMatchEngine(), unmatched).map(\.matches) == [[], [], []])
        let nobody = try CollectionMatch(none, among: some, metric: .cosine, limit: 2)
        #expect(try await Self.run(IndexMatchEngine(), nobody).isEmpty)
    }

    @Test func theFileIsThereWhenItIsWhole() async throws {
        let folder = try TestFolder()
        let side = try await Self.side(folder, "some", 0..<10)
        let match = try CollectionMatch(side, among: side, metric: .cosine, limit: 2)
        let place = folder.url.appending(path: "matches.ndjson")
        let found = try await Self.run(IndexMatchEngine(), match)
        do {
            let file = try MatchFile(place)
            try file.write(found)
            #expect(!FileManager.default.fileExists(atPath: place.path))
        }
        #expect(!FileManager.default.fileExists(atPath: place.path))
        let file = try MatchFile(place)
        try file.write(found)
        try file.end()
        #expect(file.faces == 10 && file.matched == 10)
        let lines = try String(contentsOf: place, encoding: .utf8).split(separator: "\n")
        let read = try lines.map { try JSONDecoder().decode(MatchedFace.self, from: Data($0.utf8)) }
        #expect(read == found)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url.path).allSatisfy { !$0.hasSuffix(".part") })
    }
}
