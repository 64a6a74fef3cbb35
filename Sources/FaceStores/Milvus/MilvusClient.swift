import DeepFace
import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GRPCProtobuf
import SwiftProtobuf

/// A connection to a Milvus server: calls by gRPC, and what their refusals mean.
final class MilvusClient: Sendable {
    let address: ServerAddress
    private let client: GRPCClient<HTTP2ClientTransport.Posix>
    private let running: Task<Void, Never>
    private let metadata: Metadata

    /// Of one message, in either direction.
    private static let longest = 256 << 20
    /// What the server says when a collection was not loaded into its memory; milvus-lite says it after each start.
    private static let notLoaded: Int32 = 101

    /// Does not connect yet.
    init(_ address: ServerAddress) throws(DeepFaceError) {
        self.address = address
        var metadata: Metadata = [:]
        if let user = address.user {
            let credentials = Data("\(user):\(address.password ?? "")".utf8)
            metadata.addString(credentials.base64EncodedString(), forKey: "authorization")
        }
        if !address.path.isEmpty { metadata.addString(address.path, forKey: "dbname") }
        self.metadata = metadata
        do {
            let transport = try HTTP2ClientTransport.Posix(
                target: .dns(host: address.host, port: address.port), transportSecurity: .plaintext,
                config: .defaults { config in
                    // Soon there again after a server's restart.
                    config.backoff = .init(
                        initial: .milliseconds(50), max: .milliseconds(500), multiplier: 2, jitter: 0.1)
                    config.http2.targetWindowSize = 16 << 20
                })
            let client = GRPCClient(transport: transport)
            self.client = client
            running = Task { try? await client.runConnections() }
        } catch {
            throw DeepFaceError(.invalidOption, "is not the address of a server", input: address.text)
        }
    }

    deinit {
        client.beginGracefulShutdown()
        running.cancel()
    }

    /// Calls a method that changes something; it is sent once.
    func change<Request: Message, Response: MilvusResponse>(
        _ method: String, _ request: Request
    ) async throws(DeepFaceError) -> Response {
        let response: Response = try await send(method, request)
        try check(response.milvusStatus)
        return response
    }

    /// Calls a method that changes nothing: again when the server is just coming back, or has not loaded the collection.
    func ask<Request: Message, Response: MilvusResponse>(
        _ method: String, _ request: Request, of collection: String
    ) async throws(DeepFaceError) -> Response {
        for attempt in 0... {
            do throws(DeepFaceError) {
                let response: Response = try await send(method, request)
                if response.milvusStatus.code == Self.notLoaded, attempt < 3 {
                    try await load(collection)
                    continue
                }
                try check(response.milvusStatus)
                return response
            } catch  where error.isOfConnection && attempt < 3 {
                try? await Task.sleep(for: .milliseconds(150))
            }
        }
        throw DeepFaceError(.engine, "a call came to no end")
    }

    /// Has the server read a collection into its memory, and waits until it has.
    func load(_ collection: String) async throws(DeepFaceError) {
        let request = MilvusCollectionRequest.with { $0.collectionName = collection }
        let _: MilvusStatus = try await change("LoadCollection", request)
        for _ in 0..<600 {
            let state: MilvusGetLoadStateResponse = try await change(
                "GetLoadState", MilvusGetLoadStateRequest.with { $0.collectionName = collection })
            // 3: loaded.
            if state.state == 3 { return }
            do {
                try await Task.sleep(for: .milliseconds(100))
            } catch {
                throw DeepFaceError(.cancelled, "the task was cancelled")
            }
        }
        throw DeepFaceError(
            .storeUnavailable, "the server does not load the collection \(collection)", input: address.text,
            advice: "see the server's log")
    }

    private func send<Request: Message, Response: Message>(
        _ method: String, _ request: Request
    ) async throws(DeepFaceError) -> Response {
        var options = CallOptions.defaults
        options.timeout = .seconds(120)
        options.maxRequestMessageBytes = Self.longest
        options.maxResponseMessageBytes = Self.longest
        do {
            return try await client.unary(
                request: ClientRequest(message: request, metadata: metadata),
                descriptor: MethodDescriptor(
                    fullyQualifiedService: "milvus.proto.milvus.MilvusService", method: method),
                serializer: ProtobufSerializer<Request>(), deserializer: ProtobufDeserializer<Response>(),
                options: options
            ) { response in try response.message }
        } catch {
            throw failure(error)
        }
    }

    private func check(_ status: MilvusStatus) throws(DeepFaceError) {
        guard status.code != 0 || status.errorCode != 0 else { return }
        let words = status.reason.lowercased()
        if words.contains("auth") || words.contains("password") || words.contains("permission") {
            throw DeepFaceError(
                .storeUnavailable, "the server refuses the user: \(status.reason)", input: address.text,
                advice: "check user, password and rights")
        }
        // 100, and 4 of older servers.
        if status.code == 100 || status.errorCode == 4 {
            throw DeepFaceError(.notFound, "the collection is not there any more", input: address.text)
        }
        throw DeepFaceError(.storeUnavailable, "the server refuses: \(status.reason)", input: address.text)
    }

    private func failure(_ error: any Error) -> DeepFaceError {
        func unavailable(_ what: String, _ advice: String?) -> DeepFaceError {
            DeepFaceError(.storeUnavailable, what, input: address.text, advice: advice)
        }
        switch error {
        case let error as RPCError:
            switch error.code {
            case .unauthenticated, .permissionDenied:
                return unavailable("the server refuses the user or the password", "check both in the address")
            case .deadlineExceeded:
                return unavailable("no answer within the time", "check the server, and try again")
            case .unimplemented:
                return unavailable("the server does not know what is asked for: \(error.message)", nil)
            case .cancelled: return DeepFaceError(.cancelled, "the call was cancelled", input: address.text)
            case .unavailable, .aborted, .unknown, .internalError:
                return unavailable(DeepFaceError.lostConnection, "check that the server runs, and try again")
            default: return unavailable("the call failed: \(error.message)", nil)
            }
        case is CancellationError: return DeepFaceError(.cancelled, "the task was cancelled")
        default: return unavailable(DeepFaceError.lostConnection, "check that the server runs, and try again")
        }
    }
}

extension DeepFaceError {
    fileprivate static let lostConnection = "the server cannot be reached, or the connection was lost"
    /// Whether the server may be there again in a moment.
    fileprivate var isOfConnection: Bool { message == Self.lostConnection }
}

/// An answer that tells whether the call was done.
protocol MilvusResponse: Message {
    var milvusStatus: MilvusStatus { get }
}

extension MilvusStatus: MilvusResponse { var milvusStatus: MilvusStatus { self } }
extension MilvusBoolResponse: MilvusResponse { var milvusStatus: MilvusStatus { status } }
extension MilvusShowCollectionsResponse: MilvusResponse { var milvusStatus: MilvusStatus { status } }
extension MilvusMutationResult: MilvusResponse { var milvusStatus: MilvusStatus { status } }
extension MilvusQueryResults: MilvusResponse { var milvusStatus: MilvusStatus { status } }
extension MilvusSearchResults: MilvusResponse { var milvusStatus: MilvusStatus { status } }
extension MilvusDescribeIndexResponse: MilvusResponse { var milvusStatus: MilvusStatus { status } }
extension MilvusGetLoadStateResponse: MilvusResponse { var milvusStatus: MilvusStatus { status } }
extension MilvusFlushResponse: MilvusResponse { var milvusStatus: MilvusStatus { status } }
