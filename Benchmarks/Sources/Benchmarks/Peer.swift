import Foundation

/// Other engines, each in a Python process of its own.
struct Peer {
    private let package: URL
    private let threads: Int
    private let hasTensorFlow: Bool
    /// The recorded descriptions of the layers.
    private let manifests: URL

    init(_ package: URL, threads: Int) throws {
        self.package = package
        self.threads = threads
        manifests = Photos.shared.appending(path: "peer/manifests")
        hasTensorFlow = FileManager.default.fileExists(
            atPath: package.appending(path: ".build/peer-python/tf_keras").path)
        if !hasTensorFlow { print("TensorFlow is not measured; run make bench-peer to have it\n") }
    }

    /// Medians in milliseconds: one face; each of sixteen.
    func onnxRuntime(_ file: URL, _ shape: [Int]) throws -> [Double] {
        try run("onnxruntime_speed.py", "test-python", [file.path, "\(threads)"] + shape.map(String.init))
    }

    /// The same; `nil` where there is no TensorFlow or no description of the network.
    func tensorFlow(_ model: String) throws -> [Double]? {
        let manifest = manifests.appending(path: "\(model).json")
        guard hasTensorFlow, FileManager.default.fileExists(atPath: manifest.path) else { return nil }
        return try run("tensorflow_speed.py", "peer-python", [manifest.path])
    }

    /// Medians in milliseconds of OpenCV's YuNet: of each photo; of a small frame. `nil` where there is no OpenCV.
    func openCV(_ model: String, _ photos: [String]) throws -> [Double]? {
        guard FileManager.default.fileExists(atPath: package.appending(path: ".build/peer-python/cv2").path) else {
            return nil
        }
        return try run("opencv_speed.py", "peer-python", [model] + photos)
    }

    private func run(_ script: String, _ python: String, _ arguments: [String]) throws -> [Double] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", package.appending(path: "Benchmarks/\(script)").path] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["PYTHONPATH": package.appending(path: ".build/\(python)").path], uniquingKeysWith: { $1 })
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONDecoder().decode([Double].self, from: output)
    }
}
