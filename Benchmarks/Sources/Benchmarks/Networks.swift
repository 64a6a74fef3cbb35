import DeepFace
import Foundation
import Inference

/// Each network alone: the file that `deepface models export` writes, run by our engine, by ONNX Runtime, and as Python
/// DeepFace runs it by TensorFlow, one right after the other; and the times recorded from Python on a faster machine.
enum Networks {
    struct Row {
        let name: String
        /// Input of one face: channels, rows, columns.
        let shape: [Int]
        /// Python's recorded medians, milliseconds: one face; each of sixteen.
        let python: (one: Double, ofSixteen: Double)?
    }

    static let rows = [
        Row(name: "VGG-Face", shape: [3, 224, 224], python: (118.72, 69.54)),
        Row(name: "Facenet", shape: [3, 160, 160], python: (114.93, 8.66)),
        Row(name: "Facenet512", shape: [3, 160, 160], python: (113.96, 8.71)),
        Row(name: "OpenFace", shape: [3, 96, 96], python: (42.77, 2.23)),
        Row(name: "DeepFace", shape: [3, 152, 152], python: (411.86, 5.89)),
        Row(name: "DeepID", shape: [3, 55, 47], python: (3.31, 0.28)),
        Row(name: "Dlib", shape: [3, 150, 150], python: (7.28, 7.02)),
        Row(name: "ArcFace", shape: [3, 112, 112], python: (73.11, 20.94)),
        Row(name: "GhostFaceNet", shape: [3, 112, 112], python: (95.02, 6.97)),
        Row(name: "Age", shape: [3, 224, 224], python: (110.15, 74.86)),
        Row(name: "Emotion", shape: [1, 48, 48], python: (3.86, 0.39)),
        Row(name: "ssrnet-age", shape: [3, 64, 64], python: nil),
        Row(name: "oarriaga-gender", shape: [1, 64, 64], python: nil),
        Row(name: "MiniFASNetV2", shape: [3, 80, 80], python: nil),
    ]

    static func run(only wanted: Set<String>) async throws {
        let package = Photos.package
        let home = package.appending(path: ".build/test-home")
        guard FileManager.default.fileExists(atPath: home.path) else {
            return print("networks: skipped, .build/test-home is not filled\n")
        }
        var configuration = Configuration()
        configuration.home = home
        configuration.checksDigests = false
        let deepface = try DeepFace(configuration: configuration)
        let engine = try OpenVINOEngine(threads: configuration.threads, streams: 1)
        let folder = FileManager.default.temporaryDirectory.appending(path: "deepface-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }

        let peer = try Peer(package, threads: configuration.threads)
        print("networks, milliseconds a face, median; x: how many times longer the others take")
        let columns = "    ours     ORT     x  TensorFlow     x  recorded     x"
        print("                one face\(String(repeating: " ", count: 46))each of sixteen")
        print("                \(columns) \(columns)")
        var logarithms: [Double] = []
        for row in rows where wanted.isEmpty || wanted.contains(row.name) {
            let file = folder.appending(path: "\(row.name).onnx")
            try await deepface.exportedNetwork(named: row.name).write(to: file)
            let network = try engine.network(at: file.path)
            let ours = try [1, 16].map { batch in
                let count = row.shape.reduce(batch, *)
                let input = Tensor(shape: [batch] + row.shape, values: (0..<count).map { Float($0 % 251) / 251 })
                return try Self.median(of: batch == 1 ? 31 : 9) { _ = try network(input) } / Double(batch)
            }
            let onnxRuntime = try peer.onnxRuntime(file, row.shape)
            try FileManager.default.removeItem(at: file)
            let tensorFlow = try row.python == nil ? nil : peer.tensorFlow(row.name)
            logarithms += zip(ours, onnxRuntime).map { log($1 / $0) }
            var line = row.name.padding(toLength: 16, withPad: " ", startingAt: 0)
            for (index, recorded) in [row.python?.one, row.python?.ofSixteen].enumerated() {
                line += String(
                    format: "%8.2f%8.2f%6.2f", ours[index], onnxRuntime[index], onnxRuntime[index] / ours[index])
                line +=
                    tensorFlow.map { String(format: "%12.2f%6.1f", $0[index], $0[index] / ours[index]) }
                    ?? "           -     -"
                line += recorded.map { String(format: "%10.2f%6.1f ", $0, $0 / ours[index]) } ?? "         -     - "
            }
            print(line)
        }
        let mean = exp(logarithms.reduce(0, +) / Double(max(1, logarithms.count)))
        print(String(format: "ONNX Runtime takes %.2f times as long, geometric mean\n", mean))
    }

    private static func median(of count: Int, _ work: () throws -> Void) throws -> Double {
        for _ in 0..<3 { try work() }
        var times: [Double] = []
        for _ in 0..<count {
            let start = ContinuousClock.now
            try work()
            times.append((ContinuousClock.now - start) / .milliseconds(1))
        }
        return Benchmarks.median(times)
    }
}
