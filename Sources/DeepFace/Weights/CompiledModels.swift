import Foundation
import Inference

/// Networks made from published weights, kept as ONNX so that the next start reads them at once.
///
/// Each lies in its own folder, named by what it was made from; the folder appears whole, by one rename, so two
/// processes that build the same network at once do no harm.
struct CompiledModels: Sendable {
    let store: WeightStore
    let engine: OpenVINOEngine

    /// Raise when a change makes the same weights give another network.
    private static let builderVersion = 3

    /// The network called `name`, made from `files` by `build` unless it was made before.
    ///
    /// The files are read and checked every time, so that a missing or damaged one is an error at once.
    func network(
        _ name: String, from files: [PublishedFile], build: ([Data]) throws(WeightFileError) -> GraphBuilder
    ) throws(DeepFaceError) -> any Network {
        for file in files { try store.require(file) }
        let digest = WeightStore.sha256(Data(files.map(\.sha256).joined().utf8)).prefix(16)
        let folder = store.compiledFolder.appending(path: "\(name)-\(digest)-v\(Self.builderVersion)")
        if isWhole(folder), let network = try? engine.network(at: folder.appending(path: "model.onnx").path) {
            return network
        }
        // Not made yet, damaged, or made by an engine this one does not understand.
        try? FileManager.default.removeItem(at: folder)
        var contents: [Data] = []
        for file in files { contents.append(try store.bytes(of: file)) }
        let model: GraphBuilder.Model
        do throws(WeightFileError) {
            model = try build(contents).model()
        } catch {
            throw DeepFaceError(.weightsDamaged, "\(error)")
        }
        return try write(model, as: folder)
    }

    /// Whether both files are what was written, by their SHA-256.
    private func isWhole(_ folder: URL) -> Bool {
        let noted = try? String(contentsOf: folder.appending(path: Self.digestsName), encoding: .utf8)
        return noted != nil && noted == digests(of: folder)
    }

    private static let digestsName = "sha256"

    /// The SHA-256 of both files in `folder`; `nil` where one cannot be read.
    private func digests(of folder: URL) -> String? {
        let digests = ["model.onnx", "weights.bin"].map { WeightStore.sha256(ofFile: folder.appending(path: $0).path) }
        guard let model = digests[0], let weights = digests[1] else { return nil }
        return "\(model) \(weights)"
    }

    private func write(_ model: GraphBuilder.Model, as folder: URL) throws(DeepFaceError) -> any Network {
        let files = FileManager.default
        let own =
            "\(folder.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: 0 ... .max)).part"
        var part = folder.deletingLastPathComponent().appending(path: own)
        if (try? files.createDirectory(at: part, withIntermediateDirectories: true)) == nil {
            // A read-only home: the network still runs, from a temporary folder that goes once it is compiled.
            part = files.temporaryDirectory.appending(path: own)
        }
        defer { try? files.removeItem(at: part) }
        try AtomicFile.write(Data(model.onnx), to: part.appending(path: "model.onnx"))
        try AtomicFile.write(Data(model.weights), to: part.appending(path: "weights.bin"))
        let digests = "\(WeightStore.sha256(model.onnx)) \(WeightStore.sha256(model.weights))"
        try AtomicFile.write(Data(digests.utf8), to: part.appending(path: Self.digestsName))
        // Another process may have put the same network there meanwhile; else this one stays temporary.
        return try load(rename(part.path, folder.path) == 0 || isWhole(folder) ? folder : part)
    }

    private func load(_ folder: URL) throws(DeepFaceError) -> any Network {
        do throws(InferenceError) {
            return try engine.network(at: folder.appending(path: "model.onnx").path)
        } catch {
            throw DeepFaceError(.engine, "\(error)")
        }
    }
}
