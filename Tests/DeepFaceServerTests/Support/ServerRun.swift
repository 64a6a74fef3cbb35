import AsyncHTTPClient
import DeepFace
import DeepFaceServer
import FaceStores
import Foundation
import Logging
import NIOCore
import ServiceLifecycle
import TestSupport

/// A server of a test's own, at a free port of this machine.
struct ServerRun: Sendable {
    let port: Int
    /// Gone with the test.
    let folder: TemporaryFolder
    private let group: ServiceGroup

    var address: String { "http://127.0.0.1:\(port)" }

    /// Runs `body` while the server runs; it has a store, asks for no key, and sees faces with Python's detector, which
    /// is quick.
    static func with<Value: Sendable>(
        warm: Bool = true, _ change: (inout ServerSettings, TemporaryFolder) throws -> Void = { _, _ in },
        _ body: (ServerRun) async throws -> Value
    ) async throws -> Value {
        let folder = try TemporaryFolder()
        var settings = ServerSettings()
        settings.port = 0
        settings.store = try StoreAddress("sqlite:\(folder.file("faces.db").path)")
        settings.options.detector = try DetectorRegistry.detector(named: "opencv")
        settings.limits.rate = 0
        try change(&settings, folder)
        let (ports, output) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        let server = try await FaceServer(settings, logger: logger) { output.yield($0) }
        let group = ServiceGroup(configuration: .init(services: [server], logger: logger))
        let running = Task {
            defer { output.finish() }
            try await group.run()
        }
        guard let port = await ports.first(where: { _ in true }) else {
            try await running.value
            throw CancellationError()
        }
        let run = ServerRun(port: port, folder: folder, group: group)
        let result: Result<Value, any Error>
        do {
            if warm { try await run.untilWarm() }
            result = .success(try await body(run))
        } catch {
            result = .failure(error)
        }
        await group.triggerGracefulShutdown()
        try await running.value
        return try result.get()
    }

    /// Tells the server to end, as SIGTERM would.
    func drain() async { await group.triggerGracefulShutdown() }

    private func untilWarm() async throws {
        for _ in 0..<600 {
            if try await get("/ready").status == 200 { return }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}

/// An answer.
struct Answer: Sendable {
    let status: Int
    /// By lower-case names.
    let headers: [String: String]
    let body: Data

    var text: String { String(decoding: body, as: UTF8.self) }
    /// The body as JSON; nothing where it is none.
    var json: [String: Any] { (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:] }
    var code: String? { json["code"] as? String }
}

extension ServerRun {
    func get(_ path: String, _ headers: [String: String] = [:]) async throws -> Answer {
        try await send("GET", path, headers)
    }

    /// Sends a value as JSON.
    func post(_ path: String, _ value: [String: any Sendable], _ headers: [String: String] = [:]) async throws -> Answer
    {
        let body = try JSONSerialization.data(withJSONObject: value)
        return try await send("POST", path, headers.merging(["Content-Type": "application/json"]) { $1 }, body)
    }

    /// Sends a form with files and texts.
    func post(
        _ path: String, files: [(name: String, file: String, content: Data)], fields: [String: String] = [:],
        _ headers: [String: String] = [:]
    ) async throws -> Answer {
        let form = MultipartText(files: files, fields: fields)
        return try await send("POST", path, headers.merging(["Content-Type": form.contentType]) { $1 }, form.body)
    }

    func send(
        _ method: String, _ path: String, _ headers: [String: String] = [:], _ body: Data? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: address + path)
        request.method = .RAW(value: method)
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        let content = try await response.body.collect(upTo: 256 << 20)
        var fields: [String: String] = [:]
        for (name, value) in response.headers { fields[name.lowercased()] = value }
        return Answer(
            status: Int(response.status.code), headers: fields, body: Data(content.readableBytesView))
    }
}

/// A multipart form as a browser writes it.
struct MultipartText {
    static let boundary = "----test-boundary"
    let body: Data
    var contentType: String { "multipart/form-data; boundary=\(Self.boundary)" }

    init(files: [(name: String, file: String, content: Data)], fields: [String: String] = [:]) {
        var body = Data()
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            body += Data(
                "--\(Self.boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
        }
        for file in files {
            body += Data(
                """
                --\(Self.boundary)\r\nContent-Disposition: form-data; name=\"\(file.name)\"; filename=\"\(file.file)\"\r\n\
                Content-Type: image/jpeg\r\n\r\n
                """.utf8)
            body += file.content + Data("\r\n".utf8)
        }
        self.body = body + Data("--\(Self.boundary)--\r\n".utf8)
    }
}
