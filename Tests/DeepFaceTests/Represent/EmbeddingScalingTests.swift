import DeepFace
import Testing

@Suite(.needsShared) struct EmbeddingScalingTests {
    struct Golden: Decodable {
        let model, inp: String
        let minmax, l2: [Double]
    }

    @Test func scalesArePythons() throws {
        let goldens: [Golden] = try Shared.golden("embedding_normalization")
        for golden in goldens {
            // "(stream(8200,i)-.5)*8, n=16"
            let numbers = golden.inp.matches(of: /\d*\.?\d+/).compactMap { Double($0.output) }
            let input = Stream.values(Int(numbers[0]), count: golden.minmax.count)
                .map { Float(($0 - numbers[1]) * numbers[2]) }
            let model = try RecognitionRegistry.model(named: golden.model)
            for (found, expected) in [
                (model.scaled(input, minMax: true), golden.minmax),
                (model.scaled(input, unitLength: true), golden.l2),
            ] {
                #expect(zip(found, expected).allSatisfy { abs(Double($0) - $1) < 1e-6 }, "\(golden.model)")
            }
        }
        #expect(goldens.count >= 8)
    }
}
