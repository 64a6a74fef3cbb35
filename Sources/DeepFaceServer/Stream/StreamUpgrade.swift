import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket

/// Turns a connection whose first request asks for a stream into a WebSocket; all others pass.
final class StreamUpgrade: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundOut = HTTPResponsePart

    private let backend: Backend
    private var isFirst = true
    /// What came while it is not known yet what the connection becomes; `nil`: that is known.
    private var held: [HTTPRequestPart]?

    init(_ backend: Backend) { self.backend = backend }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if held != nil {
            held?.append(part)
            return
        }
        guard isFirst, case .head(let head) = part else { return context.fireChannelRead(data) }
        isFirst = false
        guard let handshake = StreamHandshake(head) else { return context.fireChannelRead(data) }
        held = [part]
        let address = context.channel.remoteAddress?.ipAddress ?? "local"
        let promise = context.eventLoop.makePromise(of: StreamSession?.self)
        promise.completeWithTask { [backend] in try? await Self.session(handshake, head, address, backend) }
        promise.futureResult.assumeIsolated().whenSuccess { session in self.decide(context, handshake, session) }
    }

    /// - Throws: why it becomes none; the route says so in its own words.
    private static func session(
        _ handshake: StreamHandshake, _ head: HTTPRequest, _ address: String, _ backend: Backend
    ) async throws -> StreamSession {
        try backend.origins.check(Request(head: head, body: RequestBody(buffer: ByteBuffer())))
        guard let caller = backend.gatekeeper.caller(handshake.credential, address: address) else {
            throw Problem(.unauthorized, "unauthorized", "the key is missing or not known")
        }
        try backend.rates.check(caller.id)
        try backend.phase.checkIsWarm()
        return try await StreamSession(handshake.uri, backend)
    }

    private func decide(_ context: ChannelHandlerContext, _ handshake: StreamHandshake, _ session: StreamSession?) {
        guard context.channel.isActive, let session else {
            let parts = held ?? []
            held = nil
            for part in parts { context.fireChannelRead(wrapInboundOut(part)) }
            if !parts.isEmpty { context.fireChannelReadComplete() }
            return
        }
        context.writeAndFlush(wrapOutboundOut(.head(handshake.response)), promise: nil)
        do {
            let pipeline = context.pipeline.syncOperations
            for handler in [
                try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self),
                try pipeline.handler(type: HTTPResponseEncoder.self),
                try pipeline.handler(type: HTTP1ToHTTPServerCodec.self),
                try pipeline.handler(type: ConnectionGuard.self),
                try pipeline.handler(type: HTTPConnectionStateHandler.self),
            ] as [any RemovableChannelHandler] { pipeline.removeHandler(handler, promise: nil) }
            let size = backend.settings.limits.bodyBytes
            try pipeline.addHandlers(
                WebSocketFrameEncoder(), ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: size)),
                WebSocketProtocolErrorHandler(), MaskCheck(),
                NIOWebSocketFrameAggregator(
                    minNonFinalFragmentSize: 1024, maxAccumulatedFrameCount: 1024, maxAccumulatedFrameSize: size),
                StreamHandler(session, idle: backend.settings.limits.streamTimeout),
                position: .before(self))
            pipeline.removeHandler(context: context, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }
}
