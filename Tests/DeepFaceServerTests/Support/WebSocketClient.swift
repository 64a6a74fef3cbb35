import Foundation

/// A WebSocket as a client writes it, by hand.
struct WebSocketClient {
    let connection: RawConnection
    private var pending = Data()
    /// What the server answered to the handshake.
    let answer: String

    init(_ connection: RawConnection, _ path: String, _ headers: [String: String] = [:]) {
        self.connection = connection
        var lines = [
            "GET \(path) HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: keep-alive, Upgrade",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ]
        lines += headers.map { "\($0): \($1)" }
        connection.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
        let end = Data("\r\n\r\n".utf8)
        let data = connection.receive { $0.range(of: end) != nil }
        let head = data.range(of: end)?.upperBound ?? data.endIndex
        answer = String(decoding: data[..<head], as: UTF8.self)
        pending = Data(data[head...])
    }

    var isOpen: Bool { answer.hasPrefix("HTTP/1.1 101 ") }

    /// Sends a frame.
    func send(_ opcode: UInt8, _ content: Data, isLast: Bool = true, isMasked: Bool = true) {
        var frame = Data([(isLast ? 0x80 : 0) | opcode])
        let mask: UInt8 = isMasked ? 0x80 : 0
        switch content.count {
        case ..<126: frame.append(mask | UInt8(content.count))
        case ..<65_536: frame += [mask | 126, UInt8(content.count >> 8), UInt8(content.count & 255)]
        default:
            frame.append(mask | 127)
            frame += (0..<8).map { UInt8(content.count >> (56 - 8 * $0) & 255) }
        }
        guard isMasked else {
            connection.send(frame + content)
            return
        }
        let key: [UInt8] = [1, 2, 3, 4]
        connection.send(frame + key + content.enumerated().map { $1 ^ key[$0 % 4] })
    }

    /// The next frame; `nil` where the connection ends.
    mutating func next() -> (opcode: UInt8, content: Data)? {
        func enough(_ data: Data) -> Int? {
            guard data.count >= 2 else { return nil }
            let (short, start) = (Int(data[data.startIndex + 1] & 127), data.startIndex)
            switch short {
            case ..<126: return data.count >= 2 + short ? 2 + short : nil
            case 126:
                guard data.count >= 4 else { return nil }
                let count = Int(data[start + 2]) << 8 | Int(data[start + 3])
                return data.count >= 4 + count ? 4 + count : nil
            default:
                guard data.count >= 10 else { return nil }
                let count = (0..<8).reduce(0) { $0 << 8 | Int(data[start + 2 + $1]) }
                return data.count >= 10 + count ? 10 + count : nil
            }
        }
        let known = pending
        if enough(pending) == nil { pending += connection.receive { enough(known + $0) != nil } }
        guard let count = enough(pending) else { return nil }
        let frame = Data(pending.prefix(count))
        pending = Data(pending.dropFirst(count))
        let head = [126: 4, 127: 10][Int(frame[1] & 127)] ?? 2
        return (frame[0] & 15, frame.dropFirst(head))
    }
}
