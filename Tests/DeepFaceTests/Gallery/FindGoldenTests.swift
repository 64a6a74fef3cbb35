import DeepFace
import Foundation
import Testing

/// `find` over the dataset, with the faces aligned by the eyes, against Python's embeddings of the same photos. What
/// Python itself finds is no measure: it takes blue for red in the probe, so that a photo is not even at distance 0 of
/// itself. The expected matches are those of Python's own stored embedding of the probe.
@Suite(.needsShared, .needsWeights("mtcnn", "Dlib", "opencv"), .serialized) struct FindGoldenTests {
    struct Recorded: Decodable {
        struct Row: Decodable {
            let name: String
            let embedding: [Float]

            init(from decoder: any Decoder) throws {
                var row = try decoder.unkeyedContainer()
                name = try row.decode(String.self)
                for _ in 0..<4 { _ = try row.decode(Int.self) }
                embedding = try row.decode([Float].self)
            }
        }
        let representations: [Row]
    }

    /// Python's `mtcnn` finds some faces elsewhere on another CPU.
    @Test(arguments: [("opencv", 0.002), ("mtcnn", 0.01)])
    func sameMatchesAsPythons(detector: String, tolerance: Double) async throws {
        let recorded: Recorded = try Shared.golden("find_dlib_\(detector)")
        let probe = try #require(recorded.representations.first { $0.name == "img1.jpg" })
        var options = Options()
        options.detector = try DetectorRegistry.detector(named: detector)
        options.alignment = .eyes
        options.enforceDetection = false
        let folder = try Shared.url("images/deepface-dataset").path
        try await GalleryFixture.withFolder { place in
            for metric in DistanceMetric.allCases {
                options.metric = metric
                let gallery = try await TestPipeline.deepface.gallery(
                    of: folder, options: options, file: place.appending(path: "gallery"))
                let threshold = try #require(options.model.thresholds[metric])
                // The nearest face of each photo; several of one photo may be near.
                var expected: [String: Double] = [:]
                for row in recorded.representations {
                    let distance = try metric.distance(probe.embedding, row.embedding)
                    expected[row.name] = min(distance, expected[row.name] ?? .infinity)
                }
                let rows = try await gallery.find(
                    .path("\(folder)/img1.jpg"), FindOptions(similaritySearch: true))[0]
                #expect(rows.map(\.distance) == rows.map(\.distance).sorted() && rows[0].distance == 0)
                #expect(rows[0].identity == "\(folder)/img1.jpg" && rows[0].confidence == 100)
                var found: [String: Double] = [:]
                for row in rows {
                    let name = String(row.identity.dropFirst(folder.count + 1))
                    found[name] = min(row.distance, found[name] ?? .infinity)
                }
                let close = expected.count { name, distance in abs(distance - found[name, default: 9]) <= tolerance }
                #expect(Double(close) >= 0.95 * Double(expected.count), "\(close) of \(expected.count) by \(metric)")
                let matches = try await gallery.find(.path("\(folder)/img1.jpg"))[0]
                #expect(matches == Array(rows.prefix { $0.distance <= threshold }))
                let names = Set(matches.map { String($0.identity.dropFirst(folder.count + 1)) })
                for (name, distance) in expected where abs(distance - threshold) > tolerance {
                    #expect(names.contains(name) == (distance <= threshold), "\(name) at \(distance) by \(metric)")
                }
            }
        }
    }
}
