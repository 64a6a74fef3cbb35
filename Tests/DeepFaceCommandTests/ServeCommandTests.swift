import Foundation
import Testing

@Suite(.serialized) struct ServeCommandTests {
    /// Runs `deepface serve` until `body` is done with it, then ends it by SIGTERM.
    private func serving<Value>(
        _ arguments: [String], environment: [String: String] = [:], signal: Int32 = SIGTERM,
        _ body: (_ port: Int) throws -> Value
    ) throws -> (value: Value, status: Int32) {
        let process = Process()
        let beside = Bundle.main.bundleURL.appending(path: "deepface")
        let release = CommandRun.package.appending(path: ".build/release/deepface")
        process.executableURL = FileManager.default.fileExists(atPath: beside.path) ? beside : release
        process.arguments = ["serve", "--port", "0", "--store", "none"] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        var text = ""
        while !text.contains("serving at http://"), process.isRunning {
            text += String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self)
        }
        let port = try #require(text.firstMatch(of: /serving at http:\/\/\S*:(\d+)/).flatMap { Int($0.1) }, "\(text)")
        defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        let value = try body(port)
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        return (value, process.terminationStatus)
    }

    /// - Parameter json: what is sent; `nil`: it is a GET.
    private func get(_ port: Int, _ path: String, json: String? = nil) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            """
            import sys, urllib.request as u
            data = sys.argv[2].encode() if len(sys.argv) > 2 else None
            request = u.Request(sys.argv[1], data, {"Content-Type": "application/json"})
            sys.stdout.write(u.urlopen(request, timeout=20).read().decode())
            """, "http://127.0.0.1:\(port)\(path)",
        ]
        if let json { process.arguments?.append(json) }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    @Test func itServesUntilItIsTold() throws {
        let (answer, status) = try serving([]) { try get($0, "/health") }
        #expect(answer.contains("\"ok\""))
        #expect(status == 0)
    }

    /// What was answered is in the store, even if the server is killed then.
    @Test func whatWasAnsweredOutlivesTheServer() throws {
        try CommandRun.withFolder { folder in
            let store = ["--store", "sqlite:\(folder.path)/faces.db"]
            let (made, _) = try serving(store, signal: SIGKILL) {
                try get($0, "/v1/collections", json: #"{"name": "team"}"#)
            }
            #expect(made.contains("\"team\""))
            let (shown, status) = try serving(store) { try get($0, "/v1/collections/team") }
            #expect(shown == made)
            #expect(status == 0)
        }
    }

    @Test func aTakenPortIsOneLine() throws {
        _ = try serving([]) { port in
            let outcome = try CommandRun.deepface(["serve", "--port", "\(port)", "--store", "none", "--json-errors"])
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("cannot listen"))
            #expect(outcome.errors.contains("choose another --port"))
            #expect(outcome.json["error"] != nil)
        }
    }

    @Test func whatKeepsItFromStartingIsToldByTheStatus() throws {
        for (arguments, status, words) in [
            (["--host", "0.0.0.0"], 2, "let everybody in"), (["--model", "Nope"], 2, "no recognition model"),
            (["--port", "70000"], 2, "port is a number"), (["--log-level", "loud"], 2, "--log-level is one of"),
            (["--config", "/nothing.yaml"], 5, "configuration"), (["--allow-paths", "/nothing"], 2, "is not a folder"),
            (["--store", "postgres://localhost:1/x"], 7, "localhost"),
            (["--store", "nonsense"], 2, "address of a store"),
        ] as [([String], Int32, String)] {
            let outcome = try CommandRun.deepface(["serve", "--port", "0", "--store", "none"] + arguments)
            #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
            #expect(outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
            #expect(outcome.errors.split(separator: "\n").count == 1, "\(arguments): \(outcome.errors)")
        }
    }

    /// The command line before the environment, and that before the file.
    @Test func optionsComeInLayers() throws {
        try CommandRun.withFolder { folder in
            let file = folder.appending(path: "serve.yaml")
            try Data("detector: opencv\nmodel: SFace\nhost: 127.0.0.9\nkeys: \(folder.path)/none.json\n".utf8).write(
                to: file)
            let models = try serving(
                ["--config", file.path, "--host", "127.0.0.1"],
                environment: ["DEEPFACE_SERVE_MODEL": "Facenet", "DEEPFACE_SERVE_HOST": "127.0.0.8"]
            ) { try get($0, "/v1/models") }.value
            let json = try #require(
                try JSONSerialization.jsonObject(with: Data(models.utf8)) as? [String: Any])
            let defaults = try #require(json["defaults"] as? [String: String])
            #expect(defaults["model"] == "Facenet")
            #expect(defaults["detector"] == "opencv")
            let wrong = folder.appending(path: "wrong.yaml")
            try Data("port: many\n".utf8).write(to: wrong)
            let outcome = try CommandRun.deepface(["serve", "--store", "none", "--config", wrong.path])
            #expect(outcome.status == 2 && outcome.errors.contains("port"))
        }
    }

    @Test func misspelledOptionsOfTheFileAreTold() throws {
        try CommandRun.withFolder { folder in
            let file = folder.appending(path: "serve.yaml")
            for (content, status, words) in [
                ("alow-origin: https://example.org\n", 2, "alow-origin, which is no option"),
                ("alow-origin: https://example.org\n", 2, "did you mean allow-origin?"),
                (#"{"port": 0, "body_limit": 20}"#, 2, "did you mean body-limit?"),
                ("limits:\n  queue: 3\n", 2, "the options are allow-origin, allow-paths"),
                ("- port\n", 5, "names and values"), ("port: [\n", 5, "cannot be read"),
            ] as [(String, Int32, String)] {
                try Data(content.utf8).write(to: file)
                let outcome = try CommandRun.deepface(["serve", "--store", "none", "--config", file.path])
                #expect(outcome.status == status, "\(content): \(outcome.errors)")
                #expect(outcome.errors.contains(words), "\(content): \(outcome.errors)")
            }
            try Data("# nothing\n".utf8).write(to: file)
            #expect(try serving(["--config", file.path]) { try get($0, "/health") }.status == 0)
        }
    }

    @Test func helpListsEveryOption() throws {
        let help = try CommandRun.deepface(["serve", "--help"]).output
        for option in [
            "host", "port", "without-keys", "keys", "store", "key-file", "model", "detector", "preload", "allow-paths",
            "allow-urls", "allow-origin", "body-limit", "pixel-limit", "connections", "concurrency", "queue", "rate",
            "drain", "threads", "precision", "any-weights", "log-level", "config",
        ] { #expect(help.contains("--\(option)"), "\(option)") }
    }

    @Test func keysAreMadeListedAndRevoked() throws {
        try CommandRun.withFolder { folder in
            let place = ["--keys", folder.appending(path: "keys.json").path]
            let made = try CommandRun.deepface(["keys", "create", "camera", "--role", "write"] + place)
            #expect(made.status == 0)
            let text = try #require(made.json["key"] as? String)
            #expect(text.hasPrefix("df_") && made.json["role"] as? String == "write")
            let list = try CommandRun.deepface(["keys", "list"] + place)
            #expect(list.output.contains("camera") && !list.output.contains(text))
            #expect(try CommandRun.deepface(["keys", "revoke", "nobody"] + place).status == 1)
            #expect(try CommandRun.deepface(["keys", "revoke", "camera"] + place).status == 0)
            #expect(try CommandRun.deepface(["keys", "list"] + place).output == "[\n\n]\n")
            #expect(try CommandRun.deepface(["keys", "create", ""] + place).status == 2)
            #expect(try CommandRun.deepface(["keys", "create", "x", "--role", "king"] + place).status == 2)
        }
    }
}
