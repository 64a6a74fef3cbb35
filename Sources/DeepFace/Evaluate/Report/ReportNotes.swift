import Foundation

/// The settings, and what the numbers mean.
struct ReportNotes {
    let report: EvaluationReport
    let times: Bool

    var html: String {
        guard let recipe = report.results.first?.recipe else { return "" }
        let folds =
            report.folds.areGiven
            ? "\(report.folds.count), as the pairs file has them"
            : "\(report.folds.count), each with its share of both kinds, by a hash of the photos' names"
        var facts = [
            ("Folds", folds),
            ("Normalization", recipe.normalization.rawValue),
            ("Photos searched at", recipe.detectionSize),
            ("Landmarks of", recipe.landmarks + (recipe.anyRotation ? "; faces turned in any way" : "")),
            ("Expanded by", "\(recipe.expand) percent"),
            (
                "Faces a photo",
                recipe.maximumFaces.map { "at most \($0), the largest" } ?? "all; the two closest are compared"
            ),
            (
                "Without a face",
                recipe.enforceDetection
                    ? "the pair is judged “different”" : "the whole photo is taken for one"
            ),
            ("Numbers", recipe.precision),
            ("Right", "share of right verdicts at the model's own threshold, over all pairs"),
            ("With faces", "the same over the pairs in which both photos have a face"),
            (
                "Right, k-fold",
                "each fold judged at the threshold that is best for the others; mean ± standard deviation of the folds"
            ),
            ("EER", "the rate at which as many different people are accepted as pairs of one person are not"),
            ("AUC", "how likely a pair of one person is closer than a pair of different people"),
            (
                "TAR at a rate (FAR)",
                "share of one person's pairs accepted where at most this share of the others is; "
                    + "n/a where the pairs are too few"
            ),
        ]
        if times {
            facts.append(("Per photo", "median of decoding, finding, aligning and embedding on this machine"))
        }
        let weights = Set(report.results.map { "\($0.recipe.model): \($0.recipe.weights.prefix(16))" }).sorted()
        facts.append(("Weights (SHA-256)", weights.joined(separator: ", ")))
        let entries = facts.map { "<dt>\($0.0)</dt><dd>\(HTMLText.escaped($0.1))</dd>" }
        return "<dl>\(entries.joined(separator: "\n"))</dl>"
    }
}
