import DeepFace
import Foundation
import Testing

/// `deepface protect` and `represent --protect` as a user meets them.
@Suite(.serialized) struct ProtectCommandTests {
    private static func run(_ arguments: [String], into file: URL) throws {
        let outcome = try CommandRun.deepface(arguments)
        #expect(outcome.status == 0, "\(outcome.errors)")
        try Data(outcome.output.utf8).write(to: file)
    }

    /// Real faces: distances, verdicts and threshold are those of `verify`, turned, renewed and encrypted.
    @Test(.needsSamplePhotos) func distancesAreThoseOfVerify() throws {
        try CommandRun.withFolder { folder in
            func file(_ name: String) -> URL { folder.appending(path: name) }
            let (key, next) = (file("turn.key").path, file("next.key").path)
            for key in [key, next] {
                let made = try CommandRun.deepface(["protect", "keygen", key])
                #expect(made.status == 0 && (made.json["key_id"] as? String)?.count == 16)
            }
            #expect(try CommandRun.deepface(["protect", "keygen", key]).status == 1)
            for name in ["obama", "obama2", "biden"] {
                try Self.run(
                    ["represent", Album.sample(name).path, "--protect", key], into: file("\(name).json"))
                try Self.run(
                    ["protect", "renew", file("\(name).json").path, "--old", key, "--new", next],
                    into: file("\(name)-next.json"))
            }
            let judge = file("judge").path
            let pair = try CommandRun.deepface(["protect", "keypair", judge, "--timing"])
            #expect(pair.status == 0 && pair.errors.contains("2048 bits") && pair.errors.contains(" ms"))
            try Self.run(
                ["protect", "encrypt", file("obama.json").path, "--public-key", "\(judge).pub"], into: file("sealed"))
            for other in ["obama2", "biden"] {
                let exact = try CommandRun.deepface(["verify", Album.sample("obama").path, Album.sample(other).path])
                    .json
                let distance = try #require(exact["distance"] as? Double)
                func expectSame(_ json: [String: Any], within tolerance: Double) throws {
                    #expect(abs(try #require(json["distance"] as? Double) - distance) < tolerance)
                    #expect(json["verified"] as? Bool == exact["verified"] as? Bool)
                    #expect(json["threshold"] as? Double == exact["threshold"] as? Double)
                    #expect(json["similarity_metric"] as? String == "euclidean")
                }
                for ending in ["", "-next"] {
                    let pair = ["obama", other].map { file("\($0)\(ending).json").path }
                    try expectSame(CommandRun.deepface(["protect", "compare"] + pair).json, within: 1e-5)
                }
                try Self.run(
                    [
                        "protect", "distance", file("sealed").path, file("\(other).json").path, "--public-key",
                        "\(judge).pub",
                    ], into: file("distance"))
                let decrypted = try CommandRun.deepface(
                    ["protect", "decrypt", file("distance").path, "--key", judge, "--timing"])
                try expectSame(decrypted.json, within: 1e-3)
                #expect(decrypted.errors.contains(" ms"))
            }
            // Other keys, and a photo that nothing protects.
            let mixed = try CommandRun.deepface(
                ["protect", "compare", file("obama.json").path, file("biden-next.json").path])
            #expect(mixed.status == 7 && mixed.output.isEmpty && mixed.errors.contains("protected in different ways"))
            try Self.run(["represent", Album.sample("biden").path], into: file("plain.json"))
            let plain = try CommandRun.deepface(
                ["protect", "compare", file("obama.json").path, file("plain.json").path])
            #expect(plain.status == 5 && plain.errors.contains("--protect KEYFILE"))
            let secret = try String(contentsOf: file("turn.key"), encoding: .utf8)
            #expect(!(try String(contentsOf: file("obama.json"), encoding: .utf8)).contains(secret))
        }
    }

    @Test(.needsSamplePhotos) func codesAndLines() throws {
        try CommandRun.withFolder { folder in
            let key = folder.appending(path: "turn.key").path
            _ = try CommandRun.deepface(["protect", "keygen", key])
            let photos = ["obama", "obama2", "biden"].map { Album.sample($0).path }
            let file = folder.appending(path: "codes.jsonl")
            try Self.run(["represent"] + photos + ["--protect", key, "--protect-codes", "2048"], into: file)
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(text.split(separator: "\n").count == 3 && !text.contains("\"embedding\""))
            let same = try CommandRun.deepface(["protect", "compare", file.path, file.path])
            #expect(same.json["distance"] as? Double == 0)
            let renewed = try CommandRun.deepface(["protect", "renew", file.path, "--old", key, "--new", key])
            #expect(renewed.status == 2 && renewed.output.isEmpty)
            let opened = try CommandRun.deepface(["represent", photos[0], "--protect", file.path])
            #expect(opened.status == 5 && opened.errors.contains("chmod 600"))
        }
    }

    @Test func wrongUsage() throws {
        for (arguments, words) in [
            (["represent", "a.jpg", "--protect-codes", "64"], "--protect KEYFILE"),
            (["represent", "a.jpg", "--protect", "k", "--l2"], "--l2"),
            (["protect", "keypair", "k", "--bits", "512"], "2048"),
        ] {
            let outcome = try CommandRun.deepface(arguments)
            #expect(
                outcome.status == 2 && outcome.output.isEmpty && outcome.errors.contains(words), "\(outcome.errors)")
        }
        #expect(try CommandRun.deepface(["protect", "--help"]).output.contains("EXAMPLES"))
    }
}
