import AsyncHTTPClient
import DeepFace
import Foundation
import NIOCore

/// A connection to a Chroma server: calls by HTTP, and what its refusals mean.
final class ChromaClient: Sendable {
    let address: ServerAddress
    private let http: HTTPClient
    /// Up to the version of the interface, and up to the database.
    private let root, database: String
    private let headers: [(String, String)]

    /// Of one answer.
    private static let longest = 1 << 30

    /// Does not connect yet.
    init(_ address: ServerAddress) throws(DeepFaceError) {
        func invalid(_ why: String) -> DeepFaceError {
            DeepFaceError(.invalidOption, "is not the address of a store: \(why)", input: address.text)
        }
        guard ["true", "false", nil].contains(address.option("tls")) else { throw invalid("tls is true or false") }
        let names = [
            address.option("tenant") ?? "default_tenant", address.path.isEmpty ? "default_database" : address.path,
        ]
        guard names.allSatisfy({ $0.wholeMatch(of: /[A-Za-z0-9._-]+/) != nil }) else {
            throw invalid("tenant and database are of letters, digits, ., _ and -")
        }
        self.address = address
        let host = address.host.contains(":") ? "[\(address.host)]" : address.host
        root = "\(address.option("tls") == "true" ? "https" : "http")://\(host):\(address.port)/api/v2"
        database = "\(root)/tenants/\(names[0])/databases/\(names[1])"
        headers = Self.headers(address)
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(10)
        // We try again ourselves.
        configuration.connectionPool.retryConnectionEstablishment = false
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit { http.shutdown { _ in } }

    /// A token stands where Chroma's own versions and those before it look for it.
    private static func headers(_ address: ServerAddress) -> [(String, String)] {
        guard let password = address.password, !password.isEmpty else { return [] }
        if let user = address.user {
            return [("Authorization", "Basic \(Data("\(user):\(password)".utf8).base64EncodedString())")]
        }
        return [("X-Chroma-Token", password), ("Authorization", "Bearer \(password)")]
    }

    /// What the server allows.
    func limits() async throws(DeepFaceError) -> ChromaLimits {
        guard
            let limits: ChromaLimits = try await again({ () throws(DeepFaceError) in
                try await self.send("GET", "\(self.root)/pre-flight-checks", nil)
            })
        else {
            throw DeepFaceError(
                .storeUnavailable, "the server is not Chroma's, or too old", input: address.text,
                advice: "Chroma 1.0 or later is needed")
        }
        return limits
    }

    /// Calls a method that changes something; it is sent once.
    ///
    /// - Parameter path: below the database.
    /// - Returns: `nil` when what the path names is not there.
    func change<Answer: Decodable & Sendable>(
        _ method: String, _ path: String, _ body: (any Encodable)? = nil
    ) async throws(DeepFaceError) -> Answer? {
        try await send(method, "\(database)/\(path)", try Self.text(body))
    }

    /// Calls a method that changes nothing: again when the server is just coming back.
    func ask<Answer: Decodable & Sendable>(
        _ method: String, _ path: String, _ body: (any Encodable)? = nil
    ) async throws(DeepFaceError) -> Answer? {
        let text = try Self.text(body)
        return try await again { () throws(DeepFaceError) in
            try await self.send(method, "\(self.database)/\(path)", text)
        }
    }

    private func again<Answer>(_ body: () async throws(DeepFaceError) -> Answer) async throws(DeepFaceError) -> Answer {
        for _ in 0..<3 {
            do throws(DeepFaceError) {
                return try await body()
            } catch  where error.message == Self.lostConnection {
                try? await Task.sleep(for: .milliseconds(150))
            }
        }
        return try await body()
    }

    private static func text(_ body: (any Encodable)?) throws(DeepFaceError) -> Data? {
        guard let body else { return nil }
        guard let text = try? JSONEncoder().encode(body) else {
            throw DeepFaceError(.engine, "a request cannot be written as JSON")
        }
        return text
    }

    private func send<Answer: Decodable>(
        _ method: String, _ url: String, _ body: Data?
    ) async throws(DeepFaceError) -> Answer? {
        var request = HTTPClientRequest(url: url)
        request.method = .init(rawValue: method)
        request.headers.add(name: "User-Agent", value: "deepface-swift")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(body)
        }
        let status: UInt
        let answer: Data
        do {
            let response = try await http.execute(request, timeout: .seconds(120))
            status = response.status.code
            answer = Data(try await response.body.collect(upTo: Self.longest).readableBytesView)
        } catch {
            throw failure(error)
        }
        if status == 404 { return nil }
        guard status < 300 else { throw refusal(status, answer) }
        guard let decoded = try? JSONDecoder().decode(Answer.self, from: answer) else {
            throw DeepFaceError(
                .storeUnavailable, "the server's answer is not understood", input: address.text,
                advice: "Chroma 1.0 or later is needed")
        }
        return decoded
    }

    private static let lostConnection = "the server cannot be reached, or the connection was lost"

    private func failure(_ error: any Error) -> DeepFaceError {
        if error is CancellationError || Task.isCancelled || error as? HTTPClientError == .cancelled {
            return DeepFaceError(.cancelled, "the task was cancelled")
        }
        if error as? HTTPClientError == .deadlineExceeded || error as? HTTPClientError == .readTimeout {
            return DeepFaceError(
                .storeUnavailable, "no answer within the time", input: address.text,
                advice: "check the server, and try again")
        }
        if error is NIOTooManyBytesError {
            return DeepFaceError(.storeUnavailable, "the server's answer is too long", input: address.text)
        }
        return DeepFaceError(
            .storeUnavailable, Self.lostConnection, input: address.text,
            advice: "check that the server runs, and try again")
    }

    private func refusal(_ status: UInt, _ answer: Data) -> DeepFaceError {
        if status == 401 || status == 403 {
            return DeepFaceError(
                .storeUnavailable, "the server refuses the user, the password or the token", input: address.text,
                advice: "check them in the address: chroma://user:password@host or chroma://:token@host")
        }
        let words = (try? JSONDecoder().decode(ChromaRefusal.self, from: answer))?.message ?? "status \(status)"
        return DeepFaceError(
            .storeUnavailable, "the server refuses: \(words.prefix(500))", input: address.text)
    }
}

/// What a server allows.
struct ChromaLimits: Decodable {
    /// Records that are written at a time.
    let maximum: Int

    enum CodingKeys: String, CodingKey { case maximum = "max_batch_size" }
}

/// An answer of which nothing is needed.
struct ChromaDone: Decodable {
    init(from decoder: any Decoder) {}
}

private struct ChromaRefusal: Decodable {
    let message: String
}
