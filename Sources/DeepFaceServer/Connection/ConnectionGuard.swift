import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Keeps a connection from being held by who sends or reads too slowly, and ends it after an answer that came before
/// the whole request did: what is left of that is not worth reading.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: ServerLimits
    /// Requests whose head is there, those that are there whole, and those that are answered.
    private var (begun, read, answered) = (0, 0, 0)
    /// Since when there is nothing to do.
    private var idleSince = NIODeadline.now()
    /// The last answer is sent; what still comes is thrown away for a moment, so that the client can read it.
    private var leavesAt: NIODeadline?
    private var tick: Scheduled<Void>?
    /// Whether we wait for the client to send, not the client for us to read.
    private var isAsking = false
    private var bodyBytes = 0
    /// Ticks spent asking for a body.
    private var askedFor = 0
    /// Ticks in which the client read nothing of what we wrote.
    private var stalledFor = 0

    /// How often it looks.
    private static let interval = TimeAmount.milliseconds(500)
    /// Ticks after which a client that does not read is given up.
    private static let maximumStall = 60
    private static let bytesPerSecond = 32 << 10

    init(_ limits: ServerLimits) { self.limits = limits }

    func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { begin(context) } }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func read(context: ChannelHandlerContext) {
        isAsking = true
        context.read()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isAsking = false
        context.fireChannelReadComplete()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if leavesAt != nil { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            (begun, bodyBytes, askedFor) = (begun + 1, 0, 0)
            if answered + 1 == begun, head.headerFields[.expect]?.lowercased() == "100-continue", isWelcome(head) {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
            }
        case .body(let body): bodyBytes += body.readableBytes
        case .end: read += 1
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            guard answered == read, head.status.kind != .informational else { break }
            head.headerFields[.connection] = "close"
            return context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: break
        case .end:
            answered += 1
            idleSince = .now()
            guard answered > read else { break }
            leavesAt = .now() + .seconds(2)
            context.writeAndFlush(data, promise: promise)
            return context.close(mode: .output, promise: nil)
        }
        context.write(data, promise: promise)
    }

    /// Whether the body is worth sending.
    private func isWelcome(_ head: HTTPRequest) -> Bool {
        head.headerFields[.contentLength].flatMap { Int($0) } ?? 0 <= limits.bulkBytes
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard tick == nil else { return }
        idleSince = .now()
        schedule(context)
    }

    private func end() {
        tick?.cancel()
        tick = nil
    }

    private func schedule(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        tick = context.eventLoop.scheduleTask(in: Self.interval) {
            let (handler, context) = bound.value
            handler.look(context)
        }
    }

    private func look(_ context: ChannelHandlerContext) {
        tick = nil
        if isOverdue(context) { return context.close(promise: nil) }
        schedule(context)
    }

    private func isOverdue(_ context: ChannelHandlerContext) -> Bool {
        let now = NIODeadline.now()
        if let leavesAt { return now > leavesAt }
        if begun == answered { return now - idleSince > TimeAmount(limits.headTimeout) }
        if begun > read {
            askedFor += isAsking ? 1 : 0
            let allowed = TimeAmount(limits.bodyTimeout) + .seconds(Int64(bodyBytes / Self.bytesPerSecond))
            if Self.interval * askedFor > allowed { return true }
        }
        stalledFor = context.channel.isWritable ? 0 : stalledFor + 1
        return stalledFor > Self.maximumStall
    }
}
