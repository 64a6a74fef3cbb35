import AsyncHTTPClient
import DeepFace
import Foundation
import NIOCore

/// Brings images from http and https addresses.
///
/// Give it to `Configuration.fetcher`. It follows up to five redirects and refuses an answer that is too large or too
/// slow; addresses themselves are not judged: for those of strangers there is ``GuardedImageFetcher``.
public struct HTTPImageFetcher: RemoteImageFetcher {
    /// Time for the whole answer. Default: 60 seconds, as Python DeepFace allows.
    public var timeout: Duration

    public init(timeout: Duration = .seconds(60)) {
        self.timeout = timeout
    }

    public func fetch(_ url: URL, maximumBytes: Int) async throws(DeepFaceError) -> Data {
        do {
            let request = HTTPClientRequest(url: url.absoluteString)
            let limit = TimeAmount.nanoseconds(Int64(timeout / .nanoseconds(1)))
            let deadline = NIODeadline.now() + limit
            let response = try await HTTPClient.shared.execute(request, deadline: deadline)
            guard response.status == .ok else {
                throw DeepFaceError(.unreadableInput, "the server answered \(response.status.code)")
            }
            if let length = response.headers.first(name: "content-length").flatMap({ Int($0) }), length > maximumBytes {
                throw DeepFaceError(
                    .unreadableInput, "the answer has \(length) bytes, more than the \(maximumBytes) allowed")
            }
            return Data(try await response.body.collect(upTo: maximumBytes, before: deadline).readableBytesView)
        } catch let error as DeepFaceError {
            throw error
        } catch is CancellationError {
            throw DeepFaceError(.cancelled, "the task was cancelled")
        } catch is NIOTooManyBytesError {
            throw DeepFaceError(.unreadableInput, "the answer has more than the \(maximumBytes) bytes allowed")
        } catch {
            throw DeepFaceError(
                .unreadableInput, "the address cannot be read: \(Self.words(error))", advice: "check it and the network"
            )
        }
    }

    private static func words(_ error: any Error) -> String {
        String(describing: error).split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
