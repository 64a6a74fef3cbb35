import DeepFace
import Ensemble
import FaceStores
import Foundation
import Logging
import RemoteSources

/// What routes work with.
final class Backend: Sendable {
    let settings: ServerSettings
    let deepface: DeepFace
    let searcher: FaceSearcher?
    /// By the names that requests give them.
    let ensembles: [String: EnsembleVerifier]
    let admission: Admission
    let memory: MemoryBudget
    let forms: FormReader
    let images: ImageIntake
    let gatekeeper: Gatekeeper
    let rates: RateLimiter
    let origins: OriginGuard
    let phase = ServerPhase()
    let jobs = Jobs()
    let metrics: ServerMetrics
    let logger: Logger

    /// Opens the store, reads the keys and the ensembles; models' weights are not looked for yet.
    ///
    /// - Throws: what keeps the server from starting.
    init(_ settings: ServerSettings, metrics: PrometheusMetrics, logger: Logger) async throws(DeepFaceError) {
        let limits = settings.limits
        self.settings = settings
        self.logger = logger
        self.metrics = ServerMetrics(factory: metrics)
        var configuration = settings.configuration
        configuration.limits.maximumBytes = limits.bodyBytes
        configuration.limits.maximumPixels = limits.pixels
        configuration.fetcher =
            settings.allowedHosts.isEmpty ? nil : GuardedImageFetcher(hosts: settings.allowedHosts)
        configuration.observer = self.metrics
        var options = settings.options
        options.maximumFaces = min(options.maximumFaces ?? limits.faces, limits.faces)
        deepface = try DeepFace(options: options, configuration: configuration)
        var ensembles: [String: EnsembleVerifier] = [:]
        for (name, file) in settings.ensembles {
            ensembles[name] = try EnsembleVerifier(Ensemble(contentsOf: file), deepface)
        }
        self.ensembles = ensembles
        gatekeeper = try Gatekeeper(token: settings.token, file: settings.keys, logger: logger)
        rates = RateLimiter(rate: limits.rate)
        origins = OriginGuard(
            isLocal: settings.isLocal, allowedOrigins: settings.allowedOrigins.map { $0.lowercased() })
        admission = Admission(concurrency: limits.concurrency, maximumWaiting: limits.queue)
        memory = MemoryBudget(limit: limits.memoryBytes)
        forms = FormReader(limit: limits.bodyBytes, maximumFields: limits.fields, memory: memory)
        images = ImageIntake(
            files: try settings.allowedRoot.map { root throws(DeepFaceError) in
                try ConfinedFiles(root: root, limit: limits.bodyBytes)
            }, takesAddresses: !settings.allowedHosts.isEmpty)
        if let address = settings.store {
            searcher = FaceSearcher(
                try await StoreRegistry.open(address, key: settings.storeKey, creates: true))
        } else {
            searcher = nil
        }
    }

    /// Runs what computes when it is its turn.
    ///
    /// - Parameter isPatient: whether it waits however many wait already.
    /// - Throws: `warming_up`, `busy`; what `work` throws.
    func work<Value>(
        isolation: isolated (any Actor)? = #isolation, isPatient: Bool = false, _ work: () async throws -> Value
    ) async throws -> Value {
        try phase.checkIsWarm()
        let start = ContinuousClock.now
        return try await admission.run(
            isPatient: isPatient,
            entered: { metrics.stage("wait", seconds: (ContinuousClock.now - start) / .seconds(1)) }, work)
    }
}
