import DeepFace
import Foundation
import Testing

/// `deepface evaluate` as a user meets it, on four sample photos.
@Suite(.serialized) struct EvaluateCommandTests {
    private static let photos = CommandRun.package.appending(path: "demo/photos")
    static var hasPhotos: Bool { FileManager.default.fileExists(atPath: photos.appending(path: "obama.jpg").path) }

    private static let pairs = """
        file_x,file_y,decision
        obama.jpg,obama2.jpg,yes
        obama.jpg,obama3.jpg,yes
        obama2.jpg,obama3.jpg,yes
        obama.jpg,biden.jpg,no
        obama2.jpg,biden.jpg,no
        obama3.jpg,biden.jpg,no

        """

    private func evaluate(
        _ folder: URL, _ arguments: [String], pairs: String = pairs, dies: (() -> Bool)? = nil
    ) throws -> CommandRun.Outcome {
        let file = folder.appending(path: "pairs.csv")
        try Data(pairs.utf8).write(to: file)
        return try CommandRun.deepface(
            ["evaluate", "--pairs", file.path, "--images", Self.photos.path] + arguments, dies: dies)
    }

    private func files(in folder: URL) throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: folder.appending(path: $0))) })
    }

    @Test(.enabled(if: hasPhotos, "skipped: no sample photos")) func aKilledRunGoesOnAndGivesTheSameReport() throws {
        try CommandRun.withFolder { folder in
            let (whole, torn) = (folder.appending(path: "whole"), folder.appending(path: "torn"))
            let report = folder.appending(path: "report")
            let arguments = [
                "--alignments", "landmarks,eyes,none", "--metrics", "cosine,euclidean", "--report", report.path,
            ]
            let first = try evaluate(folder, arguments + ["--cache", whole.path, "--no-times"])
            #expect(first.status == 0 && first.errors.isEmpty)
            let expected = try files(in: report)
            #expect(expected.keys.sorted() == ReportFolder.files)

            var kept = 0
            let killed = try evaluate(folder, arguments + ["--cache", torn.path]) {
                kept = ((try? files(in: torn)) ?? [:]).values.reduce(0) { $0 + $1.count { $0 == UInt8(ascii: "\n") } }
                return kept >= 3
            }
            #expect(killed.wasKilled && killed.output.isEmpty && (3..<12).contains(kept))
            // What a write that was cut short leaves.
            let last = try #require(try files(in: torn).keys.sorted().last)
            let handle = try FileHandle(forWritingTo: torn.appending(path: last))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("0123456789abcdef {\"photo\":\"".utf8))
            try handle.close()

            let resumed = try evaluate(folder, arguments + ["--cache", torn.path])
            let withTimes = try files(in: report)
            #expect(resumed.status == 0)
            let again = try evaluate(folder, arguments + ["--cache", torn.path])
            #expect(again.output == resumed.output)
            #expect(try files(in: report) == withTimes)
            let untimed = try evaluate(folder, arguments + ["--cache", torn.path, "--no-times"])
            #expect(untimed.output == first.output)
            #expect(try files(in: report) == expected)
        }
    }

    @Test(.enabled(if: hasPhotos, "skipped: no sample photos")) func resultsAndThreshold() throws {
        try CommandRun.withFolder { folder in
            let cache = ["--cache", folder.appending(path: "cache").path]
            let found = try evaluate(folder, cache)
            let result = try #require((found.json["results"] as? [[String: Any]])?.first)
            #expect(result["model"] as? String == "Dlib" && result["similarity_metric"] as? String == "euclidean")
            #expect((result["all_pairs"] as? [String: Any])?["accuracy"] as? Double == 1)
            #expect((result["seconds_per_photo"] as? Double ?? 0) > 0)
            let pretty = try evaluate(folder, cache + ["--pretty"])
            #expect(pretty.output.hasPrefix("model") && pretty.output.contains("100.00 %"))

            let file = folder.appending(path: "threshold.json").path
            let proposed = try evaluate(folder, cache + ["--calibrate", "0.34", "--out", file])
            #expect(proposed.status == 0 && proposed.json["different"] as? Int == 3)
            let (one, other) = (
                Self.photos.appending(path: "obama.jpg").path, Self.photos.appending(path: "biden.jpg").path
            )
            let verdict = try CommandRun.deepface(["verify", one, other, "--threshold", "@\(file)"])
            #expect(verdict.json["threshold"] as? Double == proposed.json["threshold"] as? Double)
            for wrong in [["--metric", "cosine"], ["--align", "eyes"], ["--detector", "opencv"], ["--expand", "3"]] {
                let refused = try CommandRun.deepface(["verify", one, other, "--threshold", "@\(file)"] + wrong)
                #expect(refused.status == 2 && refused.output.isEmpty && refused.errors.contains("use \(wrong[0]) "))
            }
            let missing = try CommandRun.deepface(["verify", one, other, "--threshold", "@/no/such.json"])
            #expect(missing.status == 5 && missing.errors.contains("--calibrate"))
            let few = try evaluate(folder, cache + ["--calibrate", "0.01"])
            #expect(few.status == 2 && few.errors.contains("at least 100 pairs"))
        }
    }

    @Test(.enabled(if: hasPhotos, "skipped: no sample photos")) func badInputIsOneLineAndItsStatus() throws {
        try CommandRun.withFolder { folder in
            let csv = folder.appending(path: "pairs.csv").path
            let cache = folder.appending(path: "cache")
            let head = "file_x,file_y,decision\n"
            let cases: [(String, [String], Int32, String)] = [
                ("", [], 5, "empty"), (head, [], 5, "no pair"), (head + "a,b,maybe", [], 5, "line 2"),
                (head + "obama.jpg,obama2.jpg,yes", [], 5, "of the same person"),
                (
                    head + "obama.jpg,x.jpg,yes\nobama.jpg,y.jpg,no", [], 5,
                    "2 of the 3 photos are not there: x.jpg, y.jpg"
                ),
                (Self.pairs, ["--images", "/no/such"], 5, "not a folder"),
                (Self.pairs, ["--images", csv], 5, "not a folder"),
                (Self.pairs, ["--pairs", "/no/such.csv"], 5, "no such file"),
                (Self.pairs, ["--pairs", folder.path], 5, "directory"),
                (Self.pairs, ["--report", "\(csv)/report"], 1, "cannot be written"),
                (Self.pairs, ["--report", folder.path], 2, "written over"),
                (Self.pairs, ["--out", "x.json"], 2, "--calibrate"),
                (Self.pairs, ["--calibrate", "0.5", "--metrics", "cosine,angular"], 2, "one combination"),
                (Self.pairs, ["--calibrate", "2"], 2, "false match rate"),
                (Self.pairs, ["--metrics", "cosine,feet"], 2, "feet"), (Self.pairs, ["--models", ","], 2, "--models"),
                (Self.pairs, ["--models", "Nobody"], 2, "Nobody"), (Self.pairs, ["--far", "0.1,zero"], 2, "zero"),
                (Self.pairs, ["--far", "1.5"], 2, "1.5"), (Self.pairs, ["--parallel", "0"], 2, "--parallel"),
                (Self.pairs, ["--models", "OpenFace", "--alignments", "landmarks"], 2, "template"),
            ]
            for (text, arguments, status, words) in cases {
                let outcome = try evaluate(folder, ["--cache", cache.path] + arguments, pairs: text)
                #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
                #expect(outcome.output.isEmpty && outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
                #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
            }
            // All of that before any work.
            #expect(!FileManager.default.fileExists(atPath: cache.path))
            let unwritable = try evaluate(folder, ["--cache", "\(csv)/cache"])
            #expect(unwritable.status == 1 && unwritable.errors.contains("--cache"))
        }
    }

    @Test func helpHasExamples() throws {
        let help = try CommandRun.deepface(["evaluate", "--help"])
        #expect(help.status == 0 && help.output.contains("EXAMPLES") && help.output.contains("deepface evaluate"))
    }
}
