import DeepFace
import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// The server: Python DeepFace's routes and those of `/v1`, as a service that drains when it is told to end.
public struct FaceServer: Service {
    private let backend: Backend
    private let onRunning: @Sendable (_ port: Int) async -> Void

    /// Whether anybody may use it without a key.
    public var isOpen: Bool { backend.gatekeeper.isOpen }

    /// Opens the store and reads the keys; the models are loaded while it runs.
    ///
    /// - Parameter onRunning: hears on which port it listens.
    /// - Throws: `storeUnavailable`, `storeInconsistent`, `unreadableInput`, `engine`; `invalidOption` when it would
    ///   listen for others without asking for keys.
    public init(
        _ settings: ServerSettings, metrics: PrometheusMetrics = PrometheusMetrics(), logger: Logger,
        onRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) async throws(DeepFaceError) {
        backend = try await Backend(settings, metrics: metrics, logger: logger)
        self.onRunning = onRunning
        guard settings.isLocal || settings.servesStrangersWithoutKeys || !backend.gatekeeper.isOpen else {
            throw DeepFaceError(
                .invalidOption, "the server would let everybody in who can reach it", input: settings.host,
                advice: """
                    make a key with: deepface keys create NAME --role write, or set DEEPFACE_AUTH_TOKEN; \
                    --without-keys says that this is meant
                    """)
        }
    }

    /// Serves until its task is told to end gracefully or is cancelled.
    ///
    /// - Throws: what keeps it from listening.
    public func run() async throws {
        let backend = backend
        let settings = backend.settings
        let application = Application(
            router: RouteTable.router(backend),
            server: HTTPServerBuilder { responder in ConnectionChannel(responder: responder, backend: backend) },
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    settings.limits.connections, logger: backend.logger)),
            services: [WarmingService(backend: backend)],
            onServerRunning: { [onRunning] channel in await onRunning(channel.localAddress?.port ?? settings.port) },
            logger: backend.logger)
        defer { backend.jobs.close() }
        try await withGracefulShutdownHandler {
            try await application.run()
        } onGracefulShutdown: {
            backend.phase.move(to: .draining)
            backend.jobs.close()
        }
    }
}

extension FaceServer {
    /// Serves until SIGTERM or SIGINT; requests under way then have some time to end.
    ///
    /// - Throws: what keeps it from listening.
    public func runUntilSignalled() async throws(DeepFaceError) {
        let settings = backend.settings
        var configuration = ServiceGroupConfiguration(
            services: [self], gracefulShutdownSignals: [.sigterm, .sigint], logger: backend.logger)
        configuration.maximumGracefulShutdownDuration = settings.limits.drainTimeout
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch let error as IOError {
            throw DeepFaceError(
                .engine, "cannot listen: \(String(cString: strerror(error.errnoCode)))",
                input: "\(settings.host):\(settings.port)", advice: "choose another --port or --host")
        } catch is CancellationError {
            // Those that did not end in time were ended.
        } catch {
            throw DeepFaceError(.engine, "the server failed: \(error)")
        }
    }
}

/// Loads the models while the server already answers.
private struct WarmingService: Service {
    let backend: Backend

    func run() async throws {
        await backend.warm()
        // A service that ends would end the others.
        try? await gracefulShutdown()
    }
}
