import Configuration
import DeepFace
import DeepFaceServer
import FaceStores
import Foundation
import Inference

/// The server's options with all layers looked through.
struct ServeValues {
    let logLevel: String
    private let host, keys, store, keyFile, model, detector, preload, allowPaths, precision: String?
    private let allowUrls, allowOrigin, ensembles: [String]
    private let port, bodyLimit, pixelLimit, connections, concurrency, queue, drain, threads: Int?
    private let rate: Double?
    private let withoutKeys, anyWeights: Bool

    /// - Throws: `invalidOption` when a value is not of its kind.
    init(_ config: ConfigReader) async throws(DeepFaceError) {
        func text(_ name: String) async throws(DeepFaceError) -> String? {
            try await Self.reading(name) { try await config.fetchString(forKey: ConfigKey([name])) }
        }
        func number(_ name: String, _ range: ClosedRange<Int>) async throws(DeepFaceError) -> Int? {
            let number = try await Self.reading(name) { try await config.fetchInt(forKey: ConfigKey([name])) }
            guard number.map(range.contains) ?? true else {
                throw DeepFaceError(
                    .invalidOption, "\(name) is a number from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
        func flag(_ name: String) async throws(DeepFaceError) -> Bool {
            try await Self.reading(name) { try await config.fetchBool(forKey: ConfigKey([name])) } ?? false
        }
        host = try await text("host")
        keys = try await text("keys")
        store = try await text("store")
        keyFile = try await text("key-file")
        model = try await text("model")
        detector = try await text("detector")
        preload = try await text("preload")
        ensembles = Self.list(try await text("ensemble"))
        allowPaths = try await text("allow-paths")
        allowUrls = Self.list(try await text("allow-urls"))
        allowOrigin = Self.list(try await text("allow-origin"))
        precision = try await text("precision")
        logLevel = try await text("log-level") ?? "notice"
        port = try await number("port", 0...65_535)
        bodyLimit = try await number("body-limit", 1...1024)
        pixelLimit = try await number("pixel-limit", 1...1000)
        connections = try await number("connections", 1...100_000)
        concurrency = try await number("concurrency", 1...1024)
        queue = try await number("queue", 0...100_000)
        drain = try await number("drain", 0...3600)
        threads = try await number("threads", 1...1024)
        rate = try await Self.reading("rate") { try await config.fetchDouble(forKey: "rate") }
        guard rate.map({ $0 >= 0 && $0.isFinite }) ?? true else {
            throw DeepFaceError(.invalidOption, "rate is a number from 0")
        }
        withoutKeys = try await flag("without-keys")
        anyWeights = try await flag("any-weights")
    }

    private static func reading<Value: Sendable>(
        _ name: String, _ read: () async throws -> Value?
    ) async throws(DeepFaceError) -> Value? {
        do {
            return try await read()
        } catch {
            throw DeepFaceError(
                .invalidOption, "\(name) has a value that makes no sense",
                advice: "look at --\(name), the environment and the configuration file")
        }
    }

    private static func list(_ text: String?) -> [String] {
        (text ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    /// What the server is told.
    func settings() async throws(DeepFaceError) -> ServerSettings {
        let environment = ProcessInfo.processInfo.environment
        var settings = ServerSettings()
        settings.host = host ?? settings.host
        settings.port = port ?? settings.port
        settings.servesStrangersWithoutKeys = withoutKeys
        settings.token = environment["DEEPFACE_AUTH_TOKEN"]
        settings.keys = keys.map { KeyFile(url: URL(fileURLWithPath: $0)) } ?? .standard
        if store != "none" { settings.store = try StoreOptions.address(store) }
        settings.storeKey = try StoreOptions.key(keyFile)
        if let model { settings.options.model = try RecognitionRegistry.model(named: model) }
        if let detector { settings.options.detector = try DetectorRegistry.detector(named: detector) }
        try preload(&settings, environment)
        settings.ensembles = try namedEnsembles()
        settings.allowedRoot = allowPaths
        settings.allowedHosts = allowUrls
        settings.allowedOrigins = allowOrigin
        limit(&settings.limits)
        settings.configuration.checksDigests = !anyWeights
        if let threads { settings.configuration.threads = threads }
        if let precision {
            guard let known = Precision(rawValue: precision) else {
                throw DeepFaceError(.invalidOption, "precision is f32 or bf16")
            }
            settings.configuration.precision = known
        }
        return settings
    }

    /// The files by their names.
    private func namedEnsembles() throws(DeepFaceError) -> [String: String] {
        var files: [String: String] = [:]
        for entry in ensembles {
            let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, files.updateValue(parts[1], forKey: parts[0]) == nil else {
                throw DeepFaceError(
                    .invalidOption, "ensemble '\(entry)' is not NAME=FILE with a name of its own",
                    advice: "write --ensemble team=team.json")
            }
        }
        return files
    }

    private func limit(_ limits: inout ServerLimits) {
        limits.bodyBytes = bodyLimit.map { $0 << 20 } ?? limits.bodyBytes
        limits.memoryBytes = max(limits.memoryBytes, 4 * limits.bodyBytes)
        limits.pixels = pixelLimit.map { $0 * 1_000_000 } ?? limits.pixels
        limits.connections = connections ?? limits.connections
        limits.concurrency = concurrency ?? limits.concurrency
        limits.queue = queue ?? limits.queue
        limits.rate = rate ?? limits.rate
        limits.drainTimeout = drain.map { .seconds($0) } ?? limits.drainTimeout
    }

    /// Python's variables name models and detectors apart; here a name tells which it is.
    private func preload(
        _ settings: inout ServerSettings, _ environment: [String: String]
    ) throws(DeepFaceError) {
        for name in Self.list(environment["DEEPFACE_FACE_RECOGNITION_MODELS"]) {
            settings.preloadedModels.append(try RecognitionRegistry.model(named: name))
        }
        for name in Self.list(environment["DEEPFACE_FACE_DETECTION_MODELS"]) {
            settings.preloadedDetectors.append(try DetectorRegistry.detector(named: name))
        }
        for name in Self.list(preload) {
            // "Dlib" is a model and "dlib" a detector.
            if let model = RecognitionRegistry.all.first(where: { $0.name == name }) {
                settings.preloadedModels.append(model)
            } else {
                settings.preloadedDetectors.append(try DetectorRegistry.detector(named: name))
            }
        }
    }
}
