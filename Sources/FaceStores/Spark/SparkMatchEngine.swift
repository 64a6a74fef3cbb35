import DeepFace
import Foundation

/// Matches in one job of Spark: on a cluster, for collections that are too large for one machine.
///
/// The collections are written as Parquet into a folder that all workers see; `spark-sql` of the installed Spark runs the
/// statements that are written beside them. Nothing that a job leaves behind is taken for another's result.
public struct SparkMatchEngine: MatchEngine {
    /// As Spark has it: `local[2]`, `spark://host:port`, `yarn`, `k8s://…`.
    public var master: String
    /// The folder for the files, which Spark's workers see under the same name. They stay there.
    public var folder: URL
    /// Spark's own folder. Default: `nil`, that of `SPARK_HOME`, else where `PATH` has `spark-sql`.
    public var home: String?
    /// More words for `spark-sql`, as `--executor-memory 8g`. Default: none.
    public var arguments: [String] = []
    /// Bytes of vectors that every worker holds at a time; one row of the other collection after another passes them.
    /// Default: 64 MB.
    public var heldBytes = 64 << 20

    public init(master: String, folder: URL) { (self.master, self.folder) = (master, folder) }

    public func run(
        _ match: CollectionMatch, progress: (Int) -> Void, _ body: ([MatchedFace]) throws(DeepFaceError) -> Void
    ) async throws(DeepFaceError) {
        // What is missing is told before anything is written.
        let program = try SparkProgram(home: home)
        let lock = try locked(match)
        defer { extendLifetime(lock) }
        try await write(match, progress: progress)
        try await program.run(words, log: folder.appending(path: "spark.log"))
        try SparkRows(folder.appending(path: SparkJob.rows)).read(body)
    }

    /// Writes the collections and the statements, for a cluster to run.
    ///
    /// - Parameter progress: hears how many faces are written.
    /// - Returns: the command that runs them.
    /// - Throws: `invalidOption` when a collection is encrypted, `unwritableOutput`; as a store.
    @discardableResult
    public func prepare(
        _ match: CollectionMatch, progress: (Int) -> Void = { _ in }
    ) async throws(DeepFaceError) -> [String] {
        let lock = try locked(match)
        defer { extendLifetime(lock) }
        try await write(match, progress: progress)
        return ["spark-sql"] + words
    }

    /// The folder, for nobody else's job; made, if need be.
    private func locked(_ match: CollectionMatch) throws(DeepFaceError) -> FileLock {
        for side in [match.probes, match.gallery] { try ParquetFaceFile.check(side.collection) }
        try makeFolder()
        return try FileLock(
            folder.appending(path: "lock"), orElse: "wait for the other job, or name another folder with --work")
    }

    private func write(_ match: CollectionMatch, progress: (Int) -> Void) async throws(DeepFaceError) {
        try removeResults()
        let file = folder.appending(path: SparkJob.probeFile)
        let probes = try await ParquetFaceFile.write(match.probes.reader, to: file, progress: progress)
        var gallery = probes
        let other = folder.appending(path: SparkJob.galleryFile)
        if match.isWithItself {
            try? FileManager.default.removeItem(at: other)
        } else {
            gallery = try await ParquetFaceFile.write(match.gallery.reader, to: other) { progress(probes + $0) }
        }
        let job = SparkJob(match: match, probes: probes, gallery: gallery, heldBytes: heldBytes)
        try AtomicFile.write(Data(job.text.utf8), to: folder.appending(path: SparkJob.statements))
    }

    private func makeFolder() throws(DeepFaceError) {
        guard !folder.path.contains(/['"`\\{}\[\]*?:;$]/) else {
            throw DeepFaceError(
                .invalidOption, "Spark takes no folder whose name has one of '\"`\\{}[]*?:;$", input: folder.path,
                advice: "name another one with --work")
        }
        try prepared {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
    }

    /// Takes away what an earlier job left.
    private func removeResults() throws(DeepFaceError) {
        try prepared {
            let files = FileManager.default
            for name in [SparkJob.statements, SparkJob.matches, SparkJob.rows] {
                let place = folder.appending(path: name)
                if files.fileExists(atPath: place.path) { try files.removeItem(at: place) }
            }
        }
    }

    private func prepared(_ body: () throws -> Void) throws(DeepFaceError) {
        do {
            try body()
        } catch {
            throw DeepFaceError(
                .unwritableOutput, "cannot be made ready: \(error.localizedDescription)", input: folder.path,
                advice: "check the folder's permissions")
        }
    }

    private var words: [String] {
        // The methods that Spark generates for long vectors are longer than Java compiles without being told to.
        let java = "-XX:-DontCompileHugeMethods"
        return [
            "--master", master, "--name", "deepface match", "--driver-java-options", java,
            "--conf", "spark.executor.extraJavaOptions=\(java)", "--conf", "spark.ui.showConsoleProgress=false",
            "--conf", "spark.sql.catalogImplementation=in-memory", "--conf", "spark.deepface.folder=\(folder.path)",
        ] + arguments + ["-f", folder.appending(path: SparkJob.statements).path]
    }
}
