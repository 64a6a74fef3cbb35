import AsyncHTTPClient
import DeepFace
import Foundation
import NIOCore

/// Brings images from addresses that strangers name: of listed hosts only, and never from this machine or a private
/// network.
///
/// A host's name is resolved once, and the connection goes to what was found and judged. A redirect is followed only
/// within the host.
public struct GuardedImageFetcher: RemoteImageFetcher {
    /// Names as they stand in addresses, with `:port` where it is not the usual one; `*` is every host.
    public let hosts: [String]
    /// For the whole answer, redirects and all. Default: 10 seconds.
    public var timeout: Duration
    /// Finds a host's addresses.
    package var resolve: @Sendable (_ host: String, _ port: Int) throws -> [SocketAddress] = { host, port in
        try Self.addresses(of: host, port: port)
    }
    /// Whether an address may be asked.
    package var isAllowed: @Sendable (SocketAddress) -> Bool = PublicAddress.contains

    private static let maximumRedirects = 3

    public init(hosts: [String], timeout: Duration = .seconds(10)) {
        self.hosts = hosts.map { $0.lowercased() }
        self.timeout = timeout
    }

    public func fetch(_ url: URL, maximumBytes: Int) async throws(DeepFaceError) -> Data {
        guard let host = url.host()?.lowercased(), let scheme = url.scheme?.lowercased(),
            scheme == "http" || scheme == "https", url.user() == nil, url.password() == nil
        else { throw DeepFaceError(.unreadableInput, "is not a plain http or https address") }
        let name = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        let port = url.port ?? (scheme == "https" ? 443 : 80)
        guard isListed(host, url.port) else {
            throw DeepFaceError(.unreadableInput, "images are not fetched from this host here")
        }
        do {
            let addresses = try await blocking { try resolve(name, port) }
            guard let address = addresses.first, addresses.allSatisfy(isAllowed), let number = address.ipAddress else {
                throw DeepFaceError(.unreadableInput, "images are not fetched from the address that this host has")
            }
            return try await fetch(url, from: number, of: host, maximumBytes)
        } catch let error as DeepFaceError {
            throw error
        } catch is CancellationError {
            throw DeepFaceError(.cancelled, "the task was cancelled")
        } catch is NIOTooManyBytesError {
            throw DeepFaceError(.unreadableInput, "the answer has more than the \(maximumBytes) bytes allowed")
        } catch {
            throw DeepFaceError(.unreadableInput, "the address cannot be read")
        }
    }

    private func isListed(_ host: String, _ port: Int?) -> Bool {
        hosts.contains { entry in
            if let port { return entry == "\(host):\(port)" }
            return entry == host || entry == "*"
        }
    }

    private func fetch(_ url: URL, from number: String, of host: String, _ maximumBytes: Int) async throws -> Data {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.dnsOverride = [host.trimmingCharacters(in: CharacterSet(charactersIn: "[]")): number]
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let deadline = NIODeadline.now() + .nanoseconds(Int64(timeout / .nanoseconds(1)))
        let result: Result<Data, any Error>
        do {
            result = .success(try await fetch(url, with: client, before: deadline, maximumBytes))
        } catch {
            result = .failure(error)
        }
        try? await client.shutdown()
        return try result.get()
    }

    private func fetch(
        _ first: URL, with client: HTTPClient, before deadline: NIODeadline, _ maximumBytes: Int
    ) async throws -> Data {
        var url = first
        for _ in 0...Self.maximumRedirects {
            let response = try await client.execute(HTTPClientRequest(url: url.absoluteString), deadline: deadline)
            switch response.status.code {
            case 200:
                if let length = response.headers.first(name: "content-length").flatMap({ Int($0) }),
                    length > maximumBytes
                {
                    throw DeepFaceError(
                        .unreadableInput, "the answer has \(length) bytes, more than the \(maximumBytes) allowed")
                }
                return Data(
                    try await response.body.collect(upTo: maximumBytes, before: deadline).readableBytesView)
            case 301, 302, 303, 307, 308:
                guard let place = response.headers.first(name: "location"),
                    let next = URL(string: place, relativeTo: url)?.absoluteURL, next.scheme == first.scheme,
                    next.host() == first.host(), next.port == first.port
                else { throw DeepFaceError(.unreadableInput, "the address leads to another host") }
                url = next
            default: throw DeepFaceError(.unreadableInput, "the server answered \(response.status.code)")
            }
        }
        throw DeepFaceError(.unreadableInput, "the address leads on and on")
    }

    /// Off Swift's own threads.
    private func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
        }
    }

    private static func addresses(of host: String, port: Int) throws -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "\(port)", &hints, &list) == 0 else {
            throw DeepFaceError(.unreadableInput, "the host's name is not known")
        }
        defer { freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var entry = list
        while let info = entry?.pointee {
            if info.ai_family == AF_INET, let address = info.ai_addr {
                addresses.append(
                    SocketAddress(
                        address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee }, host: host))
            } else if info.ai_family == AF_INET6, let address = info.ai_addr {
                addresses.append(
                    SocketAddress(
                        address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { $0.pointee }, host: host))
            }
            entry = info.ai_next
        }
        return addresses
    }
}

extension HTTPClientResponse.Body {
    /// The whole body; a server that drips is given up at the deadline.
    func collect(upTo maximumBytes: Int, before deadline: NIODeadline) async throws -> ByteBuffer {
        try await withThrowingTaskGroup(of: ByteBuffer.self) { group in
            group.addTask { try await self.collect(upTo: maximumBytes) }
            group.addTask {
                try await Task.sleep(for: .nanoseconds(Swift.max(0, (deadline - .now()).nanoseconds)))
                throw HTTPClientError.deadlineExceeded
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw HTTPClientError.cancelled }
            return first
        }
    }
}
