import Foundation
import NIOCore
import NIOWebSocket

/// Answers the frames of a WebSocket, one after the other; while one is looked at, no more is read.
final class StreamHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundIn = Never
    typealias OutboundOut = WebSocketFrame

    private let session: StreamSession
    private let idle: TimeAmount
    private var waiting: [Data] = []
    private var isLooking = false
    private var wantsRead = false
    private var isClosing = false
    private var heard = NIODeadline.now()
    private var tick: Scheduled<Void>?

    /// Frames that may have come in one go; who sends more does not wait for answers.
    private static let maximumWaiting = 4

    init(_ session: StreamSession, idle: Duration) { (self.session, self.idle) = (session, TimeAmount(idle)) }

    func handlerAdded(context: ChannelHandlerContext) { schedule(context) }
    func handlerRemoved(context: ChannelHandlerContext) { tick?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        tick?.cancel()
        context.fireChannelInactive()
    }

    func read(context: ChannelHandlerContext) {
        if isLooking { wantsRead = true } else { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        heard = .now()
        if isClosing, frame.opcode != .connectionClose { return }
        switch frame.opcode {
        case .binary:
            guard waiting.count < Self.maximumWaiting else {
                return close(context, .policyViolation)
            }
            waiting.append(Data(frame.unmaskedData.readableBytesView))
            look(context)
        case .text: close(context, .unacceptableData)
        case .ping:
            context.writeAndFlush(
                wrapOutboundOut(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData)), promise: nil)
        case .connectionClose:
            if isClosing { return context.close(promise: nil) }
            close(context, .normalClosure)
        default: break
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent: close(context, .goingAway)
        case ChannelEvent.inputClosed: context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    /// Whatever the decoder finds wrong ends the stream.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { close(context, .protocolError) }

    private func look(_ context: ChannelHandlerContext) {
        guard !isLooking, !waiting.isEmpty else { return }
        isLooking = true
        let frame = waiting.removeFirst()
        let promise = context.eventLoop.makePromise(of: Data.self)
        promise.completeWithTask { [session] in await session.reply(to: frame) }
        promise.futureResult.assumeIsolated().whenSuccess { reply in self.answer(context, reply) }
    }

    private func answer(_ context: ChannelHandlerContext, _ reply: Data) {
        isLooking = false
        heard = .now()
        guard context.channel.isActive, !isClosing else { return }
        context.writeAndFlush(
            wrapOutboundOut(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(bytes: reply))), promise: nil)
        look(context)
        if wantsRead, !isLooking {
            wantsRead = false
            context.read()
        }
    }

    /// Says why, and closes shortly after.
    private func close(_ context: ChannelHandlerContext, _ code: WebSocketErrorCode) {
        guard !isClosing else { return }
        isClosing = true
        var buffer = context.channel.allocator.buffer(capacity: 2)
        buffer.write(webSocketErrorCode: code)
        context.writeAndFlush(
            wrapOutboundOut(WebSocketFrame(fin: true, opcode: .connectionClose, data: buffer)), promise: nil)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .seconds(1)) { bound.value.close(promise: nil) }
    }

    /// A client that has sent nothing for long is gone.
    private func schedule(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        tick = context.eventLoop.scheduleTask(in: .seconds(1)) {
            let (handler, context) = bound.value
            let isStuck = !context.channel.isWritable && .now() - handler.heard > .seconds(30)
            if isStuck { return context.close(promise: nil) }
            if !handler.isLooking, .now() - handler.heard > handler.idle { handler.close(context, .normalClosure) }
            handler.schedule(context)
        }
    }
}
