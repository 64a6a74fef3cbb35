import DeepFace
import Ensemble
import Foundation
import TestSupport
import Testing

struct LearningTests {
    /// One distance of two values, once with three of four pairs of one person, once with one of four: by symmetry the bias
    /// is 0, and the weight is where the cost's derivative, which can be written down, is 0.
    @Test func logisticRegressionIsAtItsMinimum() throws {
        let rows: [[Double]] = (0..<40).map { [$0 < 20 ? 2 : 6] }
        let same = (0..<40).map { $0 < 20 ? $0 < 15 : $0 < 25 }
        let model = LogisticModel(rows, same: same, penalty: 1)
        #expect(model.means == [4] && model.deviations == [2])
        #expect(abs(model.bias) < 1e-8)
        let weight = try #require(model.weights.first)
        #expect(weight < -0.5)
        let likely = 1 / (1 + exp(weight))
        #expect(abs(-40 * (likely - 0.75) + weight) < 1e-7)
        #expect(abs(model.probability([2]) - likely) < 1e-12)
        #expect(abs(model.probability([.nan]) - 0.5) < 1e-8)
        // Without a penalty to speak of, the shares themselves.
        let free = LogisticModel(rows, same: same, penalty: 1e-9)
        #expect(abs(free.probability([2]) - 0.75) < 1e-6 && abs(free.probability([6]) - 0.25) < 1e-6)
    }

    /// Pairs that can be told apart without mistake, columns that say the same, and ones that say nothing.
    @Test func logisticRegressionHoldsOnHardInputs() {
        let rows: [[Double]] = (0..<30).map { index in
            let value = Double(index)
            return [value, 2 * value, 7, index % 3 == 0 ? Double.nan : 1]
        }
        let model = LogisticModel(rows, same: (0..<30).map { $0 < 10 })
        #expect(model.weights.allSatisfy { $0.isFinite } && model.bias.isFinite)
        #expect(abs(model.weights[0] - model.weights[1]) < 1e-6 && model.weights[0] < 0)
        #expect(model.probability(rows[0]) > 0.9 && model.probability(rows[29]) < 0.1)
    }

    @Test func boostedTreesComeBackAsTheyWere() throws {
        let table = MadeUpPairs.table()
        let same = table.pairs.map(\.same)
        let trees = try BoostedTrees(table.rows, same: same)
        let likely = try trees.probabilities(table.rows)
        let again = try BoostedTrees(json: trees.json, features: 3)
        #expect(try again.probabilities(table.rows) == likely)
        // The same pairs give the same trees.
        #expect(try BoostedTrees(table.rows, same: same).json == trees.json)
        let right = zip(likely, same).count { ($0 > 0.5) == $1 }
        #expect(right > same.count * 19 / 20)
        // A larger distance never makes one person likelier; a missing one is allowed.
        let rising = try trees.probabilities((0..<50).map { [Double($0) / 50, 0.5, 0.5] })
        #expect(zip(rising, rising.dropFirst()).allSatisfy { $0 >= $1 } && rising[0] > rising[49])
        #expect(try trees.probabilities([[0.2, .nan, .nan]])[0].isFinite)
    }

    @Test func damagedTreesAreRefused() throws {
        let table = MadeUpPairs.table(people: 8)
        let json = try BoostedTrees(table.rows, same: table.pairs.map(\.same)).json
        func refused(_ text: String, features: Int = 3) -> Bool {
            do {
                _ = try BoostedTrees(json: text, features: features)
                return false
            } catch {
                return error.code == .unreadableInput
            }
        }
        #expect(!refused(json))
        #expect(refused("") && refused("{}") && refused("[1]") && refused(String(json.dropLast(9))))
        #expect(refused(json, features: 4))
        #expect(refused(json.replacing("binary:logistic", with: "reg:squarederror")))
        // A question about a distance that is not there, and a way that leads nowhere, or round and round.
        let questions = try #require(json.firstMatch(of: /"split_indices":\[\d/))
        #expect(refused(json.replacing(questions.output, with: "\"split_indices\":[9", maxReplacements: 1)))
        let ways = try #require(json.firstMatch(of: /"left_children":\[1/))
        for wrong in ["999999", "0", "-7"] {
            #expect(refused(json.replacing(ways.output, with: "\"left_children\":[\(wrong)", maxReplacements: 1)))
        }
    }
}
