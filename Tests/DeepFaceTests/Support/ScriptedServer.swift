import Foundation
import Synchronization

/// An HTTP server on the loopback interface that answers each connection once, as a script says.
final class ScriptedServer: Sendable {
    /// The answer to the request of connection `number`, from zero. Header names are lower-case; "path" is the path.
    typealias Script = @Sendable (_ number: Int, _ request: [String: String]) -> Answer

    struct Answer: Sendable {
        let bytes: Data
        let isCut: Bool
        let holdsOpen: Bool

        /// - Parameters:
        ///   - length: what is said about the body; `nil`: nothing. Default: the truth.
        ///   - cut: so many bytes of the body are sent. Default: all.
        ///   - holdsOpen: whether the connection stays open afterwards.
        init(
            _ status: String, _ headers: [String], _ body: Data = Data(), length: Int? = -1, cut: Int = .max,
            holdsOpen: Bool = false
        ) {
            let length = length.map { ["Content-Length: \($0 < 0 ? body.count : $0)"] } ?? []
            let lines = ["HTTP/1.1 \(status)"] + headers + length + ["Connection: close", "", ""]
            bytes = Data(lines.joined(separator: "\r\n").utf8) + body.prefix(cut)
            isCut = cut < body.count
            self.holdsOpen = holdsOpen
        }

        /// What need not be HTTP.
        init(raw: Data) {
            (bytes, isCut, holdsOpen) = (raw, false, false)
        }
    }

    let address: String
    private let socket: Int32
    private let heard = Mutex<[[String: String]]>([])
    private let held = Mutex<[Int32]>([])

    /// All requests so far.
    var requests: [[String: String]] { heard.withLock { $0 } }

    /// From which byte on each of them wanted the file.
    var starts: [Int?] { requests.map { Self.start($0) } }

    static func start(_ request: [String: String]) -> Int? {
        request["range"].flatMap { Int($0.dropFirst("bytes=".count).dropLast()) }
    }

    init(_ script: @escaping Script) throws {
        let listening = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        socket = listening
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listening, address, length) == 0 && listen(listening, 8) == 0
                    && getsockname(listening, address, &length) == 0
            }
        }
        guard bound else { throw CocoaError(.featureUnsupported) }
        self.address = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(listening, nil, nil)
                guard connection >= 0 else { return }
                serve(connection, script)
            }
        }
    }

    private func serve(_ connection: Int32, _ script: Script) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(connection, &buffer, buffer.count, 0)
        let lines = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).components(separatedBy: "\r\n")
        var request = ["path": lines[0].split(separator: " ").dropFirst().first.map(String.init) ?? ""]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            request[line[..<colon].lowercased()] = line[colon...].dropFirst().trimmingCharacters(in: .whitespaces)
        }
        let answer = heard.withLock {
            $0.append(request)
            return script($0.count - 1, request)
        }
        answer.bytes.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let now = send(connection, bytes.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
                guard now > 0 else { break }
                sent += now
            }
        }
        // A client may drop what it has not looked at when the connection breaks.
        if answer.isCut { Thread.sleep(forTimeInterval: 0.1) }
        if answer.holdsOpen { held.withLock { $0.append(connection) } } else { close(connection) }
    }

    /// Closes all connections and listens no more. May be called again.
    func stop() {
        shutdown(socket, Int32(SHUT_RDWR))
        for connection in held.withLock({ held in
            defer { held = [] }
            return held
        }) { close(connection) }
    }
}
