import Hummingbird
import Logging
import NIOCore

/// What is known of a request besides itself.
struct ServerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The number the connection comes from, as text.
    let address: String
    /// Names the request in answers and in the log.
    var requestID = ""
    /// Who asks; known once the route has looked.
    var caller: Gatekeeper.Caller?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        address = source.channel.remoteAddress?.ipAddress ?? "local"
    }
}
