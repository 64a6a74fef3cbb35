import DeepFace
import Foundation
import Testing

/// `deepface stream` as a user meets it.
@Suite(.serialized) struct StreamCommandTests {
    /// A clip of 640 × 360 pixels, 9 seconds.
    static let clip: URL? = {
        let path = ProcessInfo.processInfo.environment["DEEPFACE_SHARED"]
        let root =
            path.map { URL(fileURLWithPath: $0) }
            ?? CommandRun.package.deletingLastPathComponent().appending(path: "shared")
        let clip = root.appending(path: "images/video/short_hamilton_clip.mp4")
        return FileManager.default.fileExists(atPath: clip.path) ? clip : nil
    }()

    @Test func wrongUsage() throws {
        let cases: [([String], String)] = [
            ([], "source"), (["0", "--db", "a", "--store", "sqlite:b"], "--db or"),
            (["0", "--gallery", "a"], "--gallery"),
            (["0", "--frame-threshold", "3"], "--python-style"), (["a.mp4", "--output", "a.mp4"], "written over"),
            (["a.mp4", "--attributes", "mood"], "mood"),
        ]
        for (arguments, words) in cases {
            let outcome = try CommandRun.deepface(["stream"] + arguments)
            #expect(
                outcome.status == 2 && outcome.output.isEmpty && outcome.errors.contains(words), "\(outcome.errors)")
        }
        let help = try CommandRun.deepface(["stream", "--help"])
        #expect(help.status == 0 && help.output.contains("EXAMPLES") && help.output.contains("--no-every-frame"))
    }

    @Test func sourcesThatAreNotThere() throws {
        for source in ["/no/such.mp4", #filePath, "88", "rtsp://127.0.0.1:9/door"] {
            let outcome = try CommandRun.deepface(["stream", source, "--json-errors"])
            #expect(outcome.status == 5, "\(source): \(outcome.errors)")
            #expect((outcome.json["error"] as? [String: Any])?["code"] as? String == "unreadable_input")
            #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
        }
        if ProcessInfo.processInfo.environment["DISPLAY"] == nil {
            let outcome = try CommandRun.deepface(["stream", #filePath, "--show"])
            #expect(outcome.status == 1 && outcome.errors.contains("no display"), "\(outcome.errors)")
        }
    }

    @Test(.enabled(if: StreamCommandTests.clip != nil && Album.hasPhotos, "skipped: no clip or no sample photos"))
    func eventsAreLinesOfJSON() throws {
        let clip = try #require(Self.clip)
        try CommandRun.withFolder { folder in
            let album = try Album.makeSmall(in: folder)
            let output = folder.appending(path: "named.mp4")
            let outcome = try CommandRun.deepface([
                "stream", clip.path, "--db", album.path, "--seconds", "1", "--max-fps", "10", "--output", output.path,
            ])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.contains("2 photos with 2 faces"))
            let lines = try outcome.output.split(separator: "\n").map { line in
                try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            }
            let names = lines.compactMap { $0["event"] as? String }
            #expect(names.first == "opened" && names.last == "ended" && names.contains("appeared"))
            #expect(lines[0]["width"] as? Int == 640 && lines[0]["source"] as? String == clip.path)
            let appeared = try #require(lines.first { $0["event"] as? String == "appeared" })
            #expect(appeared["track"] as? Int == 1 && (appeared["box"] as? [String: Int])?.count == 4)
            let left = try #require(lines.first { $0["event"] as? String == "left" })
            #expect(left["person"] is NSNull && left["first_seen"] as? Double != nil)
            let ended = try #require(lines.last)
            #expect(ended["frames"] as? Int == 10 && ended["dropped"] as? Int == 0)
            #expect(ended["latency_p95_ms"] as? Double ?? 0 > 0 && ended["embeddings"] as? Int ?? 0 > 0)
            #expect(try FileManager.default.attributesOfItem(atPath: output.path)[.size] as? Int ?? 0 > 1000)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
        }
    }
}
