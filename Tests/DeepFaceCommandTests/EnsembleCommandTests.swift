import DeepFace
import Ensemble
import Foundation
import Testing

/// The pairs of the Python original's tests, which are not part of the project: `$DEEPFACE_SHARED`, else `../shared` beside it.
private enum Dataset {
    static let folder: URL = {
        let path = ProcessInfo.processInfo.environment["DEEPFACE_SHARED"]
        let root =
            path.map { URL(fileURLWithPath: $0) }
            ?? CommandRun.package.deletingLastPathComponent().appending(path: "shared")
        return root.appending(path: "images/deepface-dataset")
    }()
    static var pairs: URL { folder.appending(path: "master.csv") }
    static var isThere: Bool { FileManager.default.fileExists(atPath: pairs.path) }
}

/// `deepface ensemble` as a user meets it.
@Suite(.enabled(if: Dataset.isThere, "skipped: no photos of ../shared"), .serialized)
struct EnsembleCommandTests {
    private static func photo(_ name: String) -> String { Dataset.folder.appending(path: "\(name).jpg").path }

    private static func pairs(_ cache: URL) -> [String] {
        [
            "--pairs", Dataset.pairs.path, "--images", Dataset.folder.path, "--no-enforce-detection",
            "--cache", cache.path,
        ]
    }

    @Test func trainsJudgesAndIsMeasured() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ensemble é \(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let (cache, file) = (folder.appending(path: "cache"), folder.appending(path: "ensemble.json"))
        let trained = try CommandRun.deepface(
            [
                "ensemble", "train", "--detectors", "mtcnn,opencv", "--alignments", "landmarks,eyes", "--output",
                file.path,
            ] + Self.pairs(cache))
        #expect(trained.status == 0 && trained.errors.isEmpty, "\(trained.errors)")
        #expect(
            trained.json["features"] as? [String] == [
                "Dlib mtcnn landmarks cosine", "Dlib mtcnn landmarks euclidean", "Dlib mtcnn eyes cosine",
                "Dlib mtcnn eyes euclidean", "Dlib opencv landmarks cosine", "Dlib opencv landmarks euclidean",
                "Dlib opencv eyes cosine", "Dlib opencv eyes euclidean",
            ])
        let ensemble = try Ensemble(contentsOf: file.path)
        let report = try #require(ensemble.training)
        #expect(report.pairs == 300 && report.same == 38 && report.people == 9)
        for validation in report.validations {
            let best = validation.results.dropLast(2).map(\.right).max() ?? 300
            let kept = try #require(validation.results.first { $0.name == ensemble.kind.rawValue })
            // No worse than the best that is in it; learned from few people, about as good as it.
            #expect(kept.right >= (validation.by == .pairs ? best : best - 6), "\(validation)")
            #expect(validation.comparisons.allSatisfy { $0.summary.contains("best single") })
        }
        let shown = try CommandRun.deepface(["ensemble", "show", file.path])
        #expect(shown.output == trained.output)
        let table = try CommandRun.deepface(["ensemble", "show", file.path, "--pretty"])
        #expect(table.output.contains("folds of people") && table.output.contains("noise"))

        // The command, its older sister and the library say the same.
        let verifier = try EnsembleVerifier(ensemble, DeepFace())
        for (other, same) in [("img2", true), ("img16", false)] {
            let photos = [Self.photo("img1"), Self.photo(other)]
            let one = try CommandRun.deepface(["verify"] + photos + ["--ensemble", file.path])
            let two = try CommandRun.deepface(["ensemble", "verify"] + photos + ["--ensemble", file.path])
            let here = try await verifier.verify(.path(photos[0]), .path(photos[1]))
            #expect(here.verified == same && one.json["verified"] as? Bool == same)
            for run in [one, two] {
                #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
                #expect(abs(try #require(run.json["probability"] as? Double) - here.probability) < 1e-4)
                #expect((run.json["features"] as? [Any])?.count == 8)
            }
            let strict = try CommandRun.deepface(
                ["verify"] + photos + ["--ensemble", file.path, "--threshold", "1", "--exit-status"])
            #expect(strict.status == 1 && strict.json["verified"] as? Bool == false)
        }

        let measured = try CommandRun.deepface(
            ["evaluate", "--ensemble", file.path, "--no-times"] + Self.pairs(cache)
                + ["--report", folder.appending(path: "report").path])
        let part = try #require(measured.json["ensemble"] as? [String: Any], "\(measured.errors)")
        #expect(part["trained_on_these_pairs"] as? Bool == true && measured.errors.contains("flatter"))
        let all = try #require(part["all_pairs"] as? [String: Any])
        #expect(try #require(all["accuracy"] as? Double) >= 0.99 && all["pairs"] as? Int == 300)
        #expect((measured.json["results"] as? [Any])?.count == 8)
        #expect(FileManager.default.fileExists(atPath: folder.appending(path: "report/ensemble.json").path))
    }

    @Test func aLightGBMModelIsImported() throws {
        try CommandRun.withFolder { folder in
            let file = folder.appending(path: "lightgbm.json").path
            let model = CommandRun.package.appending(path: "Tests/Golden/lightgbm/two-classes.txt").path
            let made = try CommandRun.deepface([
                "ensemble", "import", "lightgbm", model, "--features", "Dlib cosine,Dlib euclidean_l2, Dlib euclidean",
                "--output", file,
            ])
            #expect(made.status == 0 && made.json["kind"] as? String == "lightgbm", "\(made.errors)")
            #expect(made.json["threshold"] as? Double == 0.5)
            let run = try CommandRun.deepface(
                ["ensemble", "verify", Self.photo("img1"), Self.photo("img2"), "--ensemble", file, "--pretty"])
            #expect(run.status == 0 && run.output.contains("lightgbm"), "\(run.errors)")
            let few = try CommandRun.deepface([
                "ensemble", "import", "lightgbm", model, "--features", "Dlib cosine", "--output", file,
            ])
            #expect(few.status == 5 && few.errors.contains("3 features"))
        }
    }

    @Test func badInputIsOneLineAndItsStatus() throws {
        try CommandRun.withFolder { folder in
            let (one, other) = (Self.photo("img1"), Self.photo("img2"))
            let foreign = folder.appending(path: "foreign.json").path
            try Data("{}".utf8).write(to: URL(fileURLWithPath: foreign))
            let pairs = Self.pairs(folder.appending(path: "cache"))
            let cases: [([String], Int32, String)] = [
                (["verify", one, other, "--ensemble", "/no/such.json"], 5, "no such file"),
                (["verify", one, other, "--ensemble", foreign], 5, "not one of"),
                (["verify", one, other, "--ensemble", foreign, "--model", "Facenet"], 2, "--model"),
                (["verify", one, other, "--ensemble", foreign, "--metric", "cosine"], 2, "--metric"),
                (["verify", one, other, "--ensemble", foreign, "--annotate", "x.png"], 2, "--annotate"),
                (["verify", one, "--person", "Alice", "--ensemble", foreign], 2, "two photos"),
                (["evaluate", "--ensemble", foreign, "--models", "Dlib"] + pairs, 2, "--models"),
                (["evaluate", "--ensemble", foreign] + pairs, 5, "not one of"),
                (["ensemble", "show", foreign], 5, "not one of"),
                (["ensemble", "train", "--output", foreign, "--folds", "1"] + pairs, 2, "--folds"),
                (["ensemble", "train", "--output", foreign, "--kind", "magic"] + pairs, 2, "magic"),
                (["ensemble", "import", "lightgbm", foreign, "--output", "x.json"], 5, "begin"),
                (["ensemble", "import", "lightgbm", foreign, "--features", "Dlib", "--output", "x"], 2, "--features"),
                (["serve", "--ensemble", "nonsense"], 2, "NAME=FILE"),
                (["serve", "--port", "0", "--store", "none", "--ensemble", "team=\(foreign)"], 5, "not one of"),
            ]
            for (arguments, status, words) in cases {
                let outcome = try CommandRun.deepface(arguments)
                #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
                #expect(outcome.output.isEmpty && outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
                #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
            }
        }
    }
}
