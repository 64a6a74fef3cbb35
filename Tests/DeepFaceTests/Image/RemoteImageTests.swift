import DeepFace
import Foundation
import RemoteSources
import Testing

/// Images by address, from a server of the test's own on the loopback interface.
@Suite(.serialized) struct RemoteImageTests {
    private func fetch(
        _ answer: ScriptedServer.Answer, limit: Int = 1 << 20, timeout: Duration = .seconds(5)
    ) async throws -> Result<Image, DeepFaceError> {
        let server = try ScriptedServer { _, _ in answer }
        defer { server.stop() }
        var configuration = Configuration()
        configuration.fetcher = HTTPImageFetcher(timeout: timeout)
        configuration.limits.maximumBytes = limit
        let deepface = try DeepFace(configuration: configuration)
        do throws(DeepFaceError) {
            return .success(try await deepface.photo(ImageSource("\(server.address)/photo.png")))
        } catch {
            return .failure(error)
        }
    }

    private static let picture = Stream.smooth(height: 20, width: 30)

    @Test func aPhotoArrives() async throws {
        let png = try Self.picture.png()
        let image = try await fetch(.init("200 OK", [], png)).get()
        #expect(image == Self.picture)
    }

    @Test func badAnswersAreErrors() async throws {
        let png = try Self.picture.png()
        let many = Data(count: 5000)
        let cases: [(ScriptedServer.Answer, String)] = [
            (.init("404 Not Found", []), "404"),
            (.init("200 OK", [], many), "5000 bytes"),
            // No length given: counted as it comes.
            (.init("200 OK", [], many, length: nil), "more than the 4000"),
            (.init("200 OK", [], Data("text".utf8)), "not a JPEG"),
            // Promises more and never sends it.
            (.init("200 OK", [], png, cut: 20, holdsOpen: true), "cannot be read"),
            (.init(raw: Data("not http\r\n\r\n".utf8)), "cannot be read"),
        ]
        for (answer, words) in cases {
            let result = try await fetch(answer, limit: 4000, timeout: .seconds(1))
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
