import Crypto
import Foundation
import Inference

/// Networks made from published weights, kept as ONNX so that the next start reads them at once.
///
/// Each lies in its own folder, named by what it was made from; the folder appears whole, by one rename, so two
/// processes that build the same network at once do no harm. The engine maps the weights into memory, and processes
/// that use the same network share them.
struct CompiledModels: Sendable {
    let store: WeightStore
    let engine: OpenVINOEngine

    /// Raise when a change makes the same weights give another network.
    private static let builderVersion = 5

    /// The network, made from its files unless it was made before.
    ///
    /// - Throws: `weightsMissing`, `weightsDamaged` (which a file of another model is too), `engine`.
    func network(_ stored: StoredNetwork) throws(DeepFaceError) -> any Network {
        var digests: [String] = []
        for file in stored.files { digests.append(try store.digest(of: file)) }
        let build: Build
        switch stored.form {
        case .ready(let input, let output): return try ready(stored, input, output)
        case .built(let body): build = body
        }
        let digest = WeightStore.sha256(Data(digests.joined().utf8)).prefix(16)
        let folder = store.compiledFolder.appending(path: "\(stored.name)-\(digest)-v\(Self.builderVersion)")
        if isWhole(folder), let network = try? load(folder) { return network }
        // Not made yet, damaged, or made by an engine this one does not understand.
        do throws(DeepFaceError) {
            return try make(stored, build, folder, in: store.compiledFolder)
        } catch {
            // A full disk or a read-only home: the network still runs, from a folder that goes once it is compiled.
            guard error.code == .unwritableOutput else { throw error }
            return try make(stored, build, folder, in: FileManager.default.temporaryDirectory)
        }
    }

    /// The network as one ONNX file that holds its weights too.
    func exported(_ stored: StoredNetwork) throws(DeepFaceError) -> Data {
        for file in stored.files { _ = try store.digest(of: file) }
        guard case .built(let build) = stored.form else { return try store.bytes(of: stored.files[0]) }
        var graph = GraphBuilder(name: stored.name)
        try run(build, &graph, stored)
        return Data(graph.model())
    }

    private func ready(
        _ stored: StoredNetwork, _ input: [Int?], _ output: Int?
    ) throws(DeepFaceError) -> any Network {
        let path = store.url(of: stored.files[0]).path
        func unusable(_ reason: String) -> DeepFaceError {
            DeepFaceError(
                .weightsDamaged, "the network cannot be used: \(reason)", input: path,
                advice: "check that it is the right file")
        }
        do throws(WeightFileError) {
            try NetworkFileCheck.run(path)
        } catch {
            throw DeepFaceError(.weightsDamaged, error.reason.description, input: error.file)
        }
        let network: any Network
        do throws(InferenceError) {
            network = try engine.network(at: path, input: input)
        } catch {
            throw unusable(error.detail)
        }
        func words(_ shape: [Int?]) -> String { shape.map { $0.map(String.init) ?? "any" }.joined(separator: " × ") }
        let (takes, gives) = (network.inputShape, network.outputShapes.first ?? [])
        func agree(_ given: Int?, _ wanted: Int?) -> Bool { given == nil || wanted == nil || given == wanted }
        let fits = takes.count == input.count + 1 && zip(takes.dropFirst(), input).allSatisfy(agree)
        guard fits else {
            throw unusable("it takes \(words(takes)), and batch × \(words(input)) is needed")
        }
        guard let output else { return network }
        guard gives.count == 2, gives[1] == nil || gives[1] == output else {
            throw unusable("it gives \(words(gives)), and batch × \(output) is needed")
        }
        return network
    }

    private static let model = "model.onnx"
    private static let weights = "weights.bin"
    private static let digests = "sha256"

    /// Whether both files are what was written, by their SHA-256.
    private func isWhole(_ folder: URL) -> Bool {
        guard let noted = try? String(contentsOf: folder.appending(path: Self.digests), encoding: .utf8),
            let model = try? store.memo.sha256(ofFile: folder.appending(path: Self.model).path),
            let weights = try? store.memo.sha256(ofFile: folder.appending(path: Self.weights).path)
        else { return false }
        return noted == "\(model) \(weights)"
    }

    private typealias Build = @Sendable (inout GraphBuilder, [String]) throws(WeightFileError) -> Void

    /// Makes the network in a folder of its own, loads it from there, and then puts the folder in place.
    private func make(
        _ stored: StoredNetwork, _ build: Build, _ folder: URL, in parent: URL
    ) throws(DeepFaceError) -> any Network {
        let files = FileManager.default
        func own(_ ending: String) -> URL {
            let number = "\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: 0 ... .max))"
            return parent.appending(path: "\(folder.lastPathComponent).\(number).\(ending)")
        }
        let part = own("part")
        do {
            try files.createDirectory(at: part, withIntermediateDirectories: true)
        } catch {
            throw DeepFaceError(
                .unwritableOutput, "cannot be made: \(error.localizedDescription)", input: part.path,
                advice: "check the folder's permissions and the free space")
        }
        defer { try? files.removeItem(at: part) }
        let weights = try WeightsWriter(part.appending(path: Self.weights))
        var graph = GraphBuilder(name: stored.name, external: .init(fileName: Self.weights, append: weights.append))
        try run(build, &graph, stored)
        let weightsDigest = try weights.finish()
        let model = graph.model()
        try AtomicFile.write(Data(model), to: part.appending(path: Self.model))
        let digests = "\(WeightStore.sha256(model)) \(weightsDigest)"
        try AtomicFile.write(Data(digests.utf8), to: part.appending(path: Self.digests))
        let network: any Network
        do throws(InferenceError) {
            network = try load(part)
        } catch {
            throw DeepFaceError(.engine, "\(error)")
        }
        guard parent == store.compiledFolder else { return network }
        // What is there is damaged, or another process has put the same network there meanwhile; those who use it keep
        // it.
        if rename(part.path, folder.path) != 0 {
            let old = own("old")
            if rename(folder.path, old.path) == 0 { _ = rename(part.path, folder.path) }
            try? files.removeItem(at: old)
        }
        removeStale(besides: folder)
        return network
    }

    private func load(_ folder: URL) throws(InferenceError) -> any Network {
        try engine.network(at: folder.appending(path: Self.model).path, weightsName: Self.weights)
    }

    /// Removes what earlier versions of the builder made of the same weights, and what killed processes left.
    private func removeStale(besides folder: URL) {
        let files = FileManager.default
        let prefix = folder.lastPathComponent.split(separator: "-").dropLast().joined(separator: "-") + "-v"
        for name in (try? files.contentsOfDirectory(atPath: store.compiledFolder.path)) ?? [] {
            let place = store.compiledFolder.appending(path: name)
            let stale: Bool
            if name.hasSuffix(".part") || name.hasSuffix(".old") {
                let made = try? files.attributesOfItem(atPath: place.path)[.modificationDate] as? Date
                stale = made.map { $0.timeIntervalSinceNow < -24 * 3600 } ?? false
            } else {
                let version = name.hasPrefix(prefix) ? Int(name.dropFirst(prefix.count)) : nil
                stale = version.map { $0 < Self.builderVersion } ?? false
            }
            if stale { try? files.removeItem(at: place) }
        }
    }

    private func run(
        _ build: Build, _ graph: inout GraphBuilder, _ stored: StoredNetwork
    ) throws(DeepFaceError) {
        do throws(WeightFileError) {
            try build(&graph, stored.files.map { store.url(of: $0).path })
        } catch {
            throw DeepFaceError(.weightsDamaged, error.reason.description, input: error.file)
        }
    }
}

/// The weights file of a network being made: written, and its digest taken, as the numbers come.
private final class WeightsWriter {
    private let url: URL
    private let handle: FileHandle
    private var hash = SHA256()
    private var failure: (any Error)?

    init(_ url: URL) throws(DeepFaceError) {
        self.url = url
        guard FileManager.default.createFile(atPath: url.path, contents: nil),
            let handle = FileHandle(forWritingAtPath: url.path)
        else { throw Self.unwritable(url, String(cString: strerror(errno))) }
        self.handle = handle
    }

    func append(_ bytes: UnsafeRawBufferPointer) {
        guard failure == nil, let base = bytes.baseAddress else { return }
        hash.update(bufferPointer: bytes)
        let data = Data(bytesNoCopy: UnsafeMutableRawPointer(mutating: base), count: bytes.count, deallocator: .none)
        do { try handle.write(contentsOf: data) } catch { failure = error }
    }

    /// Has the file on the disk and returns its SHA-256.
    func finish() throws(DeepFaceError) -> String {
        do {
            if let failure { throw failure }
            try handle.synchronize()
            try handle.close()
        } catch {
            throw Self.unwritable(url, error.localizedDescription)
        }
        return WeightStore.hexadecimal(hash.finalize())
    }

    private static func unwritable(_ url: URL, _ reason: String) -> DeepFaceError {
        DeepFaceError(
            .unwritableOutput, "cannot be written: \(reason)", input: url.path,
            advice: "check the folder's permissions and the free space")
    }
}
