import DeepFace
import Ensemble
import Foundation
import Testing

struct TrainingTests {
    /// Two distances that each tell half of it are worth more together, and the report says by how much.
    @Test(arguments: [Ensemble.Kind.boosted, .logistic]) func togetherIsBetter(_ kind: Ensemble.Kind) throws {
        let ensemble = try MadeUpPairs.ensemble(kind)
        #expect(ensemble.kind == kind)
        let report = try #require(ensemble.training)
        #expect(report.people == 16 && report.same == 48 && report.validations.map(\.by) == [.people, .pairs])
        for validation in report.validations {
            #expect(validation.results.count == 5)
            let rivalry = try #require(validation.comparisons.first { $0.name == kind.rawValue })
            #expect(rivalry.single.hasSuffix("cosine"))
            #expect(rivalry.difference > 0 && rivalry.onlyLearnedRight > rivalry.onlySingleRight)
            #expect(rivalry.interval[0] <= rivalry.difference && rivalry.difference <= rivalry.interval[1])
            let useless = try #require(validation.results.first { $0.name.hasSuffix("dlib landmarks euclidean") })
            #expect((useless.area ?? 0) < 0.65)
        }
        let likely = try ensemble.probabilities([
            [0.3, 0.3, 0.5], [0.7, 0.7, 0.5], [nil, nil, nil], [0.3, nil, nil],
        ])
        #expect(try #require(likely[0]) > ensemble.threshold && #require(likely[1]) < ensemble.threshold)
        #expect(likely[2] == nil && likely[3] != nil)
        #expect(throws: DeepFaceError.self) { try ensemble.probabilities([[0.3]]) }
    }

    /// Where distances add up, boosting has nothing to find that logistic regression does not.
    @Test func boostingMustEarnItsPlace() throws {
        let ensemble = try MadeUpPairs.ensemble(nil)
        let report = try #require(ensemble.training)
        let results = Dictionary(uniqueKeysWithValues: report.validations[0].results.map { ($0.name, $0.right) })
        #expect(try #require(results["logistic"]) >= #require(results["boosted"]))
        #expect(ensemble.kind == .logistic && report.kept.contains("boosting was not better"))
    }

    @Test func nobodyIsLearnedFromAndJudged() throws {
        let table = MadeUpPairs.table()
        let splits = Splits.all(table, folds: 4)
        #expect(splits.map(\.scheme) == [.people, .pairs])
        for split in splits {
            #expect(split.parts.flatMap(\.testing).sorted() == Array(table.pairs.indices))
            for part in split.parts { #expect(Set(part.training).isDisjoint(with: part.testing)) }
        }
        for part in splits[0].parts {
            func people(_ places: [Int]) -> Set<Int> {
                Set(places.flatMap { [table.people.numbers[$0].0, table.people.numbers[$0].1] })
            }
            #expect(people(part.training).isDisjoint(with: people(part.testing)))
        }
        let given = table.pairs.enumerated().map {
            LabelledPair($1.first, $1.second, same: $1.same, fold: $0 % 3)
        }
        #expect(Splits.all(PairTable(given, table.rows), folds: 4).map(\.scheme) == [.given])
    }

    @Test func tooFewPairsAreSaidToBe() {
        let pairs = [
            LabelledPair("a", "b", same: true), LabelledPair("c", "d", same: true), LabelledPair("a", "c", same: false),
        ]
        let table = PairTable(pairs, [[0.1, 0.1, 0.1], [0.2, 0.2, 0.2], [0.9, 0.9, 0.9]])
        let error = #expect(throws: DeepFaceError.self) { try MadeUpPairs.ensemble(nil, table) }
        #expect(error?.code == .invalidOption && error?.message.contains("too few") == true)
    }

    /// McNemar's test by its binomial sums, and an interval that knows chance from difference.
    @Test func comparisonsKnowNoise() {
        let table = MadeUpPairs.table()
        let count = table.pairs.count
        let all = [Bool](repeating: true, count: count)
        func missing(_ places: [Int]) -> [Bool] { (0..<count).map { !places.contains($0) } }
        let even = Comparison(missing([1, 5]), missing([9, 14]), table.people)
        #expect(even.difference == 0 && even.chance == 1 && !even.isMoreThanNoise)
        let few = Comparison(all, missing([3]), table.people)
        #expect(few.onlyOne == 1 && few.onlyOther == 0 && few.chance == 1 && !few.isMoreThanNoise)
        let many = Comparison(all, missing(Array(stride(from: 0, to: count, by: 4))), table.people)
        #expect(many.chance < 1e-6 && many.interval.lowerBound > 0 && many.isMoreThanNoise)
        // 1 of 6: 2 · (1 + 6) / 64.
        let uneven = Comparison(missing([0]), missing([10, 20, 30, 40, 50]), table.people)
        #expect(abs(uneven.chance - 0.21875) < 1e-12)
    }

    @Test func peopleAreWhoPairsConnect() {
        let people = PairPeople([
            LabelledPair("c", "b", same: true), LabelledPair("b", "a", same: true), LabelledPair("a", "d", same: false),
            LabelledPair("d", "e", same: false),
        ])
        #expect(people.count == 3)
        #expect(people.numbers[0].0 == people.numbers[1].1 && people.numbers[2].0 != people.numbers[2].1)
    }
}
