import DeepFace
import Foundation
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// Spark's command for SQL, as it is installed here.
package struct SparkProgram: Sendable {
    package let path: String
    /// Spark's own folder, where that is known.
    package let home: String?

    /// Looks for it in `home`, else in `SPARK_HOME`, else in `PATH`.
    ///
    /// - Throws: `engine` when it is not there, or Java is not.
    package init(
        home: String?, _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(DeepFaceError) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        func program(_ name: String, in folder: String) -> String? {
            let path = "\(folder)/\(name)"
            return FileManager.default.isExecutableFile(atPath: path) ? path : nil
        }
        let folders = (value("PATH") ?? "").split(separator: ":").map(String.init)
        if let home = home ?? value("SPARK_HOME") {
            guard let path = program("bin/spark-sql", in: home) else {
                throw DeepFaceError(
                    .engine, "Spark is not there: the folder has no bin/spark-sql", input: home, advice: Self.advice)
            }
            (self.path, self.home) = (path, home)
        } else {
            guard let path = folders.lazy.compactMap({ program("spark-sql", in: $0) }).first else {
                throw DeepFaceError(.engine, "Spark is not there: no spark-sql in PATH", advice: Self.advice)
            }
            (self.path, self.home) = (path, nil)
        }
        let javas = value("JAVA_HOME").map { ["\($0)/bin"] } ?? folders
        guard javas.contains(where: { program("java", in: $0) != nil }) else {
            throw DeepFaceError(
                .engine, "Spark needs Java, which is not there", input: value("JAVA_HOME"),
                advice: "install Java 17 (apt-get install openjdk-17-jre-headless), or set JAVA_HOME")
        }
    }

    private static let advice =
        "pip install pyspark, set SPARK_HOME, or name its folder with --spark-home"

    /// Ends the job when its input ends without a line, as it does when this process is gone.
    private static let script = """
        exec 3<&0
        (read -r _ <&3 || kill $$) >/dev/null 2>&1 &
        exec "$@" 3<&- </dev/null
        """

    /// Runs it to its end. It ends at the latest when this process does.
    ///
    /// - Parameter log: the file for what it prints.
    /// - Throws: `engine` when it fails, with the reason that it gave; `unwritableOutput` when a disk is full;
    ///   `cancelled`.
    func run(_ arguments: [String], log: URL) async throws(DeepFaceError) {
        do {
            var options = PlatformOptions()
            options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(5))]
            let output = try FileDescriptor.open(
                FilePath(log.path), .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite])
            defer { try? output.close() }
            let (input, lifeline) = try FileDescriptor.pipe()
            _ = fcntl(lifeline.rawValue, F_SETFD, FD_CLOEXEC)
            defer { try? lifeline.close() }
            let environment: Subprocess.Environment = home.map { .inherit.updating(["SPARK_HOME": $0]) } ?? .inherit
            let result = try await Subprocess.run(
                .path("/bin/sh"), arguments: Arguments(["-c", Self.script, "sh", path] + arguments),
                environment: environment, platformOptions: options,
                input: .fileDescriptor(input, closeAfterSpawningProcess: true),
                output: .fileDescriptor(output, closeAfterSpawningProcess: false),
                error: .combinedWithOutput)
            _ = try? lifeline.writeAll("\n".utf8)
            try Task.checkCancellation()
            guard !result.terminationStatus.isSuccess else { return }
        } catch {
            if Task.isCancelled { throw DeepFaceError(.cancelled, "the task was cancelled") }
            throw DeepFaceError(.engine, "Spark cannot be run: \(error)", input: path)
        }
        throw SparkLog(log).failure
    }
}
