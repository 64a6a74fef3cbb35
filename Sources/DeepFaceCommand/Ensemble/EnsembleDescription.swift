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
    /// What is in it, and what was measured, as tables for people.
    private var tables: [[[String]]] {
        let head = [["kind", kind.rawValue], ["threshold", "\(threshold)"]]
        guard let training else { return [head + features.map { ["distance", $0.name] }] }
        let pairs =
            "\(training.pairs): \(training.same) of one person, \(training.different) of different people; "
            + "\(training.people) people"
        return [head + [["kept", training.kept], ["pairs", pairs]]]
            + training.validations.flatMap { validation in
                [validation.table, validation.comparisons.map { [$0.summary] }]
            }
    }

    /// Prints all that, and where it was written.
    func printTables(_ file: String? = nil) throws {
        for (index, table) in tables.enumerated() { try Output.print(table: (index > 0 ? [[""]] : []) + table) }
        if let file { try Output.print(table: [[""], ["written to", file]]) }
    }
}

extension TrainingReport.Validation {
    fileprivate var table: [[String]] {
        [["\(folds) folds \(by.words)", "right", "share", "EER", "AUC"]]
            + results.map { result in
                [
                    result.name, "\(result.right)", EvaluationReport.percent(result.accuracy),
                    EvaluationReport.percent(result.equalErrorRate),
                    result.area.map { String(format: "%.4f", $0) } ?? "n/a",
                ]
            }
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
