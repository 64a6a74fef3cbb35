import TestSupport
import Testing
import VectorIndex

/// Grouping of vectors whose truth is known.
struct VectorClustersTests {
    /// People of different numbers of pictures, which lie as dlib's embeddings do: pictures of one about 0.32 apart,
    /// others 0.75.
    private struct People {
        let batch: VectorBatch
        let truth: [Int]

        init(_ counts: [Int], dimensions: Int = 32, seed: UInt64 = 1) {
            var random = RandomNumbers(seed)
            let (between, within) = ((0.23 / Float(dimensions)).squareRoot(), (0.05 / Float(dimensions)).squareRoot())
            var (values, truth): ([Float], [Int]) = ([], [])
            for (person, count) in counts.enumerated() {
                let center = (0..<dimensions).map { _ in 0.1 + between * random.gaussian() }
                for _ in 0..<count {
                    values += center.map { $0 + within * random.gaussian() }
                    truth.append(person)
                }
            }
            (batch, self.truth) = (VectorBatch(dimensions: dimensions, values: values), truth)
        }

        func reordered(_ order: [Int]) -> VectorBatch { VectorBatch(order.map { Array(batch[$0]) }) }
    }

    /// The same rows in the same groups, whatever the groups are called.
    private func groups(_ clusters: VectorClusters, _ order: [Int]? = nil) -> Set<Set<Int>> {
        Set(clusters.clusters.map { Set($0.map { order?[$0] ?? $0 }) })
    }

    @Test func findsPeopleOfAllSizes() throws {
        // A long tail, and people who are there once.
        let people = People((0..<150).map { max(1, 150 / ($0 + 1)) } + [Int](repeating: 5, count: 60))
        let found = try VectorClusters(people.batch, metric: .euclidean, ClusterSettings(distance: 0.46))
        #expect(PairAgreement(found.labels, truth: people.truth).f1 >= 0.99)
        #expect(found.clusters.allSatisfy { $0.count >= 2 } && found.rest.count >= 60)
        #expect(found.clusters.map(\.count) == found.clusters.map(\.count).sorted(by: >))
        // Unit vectors have the same truth by their angles.
        let cosine = try VectorClusters(
            People([40, 20, 10, 5, 3], seed: 2).batch, metric: .cosine, ClusterSettings(distance: 0.2))
        #expect(cosine.clusters.map(\.count) == [40, 20, 10, 5, 3])
    }

    @Test func aBridgeDoesNotChainTwoTogether() throws {
        let people = People([12, 12], seed: 3)
        let (one, other) = (people.batch[0], people.batch[12])
        // Faces on the way from one to the other: by single linkage all would be one.
        let steps = stride(from: Float(0.1), to: 1, by: 0.1).map { share in
            zip(one, other).map { $0 + share * ($1 - $0) }
        }
        let batch = VectorBatch(dimensions: 32, values: people.batch.values + steps.flatMap { $0 })
        let found = try VectorClusters(batch, metric: .euclidean, ClusterSettings(distance: 0.46))
        let labels = found.labels
        #expect(Set(labels[0..<12]).count == 1 && Set(labels[12..<24]).count == 1 && labels[0] != labels[12])
    }

    @Test func facesOfOnePhotoStayApart() throws {
        // Each photo has two faces; every fourth shows two that look the same.
        let people = People([Int](repeating: 8, count: 40), seed: 4)
        var random = RandomNumbers(5)
        let order = (0..<people.truth.count).shuffled(using: &random)
        var values = people.reordered(order).values
        for photo in stride(from: 0, to: order.count / 2, by: 4) {
            values.replaceSubrange(
                (2 * photo + 1) * 32..<(2 * photo + 2) * 32, with: Array(values[2 * photo * 32..<(2 * photo + 1) * 32]))
        }
        let origins = order.indices.map { $0 / 2 }
        for distance: Float in [0.2, 0.46, 3] {
            let found = try VectorClusters(
                VectorBatch(dimensions: 32, values: values), origins: origins, metric: .euclidean,
                ClusterSettings(distance: distance))
            for rows in found.clusters { #expect(Set(rows.map { origins[$0] }).count == rows.count) }
            #expect(found.clusters.joined().count + found.rest.count == order.count)
        }
    }

    @Test func orderChangesNothing() throws {
        let people = People([30, 20, 10, 5, 5, 2, 1, 1], seed: 6)
        let origins = people.truth.indices.map { $0 % 50 }
        let settings = ClusterSettings(distance: 0.5)
        let expected = try VectorClusters(people.batch, origins: origins, metric: .euclidean, settings)
        for seed: UInt64 in 1...5 {
            var random = RandomNumbers(seed)
            let order = people.truth.indices.shuffled(using: &random)
            let found = try VectorClusters(
                people.reordered(order), origins: order.map { origins[$0] }, metric: .euclidean, settings)
            #expect(groups(found, order) == groups(expected))
        }
        var alone = settings
        alone.threads = 1
        #expect(try VectorClusters(people.batch, origins: origins, metric: .euclidean, alone) == expected)
    }

    @Test func aBurstFindsItsPerson() throws {
        // More pictures of one moment than neighbours are looked at.
        let people = People([20, 20], seed: 7)
        var random = RandomNumbers(8)
        let burst = (0..<40).flatMap { _ in people.batch[0].map { $0 + 0.0005 * random.gaussian() } }
        let batch = VectorBatch(dimensions: 32, values: people.batch.values + burst)
        var settings = ClusterSettings(distance: 0.46)
        settings.neighbors = 8
        #expect(try VectorClusters(batch, metric: .euclidean, settings).clusters.map(\.count) == [60, 20])
    }

    @Test func edges() throws {
        let settings = ClusterSettings(distance: 0.5)
        let none = try VectorClusters(VectorBatch(dimensions: 4), metric: .euclidean, settings)
        #expect(none.clusters.isEmpty && none.rest.isEmpty)
        let same = VectorBatch([[Float]](repeating: [1, 2, 3, 4], count: 100))
        #expect(try VectorClusters(same, metric: .cosine, settings).clusters == [Array(0..<100)])
        #expect(
            try VectorClusters(same, metric: .euclidean, ClusterSettings(distance: 0.5, leastSize: 101)).rest.count
                == 100)
        #expect(throws: VectorIndexError.self) {
            try VectorClusters(same, origins: [1], metric: .euclidean, settings)
        }
        for settings in [ClusterSettings(distance: .nan), ClusterSettings(distance: 1, leastSize: 0)] {
            #expect(throws: VectorIndexError.self) { try VectorClusters(same, metric: .euclidean, settings) }
        }
        #expect(throws: VectorIndexError.self) {
            try VectorClusters(VectorBatch([[.infinity, 1], [1, 1]]), metric: .euclidean, settings)
        }
    }
}

/// Numbers that stay when members come and go.
struct ClusterNumbersTests {
    @Test func numbersStay() {
        var numbers = ClusterNumbers<String>()
        #expect(numbers.update([["a", "b", "c"], ["d", "e"], ["f", "g"]]) == [1, 2, 3])
        // Another order, more members, somebody new.
        #expect(numbers.update([["x", "y", "z", "w"], ["d", "e", "h"], ["c", "a", "b", "i"]]) == [4, 2, 1])
        // Two become one: the older number stays.
        #expect(numbers.update([["d", "e", "h", "x", "y", "z", "w"], ["a", "b"]]) == [2, 1])
        // One falls apart: the number goes with most, and none is given twice.
        #expect(numbers.update([["d"], ["x", "y", "z"], ["a", "b"]]) == [5, 2, 1])
        var kept = ClusterNumbers(numbers.numbers, next: numbers.next)
        #expect(kept.update([["a"], ["q"]], rest: ["x", "y"]) == [1, 6])
        // Those that were in none for a while are known again.
        #expect(kept.update([["x", "y"], ["q", "z"]]) == [2, 6])
    }

    @Test func agreementCountsPairs() {
        let agreement = PairAgreement([1, 1, 1, 2, 3], truth: [7, 7, 8, 8, 9])
        #expect(agreement.shared == 1 && agreement.found == 3 && agreement.actual == 2)
        #expect(agreement.f1 == 0.4 && agreement.precision == 1.0 / 3 && agreement.recall == 0.5)
        #expect(PairAgreement([1, 2], truth: [1, 2]).f1 == 1)
    }
}
