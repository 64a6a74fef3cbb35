import DeepFace
import Ensemble
import Foundation

/// What is in an ensemble, as JSON.
struct EnsembleDescription: Encodable {
    let kind: Ensemble.Kind
    let threshold: Double
    let features: [String]
    let members: [EnsembleMember]
    let training: TrainingReport?

    init(_ ensemble: Ensemble) {
        (kind, threshold) = (ensemble.kind, ensemble.threshold)
        features = ensemble.features.map(\.name)
        (members, training) = (ensemble.members, ensemble.training)
    }
}

extension Ensemble {
    /// What is in it, and what was measured, for people.
    var table: [[String]] {
        var rows = [["kind", kind.rawValue], ["threshold", "\(threshold)"]]
        guard let training else { return rows + features.map { ["distance", $0.name] } }
        rows.append(["kept", training.kept])
        rows.append([
            "pairs",
            "\(training.pairs): \(training.same) of one person, \(training.different) of different people; "
                + "\(training.people) people",
        ])
        for validation in training.validations {
            rows.append(["", ""])
            rows.append(["\(validation.folds) folds \(validation.by.words)", "right", "share", "EER", "AUC"])
            for result in validation.results {
                rows.append([
                    result.name, "\(result.right)", EvaluationReport.percent(result.accuracy),
                    EvaluationReport.percent(result.equalErrorRate),
                    result.area.map { String(format: "%.4f", $0) } ?? "n/a",
                ])
            }
            // In the last column, so that it widens none.
            rows += validation.comparisons.map { [$0.summary] }
        }
        return rows
    }
}

extension TrainingReport.Scheme {
    fileprivate var words: String {
        switch self {
        case .given: "of the file"
        case .people: "of people"
        case .pairs: "of pairs"
        }
    }
}
