import DeepFace
import Foundation
import Testing

/// `--quality`, `--min-quality` and `--by-quality` as a user meets them.
@Suite(.serialized) struct QualityCommandTests {
    /// A photo with a good face, and one with a face that is too small beside it.
    private func photos(in folder: URL) throws -> (good: String, both: String, poor: String) {
        let photo = try Image(decoding: try Data(contentsOf: Album.sample("obama")))
        let good = try photo.scaled(width: 400, height: 400 * photo.height / photo.width)
        let tiny = try photo.scaled(width: 100, height: 100 * photo.height / photo.width)
        let grey = Color(blue: 110, green: 110, red: 110)
        var both = Image(filledWith: grey, width: good.width + 160, height: good.height)
        both.paste(good, x: 0, y: 0)
        both.paste(tiny, x: good.width + 30, y: 30)
        var poor = Image(filledWith: grey, width: 300, height: 300)
        poor.paste(tiny, x: 100, y: 100)
        let files = [("good", good), ("both", both), ("poor", poor)].map { name, image in
            (folder.appending(path: "\(name).png"), image)
        }
        for (file, image) in files { try image.png().write(to: file) }
        return (files[0].0.path, files[1].0.path, files[2].0.path)
    }

    @Test(.needsSamplePhotos) func facesBelowTheBarAreToldOf() throws {
        try CommandRun.withFolder { folder in
            let (good, both, poor) = try photos(in: folder)
            let plain = try CommandRun.deepface(["extract", both])
            #expect(plain.status == 0 && !plain.output.contains("quality"))
            let extracted = try CommandRun.deepface(["extract", both, "--quality"])
            let json = try JSONSerialization.jsonObject(with: Data(extracted.output.utf8))
            let faces = try #require(json as? [[String: Any]])
            let scores = faces.compactMap { ($0["quality"] as? [String: Any])?["score"] as? Double }
            #expect(scores.count == 2 && (scores.max() ?? 0) > 0.6 && (scores.min() ?? 1) < 0.5)
            #expect(try CommandRun.deepface(["extract", both, "--quality", "--pretty"]).output.contains(", small"))

            let one = try CommandRun.deepface(["represent", both, "--min-quality", "0.5"])
            #expect(one.status == 0 && one.output.hasPrefix("[{") && one.errors.contains("below 0.5: small"))
            #expect(one.errors.split(separator: "\n").count == 1 && one.errors.contains("both.png"))
            let lines = try CommandRun.deepface(["represent", both, poor, "--min-quality", "0.5"])
            let rows = lines.output.split(separator: "\n")
            #expect(lines.status == 3 && rows.count == 2 && rows[0].contains("\"rejected\":[{"))
            #expect(rows[1].contains("\"error\"") && rows[1].contains("small"))
            let none = try CommandRun.deepface(["represent", poor, "--min-quality", "0.5", "--json-errors"])
            #expect(none.status == 3 && none.output.contains("\"low_quality\""))
            #expect(none.errors.contains("--min-quality"))
            #expect(try CommandRun.deepface(["represent", good, "--min-quality", "7"]).status == 2)

            let store = ["--store", "sqlite:\(folder.path)/faces.db", "--min-quality", "0.5"]
            let registered = try CommandRun.deepface(["register", both, poor, "--name", "Barack"] + store)
            let rejected = try #require((registered.json["rejected"] as? [[String: Any]])?.first)
            #expect(registered.status == 3 && registered.json["inserted"] as? Int == 1)
            #expect(rejected["img"] as? String == both && rejected["reasons"] as? [String] == ["small"])
            #expect((registered.json["errors"] as? [[String: Any]])?.first?["img"] as? String == poor)
            let again = try CommandRun.deepface(["register", good, "--name", "Barack"] + store)
            #expect(again.status == 0 && again.json["rejected"] == nil)

            let album = folder.appending(path: "album")
            try FileManager.default.createDirectory(at: album, withIntermediateDirectories: true)
            for name in ["good", "both"] {
                try FileManager.default.copyItem(
                    at: folder.appending(path: "\(name).png"), to: album.appending(path: "\(name).png"))
            }
            let found = try CommandRun.deepface(["find", both, album.path, "--min-quality", "0.5"])
            #expect(try found.rows().count == 1 && found.rows()[0].count == 2)
            #expect(found.errors.contains("1 more turned away") && found.errors.contains("below 0.5: small"))
        }
    }

    @Test(.needsSamplePhotos) func errorsByQuality() throws {
        try CommandRun.withFolder { folder in
            _ = try photos(in: folder)
            for name in ["obama2", "biden"] {
                try FileManager.default.copyItem(
                    at: Album.sample(name), to: folder.appending(path: "\(name).jpg"))
            }
            let pairs = """
                file_x,file_y,decision
                good.png,obama2.jpg,yes
                poor.png,obama2.jpg,yes
                good.png,biden.jpg,no

                """
            let file = folder.appending(path: "pairs.csv")
            try Data(pairs.utf8).write(to: file)
            let arguments = [
                "evaluate", "--pairs", file.path, "--images", folder.path, "--cache", "\(folder.path)/cache",
                "--no-times",
            ]
            // What was embedded without asking for quality is embedded once more.
            let plain = try CommandRun.deepface(arguments)
            #expect(plain.status == 0 && !plain.output.contains("by_quality"))
            let judged = try CommandRun.deepface(arguments + ["--by-quality"])
            let result = try #require((judged.json["results"] as? [[String: Any]])?.first)
            let curve = try #require(result["by_quality"] as? [String: Any])
            let points = try #require(curve["points"] as? [[String: Any]])
            #expect(points.count == 2 && points[0]["pairs"] as? Int == 3 && points[1]["pairs"] as? Int == 2)
            #expect(try CommandRun.deepface(arguments).output == plain.output)
            let pretty = try CommandRun.deepface(arguments + ["--by-quality", "--pretty"])
            #expect(pretty.output.contains("turned away") && pretty.output.contains("33.33 %"))
        }
    }
}
