import ArgumentParser
import DeepFace
import DeepFaceServer
import FaceStores
import Foundation
import Logging

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve over HTTP: Python DeepFace's routes, /v1, and a web page at /ui/.",
        discussion: """
            Every option NAME may also stand in the environment as DEEPFACE_SERVE_NAME (--allow-paths is \
            DEEPFACE_SERVE_ALLOW_PATHS), and in the file that --config names, in YAML or JSON, as `allow-paths: …`. The \
            command line counts before the environment, and that before the file.

            Who may use it: whoever shows DEEPFACE_AUTH_TOKEN or a key of `deepface keys`; without either, everybody on \
            this machine. Images come with the request; paths and addresses are taken only where --allow-paths and \
            --allow-urls say so. Nothing of them is kept or logged.

            SIGTERM and SIGINT let requests under way come to their end.

            EXAMPLES
              deepface serve
              deepface keys create camera --role write && deepface serve --host 0.0.0.0
              deepface serve --store sqlite:team.db --port 8080
            """)

    @OptionGroup var options: ServeOptions

    @Option(help: ArgumentHelp("Read options from this file, YAML or JSON.", valueName: "file"))
    var config: String?

    @Flag(help: "Print an error as JSON on standard output too.")
    var jsonErrors = false

    func run() async throws {
        Allocator.keepSmall()
        let values = try await options.layered(config)
        let settings = try await values.settings()
        guard let level = Logger.Level(rawValue: values.logLevel) else {
            throw ValidationError(
                "--log-level is one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let logger = Self.logger(level)
        let server = try await FaceServer(settings, logger: logger) { [host = settings.host] port in
            printToStandardError("deepface: serving at http://\(host.contains(":") ? "[\(host)]" : host):\(port)")
        }
        if server.isOpen { logger.notice("no key is needed: whoever reaches the server may do everything") }
        try await server.runUntilSignalled()
    }

    /// Lines on standard error.
    private static func logger(_ level: Logger.Level) -> Logger {
        var logger = Logger(label: "deepface") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = level
        return logger
    }
}
