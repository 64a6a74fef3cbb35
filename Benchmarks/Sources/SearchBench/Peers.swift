import Foundation

/// Runs what is measured, each in a process of its own that prints a `Result` a line.
struct Peers {
    let folder: URL

    static let names = [
        "pandas", "numpy", "faiss-flat", "faiss-sq8", "faiss-ivf", "faiss-pq", "faiss-ivfpq", "scann", "hnswlib",
        "usearch", "faiss-hnsw",
    ]
    /// More vectors than this do not fit in memory twice, as most of them want.
    static let most = 10_000_000

    /// The root of the repository.
    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static let python = package.appending(path: ".build/search-peer-python")

    var areInstalled: Bool { FileManager.default.fileExists(atPath: Self.python.appending(path: "faiss").path) }

    /// One of `names`, or `truth`.
    func run(_ name: String, _ each: (Result) -> Void) throws {
        let script = Self.package.appending(path: "Benchmarks/search_peers.py").path
        try run("/usr/bin/env", ["python3", script, folder.path, name], each)
    }

    func runOurs(_ name: String, _ data: SearchData, _ each: (Result) -> Void) throws {
        let arguments = ["\(data.count)", "\(data.gallery.dimensions)", "--run", name, folder.path]
        try run(CommandLine.arguments[0], arguments, each)
    }

    private func run(_ program: String, _ arguments: [String], _ each: (Result) -> Void) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["PYTHONPATH": Self.python.path], uniquingKeysWith: { $1 })
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        var rest = Data()
        while case let data = pipe.fileHandleForReading.availableData, !data.isEmpty {
            rest += data
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                if let result = try? JSONDecoder().decode(Result.self, from: rest[..<end]) { each(result) }
                rest = Data(rest[rest.index(after: end)...])
            }
        }
        process.waitUntilExit()
        if process.terminationStatus != 0 { print("  \(arguments.last ?? program): failed") }
    }
}
