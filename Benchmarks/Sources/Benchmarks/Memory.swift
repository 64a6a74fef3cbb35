import DeepFace
import Foundation
import Inference

/// What the largest network costs in memory.
enum Memory {
    static func run() throws {
        let compiled = Photos.package.appending(path: ".build/test-home/.deepface/compiled")
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: compiled.path)) ?? []
        guard let name = folders.first(where: { $0.hasPrefix("VGG-Face-") && !$0.hasSuffix(".part") }) else {
            return print("memory: skipped, .build/test-home has no compiled VGG-Face\n")
        }
        let folder = compiled.appending(path: name)
        let file = folder.appending(path: "weights.bin").path
        let weights = (try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0) / 1_000_000
        let before = resident()
        let engine = try OpenVINOEngine(threads: 2, streams: 1)
        let network = try engine.network(at: folder.appending(path: "model.onnx").path, weightsName: "weights.bin")
        let loaded = resident()
        _ = try network(Tensor(shape: [1, 3, 224, 224], values: Array(repeating: 0.5, count: 3 * 224 * 224)))
        let used = resident()
        print("VGG-Face, \(weights) MB of weights: resident memory, MB, and of that shared with the file")
        for (moment, now) in [("loaded", loaded), ("after a face", used)] {
            let cost = now.all - before.all
            print(
                String(
                    format: "  %@ %d, %d shared: %.2f x the weights",
                    moment.padding(toLength: 13, withPad: " ", startingAt: 0),
                    cost, now.shared - before.shared, Double(cost) / Double(weights)))
        }
        print("")
    }

    /// This process's resident memory and the part that is a file's, in MB.
    static func resident() -> (all: Int, shared: Int) {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        func megabytes(_ key: String) -> Int {
            let line = status.split(separator: "\n").first { $0.hasPrefix("\(key):") } ?? ""
            return (line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024 / 1_000_000
        }
        return (megabytes("VmRSS"), megabytes("RssFile"))
    }
}
