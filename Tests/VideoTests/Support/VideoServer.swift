import Foundation
import Synchronization

/// An HTTP server on the loopback interface that sends a video on each connection, as a script says.
final class VideoServer: Sendable {
    /// What a connection gets.
    enum Answer: Sendable {
        /// These bytes, so many of them a second, and then the connection ends; or stays open, in silence.
        case video(Data, bytesPerSecond: Int, staysOpen: Bool = false)
        /// Nothing is said.
        case silence
    }

    let address: String
    private let socket: Int32
    private let state = Mutex((count: 0, isStopped: false))

    var connections: Int { state.withLock { $0.count } }

    /// - Parameter script: the answer to connection `number`, from zero.
    init(_ script: @escaping @Sendable (_ number: Int) -> Answer) throws {
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
        self.address = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))/live"
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(listening, nil, nil)
                guard connection >= 0 else { return }
                let number = state.withLock { state in
                    state.count += 1
                    return state.count - 1
                }
                let answer = script(number)
                Thread.detachNewThread { [self] in
                    serve(connection, answer)
                    close(connection)
                }
            }
        }
    }

    private var isStopped: Bool { state.withLock { $0.isStopped } }

    private func serve(_ connection: Int32, _ answer: Answer) {
        var request = [UInt8](repeating: 0, count: 4096)
        guard recv(connection, &request, request.count, 0) > 0 else { return }
        guard case .video(let video, let rate, let staysOpen) = answer else { return wait() }
        let head = "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n"
        guard send(connection, Data(head.utf8)) else { return }
        let step = max(188, rate / 50)
        var place = 0
        while place < video.count, !isStopped {
            guard send(connection, video[place..<min(place + step, video.count)]) else { return }
            place += step
            Thread.sleep(forTimeInterval: 0.02)
        }
        if staysOpen { wait() }
    }

    private func wait() { while !isStopped { Thread.sleep(forTimeInterval: 0.02) } }

    private func send(_ connection: Int32, _ data: Data) -> Bool {
        data.withUnsafeBytes { bytes in
            var sent = 0
            while sent < bytes.count {
                let now = Foundation.send(
                    connection, bytes.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
                guard now > 0 else { return false }
                sent += now
            }
            return true
        }
    }

    /// Ends all connections and listens no more.
    func stop() {
        state.withLock { $0.isStopped = true }
        shutdown(socket, Int32(SHUT_RDWR))
        close(socket)
    }
}
