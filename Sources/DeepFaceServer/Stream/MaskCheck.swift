import NIOCore
import NIOWebSocket

/// Lets only masked frames through, as a server must (RFC 6455, section 5.1).
final class MaskCheck: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = WebSocketFrame

    struct NotMasked: Error {}

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if unwrapInboundIn(data).maskKey == nil {
            context.fireErrorCaught(NotMasked())
        } else {
            context.fireChannelRead(data)
        }
    }
}
