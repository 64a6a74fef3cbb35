import AsyncHTTPClient
import DeepFace
import Foundation
import NIOCore

/// Brings a file from a web address piece by piece, going on where an earlier try stopped.
///
/// What has come lies in `<target>.part` until it is whole. Only the same state of the file is gone on with, as told by
/// its ETag or date; without these, or when they have changed, it is brought from its beginning.
package struct FileDownload: Sendable {
    /// http or https. Up to ten redirects are followed.
    package let address: String
    /// Where the file is to lie in the end; names the `.part`. Its folder is made if needed.
    package let target: URL
    /// More is refused. Default: 2 GiB.
    package var maximumBytes = 2 << 30
    /// What to do by hand when it cannot be fetched. Default: put it at `target`.
    package var advice: String
    /// Time without any byte after which the connection counts as dropped. Default: 60 seconds. All of it may take
    /// as long as it takes.
    package var silence: Duration = .seconds(60)
    /// Waits before trying again after a dropped connection or an overloaded server, one per try. They count from the
    /// first again after every try that brought a mebibyte. Default: 1, 2 and 4 seconds.
    package var pauses: [Duration] = [.seconds(1), .seconds(2), .seconds(4)]
    /// Told the bytes that are there and, where the server says so, how many there will be: when an answer begins,
    /// after every mebibyte and at the end. The first number falls when the server makes us begin again.
    package var progress: @Sendable (_ received: Int, _ total: Int?) -> Void

    package init(
        address: String, target: URL,
        progress: @escaping @Sendable (_ received: Int, _ total: Int?) -> Void = { _, _ in }
    ) {
        self.address = address
        self.target = target
        self.progress = progress
        advice = "download it yourself and put it at \(target.path)"
    }

    /// Fetches the file and hands it to `install`, which checks it and moves or unpacks it. Until `install` is done
    /// nobody else can fetch the same `target`.
    ///
    /// Afterwards the `.part` is gone, if `install` has not moved it. It stays for the next try after an error, except
    /// `weightsDamaged` thrown by `install`.
    ///
    /// - Throws: `weightsMissing` when it cannot be fetched or somebody else is fetching it, `unwritableOutput` when it
    ///   cannot be written, `cancelled`, and what `install` throws.
    package func run(
        install: @Sendable (_ part: URL) async throws(DeepFaceError) -> Void
    ) async throws(DeepFaceError) {
        guard ["http", "https"].contains(URL(string: address)?.scheme?.lowercased()) else {
            throw failure("its address is neither http nor https")
        }
        let part = try PartialFile(of: target, from: address)
        do throws(DeepFaceError) {
            try await fetch(into: part)
            try part.synchronize()
            try await install(part.url)
        } catch {
            if part.count == 0 || error.code == .weightsDamaged { part.remove() }
            throw error
        }
        part.remove()
    }

    private func fetch(into part: PartialFile) async throws(DeepFaceError) {
        var configuration = HTTPClient.Configuration()
        configuration.httpVersion = .http1Only
        configuration.redirectConfiguration = .follow(max: 10, allowCycles: false)
        configuration.timeout.read = TimeAmount(silence)
        configuration.proxy = Proxy.server(for: address)
        // We try again ourselves.
        configuration.connectionPool.retryConnectionEstablishment = false
        do {
            try await HTTPClient.withHTTPClient(configuration: configuration) { client in
                try await fetch(into: part, with: client)
            }
        } catch let error as DeepFaceError {
            throw error
        } catch {
            guard !Task.isCancelled else { throw DeepFaceError(.cancelled, "the task was cancelled") }
            throw failure(Self.words(error))
        }
    }

    /// Tries until all is there or no pause is left.
    private func fetch(into part: PartialFile, with client: HTTPClient) async throws {
        var pauses = self.pauses[...]
        var farthest = part.count
        while true {
            do {
                return try await request(into: part, with: client)
            } catch let error where !(error is DeepFaceError) && !Task.isCancelled && !Self.isFinal(error) {
                if part.count >= farthest + 1 << 20 {
                    farthest = part.count
                    pauses = self.pauses[...]
                }
                guard let pause = pauses.popFirst() else { throw error }
                try await Task.sleep(for: pause)
            }
        }
    }

    /// Sends one request and stores what comes.
    private func request(into part: PartialFile, with client: HTTPClient) async throws {
        if part.count > maximumBytes || part.validator == nil { try part.restart(validator: nil) }
        var request = HTTPClientRequest(url: address)
        request.headers.add(name: "User-Agent", value: "deepface-swift")
        request.headers.add(name: "Accept-Encoding", value: "identity")
        if part.count > 0, let validator = part.validator {
            request.headers.add(name: "Range", value: "bytes=\(part.count)-")
            request.headers.add(name: "If-Range", value: validator)
        }
        let answer = DownloadAnswer(try await client.execute(request, deadline: .distantFuture))
        switch answer.kind(after: part.count, of: part.validator) {
        case .refusal(let reason): throw failure(reason)
        case .trouble(let reason): throw Dropped(description: reason)
        case .otherRange:
            try part.restart(validator: nil)
            throw Dropped(description: "the server sent another part of the file than it was asked for")
        case .nothingMissing: progress(part.count, part.count)
        case .beginning(let total):
            try part.restart(validator: answer.validator)
            try await store(answer, in: part, total: total)
        case .rest(let total): try await store(answer, in: part, total: total)
        }
    }

    private func store(_ answer: DownloadAnswer, in part: PartialFile, total: Int?) async throws {
        var told = part.count
        progress(told, total)
        if let total, total > maximumBytes { throw try tooLarge("it has \(total) bytes", part) }
        for try await piece in answer.body {
            try Task.checkCancellation()
            guard piece.readableBytes <= maximumBytes - part.count else { throw try tooLarge("it has more", part) }
            try piece.withUnsafeReadableBytes { try part.append($0) }
            if part.count >= told + 1 << 20 {
                told = part.count
                progress(told, total)
            }
        }
        if let total, total != part.count {
            if part.count > total { try part.restart(validator: nil) }
            throw Dropped(description: "the answer does not have the \(total) bytes it promised")
        }
        if part.count != told { progress(part.count, total) }
    }

    /// A fault that another try may not meet.
    private struct Dropped: Error, CustomStringConvertible {
        let description: String
    }

    /// Whether trying again is no use.
    private static func isFinal(_ error: any Error) -> Bool {
        let final: [HTTPClientError] = [.invalidURL, .emptyHost, .redirectLimitReached, .redirectCycleDetected]
        return (error as? HTTPClientError).map(final.contains) ?? (words(error) == untrusted)
    }

    private static let untrusted = "the server's certificate is not trusted"

    private static func words(_ error: any Error) -> String {
        let words = (error as? HTTPClientError)?.shortDescription.lowercased() ?? String(describing: error)
        // The library below tells it in its own terms only.
        return words.contains("CERTIFICATE_VERIFY_FAILED") ? untrusted : words
    }

    private func tooLarge(_ what: String, _ part: PartialFile) throws -> DeepFaceError {
        try part.restart(validator: nil)
        return failure("\(what), more than the \(maximumBytes) allowed")
    }

    private func failure(_ reason: String) -> DeepFaceError {
        let reason = reason.split(whereSeparator: \.isNewline).joined(separator: " ")
        return DeepFaceError(
            .weightsMissing, "\(target.lastPathComponent) cannot be fetched: \(reason)", input: address, advice: advice)
    }
}
