import DeepFace
import Testing

struct DistanceTests {
    @Test(arguments: DistanceMetric.allCases)
    func identicalEmbeddingsAreAtZero(_ metric: DistanceMetric) throws {
        let embedding = Stream.values(1, count: 128).map { Float($0) - 0.5 }
        #expect(try metric.distance(embedding, embedding) == 0)
    }

    @Test func knownAngles() throws {
        #expect(try abs(DistanceMetric.cosine.distance([1, 0], [0, 2]) - 1) < 1e-12)
        #expect(try abs(DistanceMetric.angular.distance([1, 0], [0, 2]) - 0.5) < 1e-12)
        #expect(try abs(DistanceMetric.angular.distance([1, 0], [-3, 0]) - 1) < 1e-12)
        #expect(try DistanceMetric.euclidean.distance([0, 0], [3, 4]) == 5)
        #expect(try abs(DistanceMetric.euclideanL2.distance([2, 0], [0, 5]) - 2.0.squareRoot()) < 1e-9)
    }

    @Test func whatHasNoDistanceIsAnError() throws {
        for (a, b) in [
            ([Float](), [Float]()), ([1], [1, 2]), ([Float.nan, 1], [1, 1]), ([Float.infinity, 1], [1, 1]),
        ] {
            for metric in DistanceMetric.allCases {
                let error = #expect(throws: DeepFaceError.self) { try metric.distance(a, b) }
                #expect(error?.code == .invalidEmbedding)
            }
        }
        #expect(throws: DeepFaceError.self) { try DistanceMetric.cosine.distance([0, 0], [0, 0]) }
        #expect(try DistanceMetric.euclidean.distance([0, 0], [0, 0]) == 0)
    }
}
