import ArgumentParser
import DeepFace
import Foundation
import Inference

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what is installed, what is missing, and how to fix it.",
        discussion: "Exits with 1 when something the defaults need is missing.")

    @Flag(help: "Print a table for people instead of JSON.") var pretty = false
    @Flag(help: "Print an error as JSON on standard output too.") var jsonErrors = false

    struct Finding: Encodable {
        let check: String
        let ok: Bool
        let found: String
        var fix: String?
    }

    func run() async throws {
        let store = WeightStore()
        var findings = [
            Finding(check: "deepface", ok: true, found: DeepFaceCommand.version),
            Finding(check: "cores", ok: true, found: "\(ProcessInfo.processInfo.activeProcessorCount)"),
            engine(), home(store), pip(),
        ]
        let defaults = [Options().model.name, Options().detector.name]
        for entry in WeightCatalog.all {
            findings.append(weights(entry, store, needed: defaults.contains(entry.name)))
        }
        if pretty {
            let rows = findings.map { [$0.ok ? "ok" : "--", $0.check, $0.found + ($0.fix.map { "; \($0)" } ?? "")] }
            try Output.print(table: rows)
        } else {
            try Output.print(findings, spread: true)
        }
        if findings.contains(where: { !$0.ok }) { throw ExitCode(1) }
    }

    private func engine() -> Finding {
        do throws(InferenceError) {
            _ = try OpenVINOEngine(threads: 1, streams: 1)
            return Finding(check: "engine", ok: true, found: "OpenVINO \(OpenVINOEngine.version)")
        } catch {
            return Finding(check: "engine", ok: false, found: "\(error)", fix: "run: make setup")
        }
    }

    private func home(_ store: WeightStore) -> Finding {
        let folder = store.folder
        let writable =
            (try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)) != nil
            && FileManager.default.isWritableFile(atPath: folder.path)
        return Finding(
            check: "weights folder", ok: true, found: folder.path + (writable ? "" : " (not writable)"),
            fix: writable ? nil : "to fetch weights, set DEEPFACE_HOME to a folder you may write")
    }

    private func pip() -> Finding {
        let paths = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let found = paths.map { "\($0)/python3" }.first { FileManager.default.isExecutableFile(atPath: $0) }
        return Finding(
            check: "python3 with pip", ok: true, found: found ?? "not found",
            fix: found == nil ? "needed only to fetch weights; run: apt-get install python3-pip" : nil)
    }

    private func weights(_ entry: WeightCatalog.Entry, _ store: WeightStore, needed: Bool) -> Finding {
        var problems: [String] = []
        var damaged = false
        for file in entry.files {
            switch store.glance(at: file) {
            case .present: break
            case .missing: problems.append("\(file.name) is missing")
            case .damaged(let reason):
                damaged = true
                problems.append("\(file.name) is damaged: \(reason)")
            }
        }
        return Finding(
            check: entry.name, ok: problems.isEmpty || !(needed || damaged),
            found: problems.isEmpty ? "weights present" : problems.joined(separator: ", "),
            fix: problems.isEmpty ? nil : "run: deepface models pull \(entry.name)")
    }
}
