import ArgumentParser
import DeepFace
import Foundation

/// Labelled pairs, and with which models, detectors and alignments they are looked at.
struct PairOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The pairs: pairs.txt of LFW, or CSV.", valueName: "file"))
    var pairs: String

    @Option(help: ArgumentHelp("The folder that the pairs' photos are in.", valueName: "dir"))
    var images: String

    @Option(help: ArgumentHelp("Models, separated by commas; as --model.", valueName: "list"))
    var models: NameList?

    @Option(help: ArgumentHelp("Detectors, separated by commas; as --detector.", valueName: "list"))
    var detectors: NameList?

    @Option(help: ArgumentHelp("Alignments, separated by commas; as --align.", valueName: "list"))
    var alignments: NameList?

    @Option(help: ArgumentHelp("Keep embeddings here. (default: ~/.deepface/evaluate)", valueName: "dir"))
    var cache: String?

    @Option(
        help: ArgumentHelp(
            "Photos at once. With more than 1 their times include waiting for each other.", valueName: "n"))
    var parallel = 1

    func check() throws {
        if !(1...256).contains(parallel) { throw ValidationError("--parallel is a number from 1 to 256") }
    }

    var folder: URL { URL(fileURLWithPath: images, isDirectory: true) }

    /// What is asked for, but for metrics.
    func evaluation(_ labelled: [LabelledPair], _ shared: SharedOptions) throws -> Evaluation {
        var evaluation = Evaluation(pairs: labelled, images: folder)
        evaluation.options = try shared.options()
        evaluation.configuration = shared.faces.configuration()
        evaluation.parallel = parallel
        evaluation.cache = cache.map { URL(fileURLWithPath: $0, isDirectory: true) }
        evaluation.models = try models?.names.map(RecognitionRegistry.model) ?? [evaluation.options.model]
        evaluation.detectors = try detectors?.names.map(DetectorRegistry.detector) ?? [evaluation.options.detector]
        evaluation.alignments = try alignments?.values("--alignments") ?? shared.faces.align.map { [$0] }
        return evaluation
    }

    /// Where networks of one's own lie, by their models' names.
    func sources(_ shared: SharedOptions) throws -> [String: String] {
        var sources: [String: String] = [:]
        for name in models?.names ?? [shared.model] where name.lowercased().hasPrefix("onnx:") {
            let path = URL(fileURLWithPath: String(name.dropFirst(5))).path
            let model = try RecognitionRegistry.model(named: name)
            guard sources.updateValue("onnx:\(path)", forKey: model.name) == nil else {
                throw ValidationError("--models: two networks are called \(model.name)")
            }
        }
        return sources
    }
}
