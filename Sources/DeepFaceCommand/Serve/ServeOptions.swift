import ArgumentParser
import Configuration
import DeepFace
import DeepFaceServer
import FaceStores
import Foundation
import Inference

/// The options of the server as the command line has them; what is not given there is `nil`.
struct ServeOptions: ParsableArguments {
    @Option(help: "Listen at this address. (default: 127.0.0.1, this machine only)")
    var host: String?

    @Option(help: ArgumentHelp("Listen at this port; 0 takes one that is free. (default: 5005)", valueName: "n"))
    var port: Int?

    @Flag(help: "Serve others without asking for keys: whoever reaches the server may do everything.")
    var withoutKeys = false

    @Option(help: ArgumentHelp("The file of keys. (default: ~/.deepface/keys.json)", valueName: "file"))
    var keys: String?

    @Option(
        help: ArgumentHelp(
            """
            Where faces are registered: \(StoreRegistry.all.map { $0.addressForm }.joined(separator: ", ")), or none. \
            (default: what Python DeepFace's environment variables say, else sqlite:~/.deepface/faces.db)
            """, valueName: "url"))
    var store: String?

    @Option(
        help: ArgumentHelp(
            "File with the key of encrypted collections. (default: the key in DEEPFACE_STORE_KEY)", valueName: "file"))
    var keyFile: String?

    @Option(help: "Recognition model of /v1. (default: \(Options().model.name))")
    var model: String?

    @Option(help: "Detector of /v1. (default: \(Options().detector.name))")
    var detector: String?

    @Option(
        help: ArgumentHelp(
            """
            Models and detectors to make ready besides those, with commas between them. (default: those of \
            DEEPFACE_FACE_RECOGNITION_MODELS and DEEPFACE_FACE_DETECTION_MODELS)
            """, valueName: "names"))
    var preload: String?

    @Option(
        help: ArgumentHelp(
            "Ensembles that requests to /v1/verify may name, with commas between them. (default: none)",
            valueName: "name=file"))
    var ensemble: String?

    @Option(help: ArgumentHelp("Take paths below this folder as images. (default: none)", valueName: "folder"))
    var allowPaths: String?

    @Option(
        help: ArgumentHelp(
            "Fetch images from these hosts, with commas between them; * is every public one. (default: none)",
            valueName: "hosts"))
    var allowUrls: String?

    @Option(
        help: ArgumentHelp(
            "Let pages of these sites use the server, as https://example.org, with commas. (default: none but its own)",
            valueName: "origins"))
    var allowOrigin: String?

    @Option(help: ArgumentHelp("Bytes of a request's body, in MiB. (default: 10)", valueName: "n"))
    var bodyLimit: Int?

    @Option(help: ArgumentHelp("Pixels of an image, in millions. (default: 40)", valueName: "n"))
    var pixelLimit: Int?

    @Option(help: ArgumentHelp("Connections at once. (default: 512)", valueName: "n"))
    var connections: Int?

    @Option(help: ArgumentHelp("Requests that compute at once. (default: 8)", valueName: "n"))
    var concurrency: Int?

    @Option(help: ArgumentHelp("Requests that wait; more are answered 429. (default: 64)", valueName: "n"))
    var queue: Int?

    @Option(
        help: ArgumentHelp("Requests a second of a key or an address; 0: any number. (default: 100)", valueName: "n"))
    var rate: Double?

    @Option(
        help: ArgumentHelp("Seconds that requests have to end when the server closes. (default: 30)", valueName: "n"))
    var drain: Int?

    @Option(help: ArgumentHelp("Threads that compute. (default: as many as cores)", valueName: "n"))
    var threads: Int?

    @Option(help: "Numbers the networks behind the detector compute with: f32, bf16. (default: f32)")
    var precision: Precision?

    @Flag(help: "Use weights that are not the published ones, as long as they fit the model.")
    var anyWeights = false

    @Option(
        help: ArgumentHelp(
            "trace, debug, info (a line a request), notice, warning, error, critical. (default: notice)",
            valueName: "level"))
    var logLevel: String?
}

extension ServeOptions {
    /// All options, under the names that the environment and the file have too, and what was given of them.
    private var all: [String: ConfigContent?] {
        var values: [String: ConfigContent?] = [:]
        func put(_ name: String, _ content: ConfigContent?) { values.updateValue(content, forKey: name) }
        for (name, text) in [
            ("host", host), ("keys", keys), ("store", store), ("key-file", keyFile), ("model", model),
            ("detector", detector), ("preload", preload), ("ensemble", ensemble), ("allow-paths", allowPaths),
            ("allow-urls", allowUrls),
            ("allow-origin", allowOrigin), ("precision", precision?.rawValue), ("log-level", logLevel),
        ] { put(name, text.map(ConfigContent.string)) }
        for (name, number) in [
            ("port", port), ("body-limit", bodyLimit), ("pixel-limit", pixelLimit), ("connections", connections),
            ("concurrency", concurrency), ("queue", queue), ("drain", drain), ("threads", threads),
        ] { put(name, number.map(ConfigContent.int)) }
        put("rate", rate.map(ConfigContent.double))
        // A flag that is not there says nothing.
        put("without-keys", withoutKeys ? .bool(true) : nil)
        put("any-weights", anyWeights ? .bool(true) : nil)
        return values
    }

    private var given: [AbsoluteConfigKey: ConfigValue] {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for case (let name, let content?) in all {
            values[AbsoluteConfigKey([name])] = ConfigValue(content, isSecret: false)
        }
        return values
    }

    /// Whether the file says anything.
    ///
    /// - Throws: `invalidOption` when it names an option that there is not.
    private func check(_ file: String) throws(DeepFaceError) -> Bool {
        let names = all.keys.sorted()
        let found = try SettingsFile.names(in: file)
        for name in found where !names.contains(name) {
            let nearest = names.min { $0.edits(to: name) < $1.edits(to: name) } ?? ""
            throw DeepFaceError(
                .invalidOption, "the configuration has \(name), which is no option", input: file,
                advice: nearest.edits(to: name) <= 3
                    ? "did you mean \(nearest)?" : "the options are \(names.joined(separator: ", "))")
        }
        return !found.isEmpty
    }

    /// The command line's values before those of the environment, and these before the file's.
    func layered(_ file: String?) async throws -> ServeValues {
        let environment = EnvironmentVariablesProvider().prefixKeys(with: ["deepface", "serve"])
        var providers: [any ConfigProvider] = [InMemoryProvider(name: "arguments", values: given), environment]
        let named = ProcessInfo.processInfo.environment["DEEPFACE_SERVE_CONFIG"]
        if let file = file ?? named, try check(file) {
            do {
                providers.append(try await FileProvider<YAMLSnapshot>(filePath: .init(file)))
            } catch {
                throw DeepFaceError(.unreadableInput, "the configuration cannot be read: \(error)", input: file)
            }
        }
        return try await ServeValues(ConfigReader(providers: providers))
    }
}
