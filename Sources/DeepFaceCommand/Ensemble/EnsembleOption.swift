import ArgumentParser
import DeepFace
import Ensemble
import Foundation

/// `--ensemble FILE`, for commands that judge.
struct EnsembleOption {
    let file: String
    let shared: SharedOptions

    /// Refuses options that say how faces are found and compared: the ensemble does.
    static func check(_ shared: SharedOptions, _ verdict: VerdictOptions?) throws {
        let (faces, usual) = (shared.faces, Options())
        let given: [(String, Bool)] = [
            ("--model", shared.model != usual.model.name), ("--detector", faces.detector != usual.detector.name),
            ("--align", faces.align != nil), ("--normalization", shared.normalization != usual.normalization),
            ("--detect-size", faces.detectSize != usual.detectionSize),
            ("--landmarks", faces.landmarks != usual.landmarks), ("--any-rotation", faces.anyRotation),
            ("--expand", faces.expand != usual.expand), ("--metric", verdict?.metric != nil),
        ]
        if let name = given.first(where: \.1)?.0 {
            throw ValidationError(
                "\(name) does not go with an ensemble: its file says how faces are found and compared")
        }
        if case .file? = verdict?.threshold {
            throw ValidationError("--threshold @FILE is a distance; with an ensemble it is a probability")
        }
    }

    /// Prints the verdict on two photos, and tells it.
    func compare(_ first: String, _ second: String, _ verdict: VerdictOptions) async throws -> Bool {
        let ensemble = try Ensemble(contentsOf: file)
        let look = try shared.options()
        let verifier = try EnsembleVerifier(ensemble, shared.faces.deepface(look))
        let sources = (try ImageSource(argument: first), try ImageSource(argument: second))
        var threshold: Double?
        if case .number(let number)? = verdict.threshold { threshold = number }
        let result = try await Progress.waiting("comparing") { [threshold] in
            try await verifier.verify(sources.0, sources.1, look: look, threshold: threshold)
        }
        if shared.faces.pretty {
            try Output.print(table: result.table(first, second))
        } else {
            try Output.print(result, spread: true)
        }
        return result.verified
    }
}

extension EnsembleVerification {
    fileprivate func table(_ first: String, _ second: String) -> [[String]] {
        func place(_ area: FacialArea) -> String { "\(area.w) x \(area.h) at (\(area.x), \(area.y))" }
        return [
            ["verdict", verified ? "same person" : "different people"],
            ["probability", "\(probability) (\(kind.rawValue)), threshold \(threshold)"],
        ] + features.map { [$0.name, $0.distance.map { "\($0)" } ?? "no face"] } + [
            ["face in \(first)", place(facialAreas.img1)],
            ["face in \(second)", place(facialAreas.img2)],
            ["time", "\(time) s"],
        ]
    }
}
