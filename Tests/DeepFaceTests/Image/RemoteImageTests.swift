import DeepFace
import Foundation
import RemoteSources
import Synchronization
import Testing

/// Images by address, from a server of the test's own on the loopback interface.
@Suite(.serialized) struct RemoteImageTests {
    /// Answers each connection with fixed bytes, then closes it or keeps it open.
    private final class Server: Sendable {
        let port: Int
        private let socket: Int32
        private let held = Mutex<[Int32]>([])

        init(answer: Data, holdsOpen: Bool = false) throws {
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
            port = Int(UInt16(bigEndian: address.sin_port))
            Thread.detachNewThread { [self] in
                while true {
                    let connection = accept(listening, nil, nil)
                    guard connection >= 0 else { return }
                    var request = [UInt8](repeating: 0, count: 4096)
                    _ = recv(connection, &request, request.count, 0)
                    _ = answer.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                    if holdsOpen { held.withLock { $0.append(connection) } } else { close(connection) }
                }
            }
        }

        var url: ImageSource { ImageSource("http://127.0.0.1:\(port)/photo.png") }

        func stop() {
            shutdown(socket, Int32(SHUT_RDWR))
            close(socket)
            for connection in held.withLock({ $0 }) { close(connection) }
        }
    }

    private func fetch(
        _ answer: Data, holdsOpen: Bool = false, limit: Int = 1 << 20, timeout: Duration = .seconds(5)
    ) async throws -> Result<Image, DeepFaceError> {
        let server = try Server(answer: answer, holdsOpen: holdsOpen)
        defer { server.stop() }
        var configuration = Configuration()
        configuration.fetcher = HTTPImageFetcher(timeout: timeout)
        configuration.limits.maximumBytes = limit
        let deepface = try DeepFace(configuration: configuration)
        do throws(DeepFaceError) {
            return .success(try await deepface.photo(server.url))
        } catch {
            return .failure(error)
        }
    }

    private static let picture = Stream.smooth(height: 20, width: 30)

    private func answer(_ status: String, _ headers: [String], _ body: Data) -> Data {
        Data("HTTP/1.1 \(status)\r\n\(headers.map { $0 + "\r\n" }.joined())Connection: close\r\n\r\n".utf8) + body
    }

    @Test func aPhotoArrives() async throws {
        let png = try Self.picture.png()
        let image = try await fetch(answer("200 OK", ["Content-Length: \(png.count)"], png)).get()
        #expect(image == Self.picture)
    }

    @Test func badAnswersAreErrors() async throws {
        let png = try Self.picture.png()
        let many = Data(count: 5000)
        let cases: [(Data, Bool, String)] = [
            (answer("404 Not Found", ["Content-Length: 0"], Data()), false, "404"),
            (answer("200 OK", ["Content-Length: 5000"], many), false, "5000 bytes"),
            // No length given: counted as it comes.
            (answer("200 OK", [], many), false, "more than the 4000"),
            (answer("200 OK", ["Content-Length: 4"], Data("text".utf8)), false, "not a JPEG"),
            // Promises more and never sends it.
            (answer("200 OK", ["Content-Length: \(png.count)"], png.prefix(20)), true, "cannot be read"),
            (Data("not http\r\n\r\n".utf8), false, "cannot be read"),
        ]
        for (bytes, holdsOpen, words) in cases {
            let result = try await fetch(bytes, holdsOpen: holdsOpen, limit: 4000, timeout: .seconds(1))
            let error = #expect(throws: DeepFaceError.self) { try result.get() }
            #expect(error?.code == .unreadableInput)
            #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
            #expect(error?.description.contains("127.0.0.1") == true)
        }
    }

    @Test func withoutFetcherAddressesAreRefused() async throws {
        let error = await #expect(throws: DeepFaceError.self) {
            try await DeepFace().photo("http://127.0.0.1:1/photo.png")
        }
        #expect(error?.code == .unreadableInput && error?.message.contains("fetcher") == true)
    }
}
