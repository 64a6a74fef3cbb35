import ArgumentParser
import DeepFace
import FaceStores
import Foundation

/// How Spark is to match.
struct SparkOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Match by this Spark: local[2], spark://host:port, yarn, … (default: without Spark)", valueName: "master"))
    var spark: String?

    @Option(
        help: ArgumentHelp("Spark's folder. (default: SPARK_HOME, else where PATH has spark-sql)", valueName: "folder"))
    var sparkHome: String?

    @Option(
        help: ArgumentHelp(
            "A setting of Spark's, as spark.executor.memory=8g. May be repeated.", valueName: "name=value"))
    var sparkConf: [String] = []

    @Option(
        help: ArgumentHelp(
            """
            The folder for Spark's files, which all workers see; faces and matches stay there as Parquet. (default, on \
            this machine: a temporary one)
            """, valueName: "folder"))
    var work: String?

    @Flag(help: "Only write Spark's files, and tell the command that runs it.")
    var prepare = false

    func validate() throws {
        guard spark != nil || prepare else {
            if work != nil || sparkHome != nil || !sparkConf.isEmpty {
                throw ValidationError("--work, --spark-home and --spark-conf need --spark")
            }
            return
        }
        if work == nil, prepare || spark?.hasPrefix("local") != true {
            throw ValidationError("name a folder with --work that Spark's workers see")
        }
    }

    func engine() throws(DeepFaceError) -> SparkMatchEngine {
        let folder =
            work.map { URL(fileURLWithPath: $0) }
            ?? FileManager.default.temporaryDirectory.appending(path: "deepface-match-\(UUID().uuidString)")
        var engine = SparkMatchEngine(master: spark ?? "local[*]", folder: folder.standardizedFileURL)
        engine.home = sparkHome
        engine.arguments = sparkConf.flatMap { ["--conf", $0] }
        return engine
    }

    /// Takes a temporary folder away; of a job that failed, all but what it printed.
    func clear(_ engine: any MatchEngine, isDone: Bool) {
        guard work == nil, let folder = (engine as? SparkMatchEngine)?.folder else { return }
        let files = FileManager.default
        for name in (try? files.contentsOfDirectory(atPath: folder.path)) ?? [] where name != "spark.log" {
            try? files.removeItem(at: folder.appending(path: name))
        }
        if isDone { try? files.removeItem(at: folder) }
    }
}
