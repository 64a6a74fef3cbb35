import DeepFace
import Foundation
import Inference
import Testing

/// Exported networks in another engine: ONNX Runtime, in the Python that `scripts/test-weights.sh` sets up.
@Suite(.needsShared, .needsTestHome, .serialized, .oneAtATime) struct ExportTests {
    private static let python = TestHome.folder.deletingLastPathComponent().appending(path: "test-python").path

    private static let script = """
        import json, sys, numpy, onnxruntime
        session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
        values = numpy.fromfile(sys.argv[2], numpy.float32).reshape([int(n) for n in sys.argv[3:]])
        output, *_ = session.run(None, {session.get_inputs()[0].name: values})
        print(json.dumps(output.ravel().tolist()))
        """

    @Test(arguments: [
        ("DeepID", [3, 55, 47]), ("OpenFace", [3, 96, 96]), ("GhostFaceNet", [3, 112, 112]), ("Emotion", [1, 48, 48]),
        ("Facenet", [3, 160, 160]), ("DeepFace", [3, 152, 152]), ("ArcFace", [3, 112, 112]), ("Dlib", [3, 150, 150]),
        ("ssrnet-gender", [3, 64, 64]), ("MiniFASNetV1SE", [3, 80, 80]), ("mtcnn-o", [3, 48, 48]),
    ])
    func onnxRuntimeGivesTheSame(name: String, shape: [Int]) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "deepface-export-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let deepface = TestHome.pipeline()
        let (file, numbers) = (folder.appending(path: "network.onnx"), folder.appending(path: "input"))
        try await deepface.exportedNetwork(named: name).write(to: file)
        let input = Tensor(
            shape: [2] + shape, values: Stream.values(4711, count: 2 * shape.reduce(1, *)).map { Float($0) })
        try input.values.withUnsafeBytes { try Data($0).write(to: numbers) }

        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.script, file.path, numbers.path] + input.shape.map(String.init)
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["PYTHONPATH": Self.python], uniquingKeysWith: { $1 })
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let theirs = try JSONDecoder().decode([Float].self, from: output)

        let stored = WeightCatalog.all.flatMap(\.networks).first { $0.name == name }
        let network = try await deepface.network(try #require(stored))
        let ours = try network(input)[0].values
        let largest = ours.map(abs).max() ?? 0
        let difference = zip(ours, theirs).map { abs($0 - $1) }.max() ?? .infinity
        #expect(
            ours.count == theirs.count && difference <= 1e-4 * max(1, largest), "\(name): \(difference) of \(largest)")
    }

    @Test func unknownNamesAreRefused() async {
        do throws(DeepFaceError) {
            _ = try await TestHome.deepface.exportedNetwork(named: "Nobody")
            Issue.record("there is no such network")
        } catch {
            #expect(error.code == .invalidOption && error.description.contains("MiniFASNetV2"))
        }
    }
}
