import Crypto
import Foundation
import HTTPTypes
import HummingbirdCore

/// The opening of a WebSocket (RFC 6455, section 4).
struct StreamHandshake {
    let uri: URI
    private let key: String
    /// The key of the API, in a header or, from a page that can set none, among the subprotocols.
    let credential: String?
    private let offersProtocol: Bool

    /// `nil` where the request is none for a stream.
    init?(_ head: HTTPRequest) {
        let uri = URI(head.path ?? "")
        func words(_ name: HTTPField.Name) -> [String] {
            (head.headerFields[name] ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        guard head.method == .get, uri.path == "/v1/stream",
            words(.upgrade).contains(where: { $0.lowercased() == "websocket" }),
            words(.connection).contains(where: { $0.lowercased() == "upgrade" }),
            head.headerFields[.secWebSocketVersion] == "13", let key = head.headerFields[.secWebSocketKey],
            Data(base64Encoded: key)?.count == 16
        else { return nil }
        (self.uri, self.key) = (uri, key)
        let protocols = words(.secWebSocketProtocol)
        offersProtocol = protocols.contains("deepface")
        let request = Request(head: head, body: RequestBody(buffer: .init()))
        credential = request.bearer ?? protocols.first { $0.hasPrefix("key.") }.map { String($0.dropFirst(4)) }
    }

    /// The answer that makes the connection a WebSocket.
    var response: HTTPResponse {
        let digest = Insecure.SHA1.hash(data: Data((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        var headers: HTTPFields = [
            .upgrade: "websocket", .connection: "Upgrade", .secWebSocketAccept: Data(digest).base64EncodedString(),
        ]
        if offersProtocol { headers[.secWebSocketProtocol] = "deepface" }
        return HTTPResponse(status: .switchingProtocols, headerFields: headers)
    }
}
