import Foundation

/// The built command, run as a process of its own.
enum CommandRun {
    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    struct Outcome {
        let status: Int32
        let wasKilled: Bool
        let output, errors: String
        var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [String: Any] ?? [:]
        }
    }

    /// Runs it to its end, or until `dies` says so: it is asked every few milliseconds, and the process gets SIGKILL.
    ///
    /// - Parameter environment: what it finds besides this process's.
    static func deepface(_ arguments: [String], environment: [String: String] = [:], dies: (() -> Bool)? = nil) throws
        -> Outcome
    {
        // Beside the test bundle.
        let beside = Bundle.main.bundleURL.appending(path: "deepface")
        let release = package.appending(path: ".build/release/deepface")
        let process = Process()
        process.executableURL = FileManager.default.fileExists(atPath: beside.path) ? beside : release
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let folder = FileManager.default.temporaryDirectory
        let (output, errors) = (
            folder.appending(path: "output-\(UUID().uuidString)"), folder.appending(path: "errors-\(UUID().uuidString)")
        )
        defer { for file in [output, errors] { try? FileManager.default.removeItem(at: file) } }
        for file in [output, errors] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        if let dies {
            while process.isRunning {
                if dies() {
                    kill(process.processIdentifier, SIGKILL)
                    break
                }
                Thread.sleep(forTimeInterval: 0.002)
            }
        }
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, wasKilled: process.terminationReason == .uncaughtSignal,
            output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
    }

    /// A folder of its own for `body`, with a blank and an accent in its name.
    static func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "deepface command é \(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }
}
