import DeepFace
import Foundation

extension TrainingReport.Rivalry {
    init(_ learned: CrossValidation.Outcome, _ single: CrossValidation.Outcome, _ people: PairPeople) {
        let comparison = Comparison(learned.isRight, single.isRight, people)
        name = learned.name
        self.single = single.name
        difference = comparison.difference.rounded(toPlaces: 6)
        interval = [comparison.interval.lowerBound, comparison.interval.upperBound].map { $0.rounded(toPlaces: 6) }
        onlyLearnedRight = comparison.onlyOne
        onlySingleRight = comparison.onlyOther
        chance = comparison.chance.rounded(toPlaces: 6)
        isMoreThanNoise = comparison.isMoreThanNoise
        summary = Self.words(learned, single, comparison)
    }

    private static func words(
        _ learned: CrossValidation.Outcome, _ single: CrossValidation.Outcome, _ comparison: Comparison
    ) -> String {
        let total = learned.isRight.count
        let gain = learned.right - single.right
        let names = "\(learned.name) is right on \(learned.right) of \(total) pairs"
        let rival = "the best single distance (\(single.name)) on \(single.right)"
        guard comparison.onlyOne + comparison.onlyOther > 0 else {
            return "\(names), \(rival): the same verdicts on all pairs, no difference"
        }
        func percent(_ share: Double) -> String { String(format: "%+.2f %%", share * 100) }
        let far =
            "\(percent(comparison.difference)), 95 % sure: \(percent(comparison.interval.lowerBound)) to "
            + "\(percent(comparison.interval.upperBound)); p = \(String(format: "%.2g", comparison.chance))"
        let amount = gain == 0 ? "as many" : "\(abs(gain)) \(gain > 0 ? "more" : "fewer")"
        let noise = comparison.isMoreThanNoise ? "more than noise" : "not more than noise"
        return "\(names), \(rival): \(amount) (\(far)); that is \(noise)"
    }
}
