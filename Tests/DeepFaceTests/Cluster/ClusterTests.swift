import DeepFace
import Foundation
import Testing
import VectorIndex

/// Grouping of the faces of galleries.
struct ClusterTests {
    @Test func peopleKeepNumbersAndNames() async throws {
        try await GalleryFixture.withFolder { folder in
            let url = folder.appending(path: "g.gallery")
            let photos = GalleryFixture.photos(200)
            let options = ClusterOptions(threshold: 0.65)
            func grouped(_ photos: [GalleryPhoto], _ naming: FaceNaming? = nil) async throws -> FaceClusters {
                try GalleryFixture.write(photos, to: url)
                return try await GalleryFixture.open(url).clusters(options, naming: naming)
            }
            // Every person has a photo in each fifth of them.
            let first = try await grouped(photos.filter { $0.file.size % 5 < 3 }) { embeddings in
                embeddings.map { _ in "Somebody" }
            }
            #expect(first.clusters.count == 40 && first.clusters.allSatisfy { $0.members.count == 3 })
            #expect(first.clusters.allSatisfy { $0.name == "Somebody" && $0.votes == 3 })
            let kept = try Data(contentsOf: folder.appending(path: "g.gallery.clusters"))
            let second = try await grouped(photos)
            #expect(second.clusters.count == 40 && second.clusters.allSatisfy { $0.members.count == 5 })
            #expect(second.unclustered.count == 20 && second.faces == 220)
            #expect(Set(second.clusters.map(\.id)) == Set(1...40))
            let ids = { (clusters: FaceClusters) in
                clusters.clusters.reduce(into: [Int: Set<Int>]()) { ids, cluster in
                    ids[cluster.id] = Set(cluster.members.map { $0.box.x / 5 })
                }
            }
            #expect(ids(first) == ids(second))
            #expect(second.clusters.allSatisfy { $0.name == "Somebody" && $0.votes == 0 })
            let distances = second.clusters[0].members.compactMap(\.distance)
            #expect(distances.count == 5 && distances == distances.sorted())
            // The same again: nothing is written.
            let file = folder.appending(path: "g.gallery.clusters")
            #expect(try Data(contentsOf: file) != kept)
            let time = try FileManager.default.attributesOfItem(atPath: file.path)[.modificationDate] as? Date
            #expect(try await GalleryFixture.open(url).clusters(options) == second)
            #expect(try FileManager.default.attributesOfItem(atPath: file.path)[.modificationDate] as? Date == time)
            try Data("{".utf8).write(to: file)
            await #expect { try await GalleryFixture.open(url).clusters(options) } throws: { error in
                (error as? DeepFaceError)?.code == .unreadableInput && "\(error)".contains("delete the file")
            }
        }
    }

    @Test func namesNeedMostOfTheFaces() {
        #expect(NameVote([]) == nil && NameVote([nil, "A"]) == nil && NameVote(["A", "B"]) == nil)
        let vote = NameVote(["A", "A", nil, "A", "B"])
        #expect(vote?.name == "A" && vote?.votes == 3)
    }

    @Test func thresholdsOfTheMetrics() throws {
        let options = ClusterOptions()
        #expect(try options.threshold(.dlib, .euclidean) == 0.462)
        // The same angle, whichever way it is told.
        let cosine = DistanceMetric.cosine.inIndex(0.3)
        #expect(abs(DistanceMetric.euclideanL2.inIndex((0.6).squareRoot()) - cosine) < 1e-6)
        #expect(abs(DistanceMetric.angular.inIndex(acos(0.7) / .pi) - cosine) < 1e-6)
        #expect(throws: DeepFaceError.self) { try ClusterOptions(threshold: -1).threshold(.dlib, .cosine) }
        #expect(throws: DeepFaceError.self) { try ClusterOptions(leastSize: 0).threshold(.dlib, .cosine) }
    }

    @Test func foldersOfLinksHaveSafeNames() {
        let given = [nil, "Anna", "Anna", "../etc", "", ".x", "a/b\n", String(repeating: "é", count: 300)]
        let names = ClusterLinks.folders(given.enumerated().map { (id: $0 + 1, name: $1) })
        #expect(names.prefix(7) == ["person 1", "Anna", "Anna (2)", "_.._etc", "_", "_.x", "a_b_"])
        #expect(names[7].utf8.count <= 200 && Set(names).count == names.count)
    }

    /// Python DeepFace's photos, by the people that their labelled pairs tell of.
    @Test(.needsShared) func peopleOfTheDataset() async throws {
        let folder = try Shared.url("images/deepface-dataset")
        let pairs = try PairsFile.pairs(in: folder.appending(path: "master.csv").path)
        var people: [String: Int] = [:]
        for photo in Set(pairs.flatMap { [$0.first, $0.second] }).sorted() { people[photo] = people.count }
        for pair in pairs where pair.same {
            let (one, other) = (people[pair.first], people[pair.second])
            for (photo, person) in people where person == other { people[photo] = one }
        }
        try await GalleryFixture.withFolder { place in
            let gallery = try await TestPipeline.deepface.gallery(
                of: folder.path, file: place.appending(path: "dataset.gallery"))
            let found = try await gallery.clusters(ClusterOptions(leastSize: 1))
            var (labels, truth): ([Int], [Int]) = ([], [])
            for cluster in found.clusters {
                for face in cluster.members {
                    guard let person = people[String(face.identity.dropFirst(folder.path.count + 1))] else { continue }
                    labels.append(cluster.id)
                    truth.append(person)
                }
            }
            #expect(labels.count >= 25)
            let agreement = PairAgreement(labels, truth: truth)
            #expect(agreement.f1 >= 0.97, "\(agreement)")
        }
    }
}
