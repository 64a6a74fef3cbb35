import DeepFace
import Testing

extension Trait where Self == ConditionTrait {
    /// Runs the test only where the weights of these models and detectors are installed; `make test` brings them.
    static func needsWeights(_ names: String...) -> Self {
        .enabled(
            if: names.allSatisfy { name in
                WeightCatalog.entry(named: name)?.files.allSatisfy {
                    TestPipeline.deepface.store.glance(at: $0) == .present
                }
                    ?? false
            },
            "skipped: not all weights are there; run: deepface models pull \(names.joined(separator: " "))")
    }
}
