import DeepFace
import Foundation
import Testing

/// `deepface find` as a user meets it.
@Suite(.serialized) struct FindCommandTests {
    @Test(.needsSamplePhotos) func rowsHavePythonsKeys() throws {
        try CommandRun.withFolder { folder in
            let album = try Album.makeSmall(in: folder)
            let first = try Album.find(album)
            #expect(first.status == 0 && first.errors.contains("2 photos with 2 faces, 2 embedded"))
            let row = try #require(first.rows().first?.first)
            #expect(try first.rows().count == 1 && first.rows()[0].count == 1)
            #expect(
                row.keys.sorted() == [
                    "confidence", "distance", "hash", "identity", "person", "source_h", "source_w", "source_x",
                    "source_y",
                    "target_h", "target_w", "target_x", "target_y", "threshold",
                ])
            #expect(row["identity"] as? String == "\(album.path)/Barack/1.jpg" && row["person"] as? String == "Barack")
            #expect(row["threshold"] as? Double == 0.6)
            let again = try Album.find(album)
            #expect(again.errors.isEmpty && again.output == first.output)
            let all = try Album.find(album, ["--similarity-search"])
            #expect(try all.rows()[0].map { $0["person"] as? String } == ["Barack", "Joe"])
            #expect(try Album.find(album, ["--similarity-search", "-k", "1"]).rows()[0].count == 1)
            #expect(try Album.find(album, ["--threshold", "0.01"]).output == "[[]]\n")
            let batched = try #require(Album.find(album, ["--similarity-search", "--batched"]).rows()[0].first)
            #expect(batched["confidence"] == nil && batched["threshold"] is NSNull)
            let pretty = try Album.find(album, ["--pretty"])
            #expect(pretty.output.contains("Barack/1.jpg") && pretty.output.contains("% sure"))
            #expect(try Album.find(album, ["--pretty", "--threshold", "0.01"]).output.contains("nobody"))
            // Without looking, what is gone is found still.
            try FileManager.default.removeItem(at: album.appending(path: "Barack"))
            #expect(try Album.find(album, ["--no-refresh"]).output == first.output)
            let gone = try Album.find(album)
            #expect(gone.output == "[[]]\n" && gone.errors.contains("1 gone"))

            let two = try CommandRun.deepface(["find", Album.sample("biden").path, "/no/such.jpg", album.path])
            let lines = two.output.split(separator: "\n")
            #expect(two.status == 5 && lines.count == 2)
            #expect(lines[0].contains("\"results\":[[{") && lines[1].contains("\"error\""))
        }
    }

    @Test func wrongUsage() throws {
        for (arguments, words) in [
            (["a.jpg"], "a photo and a folder"), (["a.jpg", "b", "-k", "0"], "-k"),
            (["-", "-", "b"], "standard input"),
            (["a.jpg", "b", "--metric", "feet"], "feet"),
        ] {
            let outcome = try CommandRun.deepface(["find"] + arguments)
            #expect(
                outcome.status == 2 && outcome.output.isEmpty && outcome.errors.contains(words), "\(outcome.errors)")
        }
        let help = try CommandRun.deepface(["find", "--help"])
        #expect(
            help.status == 0 && help.output.contains("EXAMPLES") && help.output.contains("deepface find a.jpg album"))
    }

    @Test(.needsSamplePhotos) func foldersWithoutPhotos() throws {
        try CommandRun.withFolder { folder in
            try Data("no photo".utf8).write(to: folder.appending(path: "notes.txt"))
            for (path, words) in [
                (folder.path, "no photo in the folder"), ("/no/such/folder", "cannot be looked into"),
                (Album.sample("obama").path, "cannot be looked into"),
            ] {
                let outcome = try CommandRun.deepface(["find", Album.sample("obama").path, path, "--json-errors"])
                #expect(outcome.status == 5 && outcome.errors.contains(words), "\(outcome.errors)")
                #expect((outcome.json["error"] as? [String: Any])?["code"] as? String == "unreadable_input")
            }
            #expect(try Album.hidden(folder).isEmpty)
        }
    }
}
