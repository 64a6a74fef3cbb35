import Crypto
import DeepFace
import Foundation
import RemoteSources
import Synchronization
import Testing

/// Files from a server of the test's own, which cuts, changes, refuses and lies as each test wants.
@Suite(.serialized) struct FileDownloadTests {
    /// 3 MB without pattern.
    private static let content = Data((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) })

    /// What a test looks at: what the server heard, what progress told, where things lie.
    private final class Scene: Sendable {
        let folder = FileManager.default.temporaryDirectory.appending(path: "deepface-test-\(UUID().uuidString)")
        let server: ScriptedServer
        let told = Mutex<[[Int?]]>([])
        var target: URL { folder.appending(path: "weights.h5") }
        var left: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()) ?? [] }

        init(_ answers: @escaping ScriptedServer.Script) throws { server = try ScriptedServer(answers) }

        deinit {
            server.stop()
            try? FileManager.default.removeItem(at: folder)
        }

        var download: FileDownload {
            var download = FileDownload(address: server.address + "/weights", target: target) { received, total in
                self.told.withLock { $0.append([received, total]) }
            }
            download.pauses = [.milliseconds(1), .milliseconds(1)]
            return download
        }

        func install(_ part: URL) throws(DeepFaceError) {
            guard rename(part.path, target.path) == 0 else { throw DeepFaceError(.unwritableOutput, "not renamed") }
        }

        /// The error of a fetch, if it fails.
        func failure(_ change: (inout FileDownload) -> Void = { _ in }) async -> DeepFaceError? {
            var changed = download
            change(&changed)
            do throws(DeepFaceError) {
                try await changed.run(install: install)
                return nil
            } catch {
                return error
            }
        }

        func expectContent(_ content: Data = FileDownloadTests.content) throws {
            #expect(try SHA256.hash(data: Data(contentsOf: target)) == SHA256.hash(data: content))
            #expect(left == ["weights.h5"])
        }
    }

    /// A server with ranges, as object storages are. The first connections bring only `cuts` bytes each.
    private static func storage(
        _ content: Data = content, tag: String = "ETag: \"one\"", cuts: [Int] = []
    ) -> ScriptedServer.Script {
        { number, request in
            let cut = number < cuts.count ? cuts[number] : content.count
            let validator = tag.split(separator: " ", maxSplits: 1)[1]
            guard let first = ScriptedServer.start(request), request["if-range"] == String(validator) else {
                return .init("200 OK", [tag], content, cut: cut)
            }
            guard first < content.count else {
                return .init("416 Range Not Satisfiable", [tag, "Content-Range: bytes */\(content.count)"])
            }
            let place = "Content-Range: bytes \(first)-\(content.count - 1)/\(content.count)"
            return .init("206 Partial Content", [tag, place], content.dropFirst(first), cut: cut)
        }
    }

    @Test func aWholeFileArrives() async throws {
        let scene = try Scene(Self.storage())
        try await scene.download.run(install: scene.install)
        try scene.expectContent()
        let told = scene.told.withLock { $0 }
        #expect(told.first == [0, 3_000_000] && told.last == [3_000_000, 3_000_000] && told.count <= 5)
    }

    @Test(arguments: ["ETag: \"one\"", "Last-Modified: Wed, 21 Oct 2015 07:28:00 GMT"])
    func aCutConnectionIsGoneOnWith(tag: String) async throws {
        let scene = try Scene(Self.storage(tag: tag, cuts: [1_400_000, 600_000]))
        try await scene.download.run(install: scene.install)
        try scene.expectContent()
        let starts = scene.server.starts
        try #require(starts.count == 3)
        let (second, third) = try (#require(starts[1]), #require(starts[2]))
        #expect(starts[0] == nil && second > 0 && second <= 1_400_000 && third > second && third <= second + 600_000)
    }

    @Test func aLaterRunGoesOn() async throws {
        let scene = try Scene(Self.storage(cuts: [1_400_000]))
        let error = await scene.failure { $0.pauses = [] }
        #expect(error?.code == .weightsMissing && error?.message.contains("weights.h5 cannot be fetched") == true)
        #expect(scene.left == ["weights.h5.part", "weights.h5.part.etag"])
        let size = try Data(contentsOf: scene.target.appendingPathExtension("part")).count
        try await scene.download.run(install: scene.install)
        try scene.expectContent()
        #expect(size > 0 && scene.server.starts == [nil, size])
    }

    @Test func aWholePartIsNotFetchedAgain() async throws {
        let scene = try Scene(Self.storage())
        let busy = await #expect(throws: DeepFaceError.self) {
            try await scene.download.run { _ throws(DeepFaceError) in throw DeepFaceError(.unwritableOutput, "full") }
        }
        #expect(busy?.message == "full")
        try await scene.download.run(install: scene.install)
        try scene.expectContent()
        #expect(scene.server.starts == [nil, 3_000_000])
    }

    @Test func whatIsNotTheFileIsThrownAway() async throws {
        let scene = try Scene(Self.storage())
        await #expect(throws: DeepFaceError.self) {
            try await scene.download.run { _ throws(DeepFaceError) in throw DeepFaceError(.weightsDamaged, "hash") }
        }
        #expect(scene.left.isEmpty)
    }

    /// Also by a server that takes no notice of `If-Range`, and by one that names no state of the file at all.
    @Test(arguments: ["If-Range", "", "none"]) func aChangedFileIsBroughtAnew(obeys: String) async throws {
        let new = Data(Self.content.reversed())
        let scene = try Scene { number, request in
            let tag = obeys == "none" ? [] : ["ETag: \"\(number)\""]
            if number == 0 { return .init("200 OK", tag, Self.content, cut: 1_000_000) }
            guard number == 1, obeys == "", let start = ScriptedServer.start(request) else {
                return .init("200 OK", tag, new)
            }
            let place = "Content-Range: bytes \(start)-2999999/3000000"
            return .init("206 Partial Content", tag + [place], new.dropFirst(start))
        }
        try await scene.download.run(install: scene.install)
        try scene.expectContent(new)
        #expect((scene.server.starts[1] == nil) == (obeys == "none"))
    }

    @Test func anotherRangeIsNotGluedOn() async throws {
        let scene = try Scene { number, request in
            let tag = ["ETag: \"one\""]
            if number != 1 { return .init("200 OK", tag, Self.content, cut: number == 0 ? 1000 : .max) }
            return .init("206 Partial Content", tag + ["Content-Range: bytes 0-2999999/3000000"], Self.content)
        }
        try await scene.download.run(install: scene.install)
        try scene.expectContent()
    }

    @Test(arguments: ["404 Not Found", "403 Forbidden", "503 Service Unavailable", "302 Found"])
    func refusalsNameTheAddressAndThePlace(status: String) async throws {
        let scene = try Scene { _, _ in .init(status, [], Data("no".utf8)) }
        let error = await scene.failure()
        #expect(error?.code == .weightsMissing)
        #expect(error?.message == "weights.h5 cannot be fetched: the server answered \(status.prefix(3))")
        #expect(error?.input == scene.download.address)
        #expect(error?.advice == "download it yourself and put it at \(scene.target.path)")
        #expect(scene.left.isEmpty)
        #expect(scene.server.requests.count == (status.hasPrefix("5") ? 3 : 1))
    }

    @Test func aWebPageIsNotAFile() async throws {
        let scene = try Scene { _, _ in .init("200 OK", ["Content-Type: text/html; charset=utf-8"], Data("<p>".utf8)) }
        #expect(await scene.failure()?.message.contains("a web page instead of the file") == true)
        #expect(scene.left.isEmpty)
    }

    @Test func redirectsAreFollowedAndBounded() async throws {
        let storage = Self.storage(cuts: [0, 1_000_000])
        let scene = try Scene { number, request in
            if request["path"] == "/stored" { return storage(number, request) }
            return .init("302 Found", ["Location: /stored"])
        }
        try await scene.download.run(install: scene.install)
        try scene.expectContent()
        #expect(scene.server.requests.map { $0["path"] } == ["/weights", "/stored", "/weights", "/stored"])
        #expect(scene.server.starts[3] != nil)

        let circle = try Scene { number, _ in .init("302 Found", ["Location: /\(number)"]) }
        #expect(await circle.failure()?.message.contains("redirect limit") == true)
        #expect(circle.server.requests.count <= 12)
    }

    @Test(arguments: [true, false]) func tooMuchIsRefused(saysSo: Bool) async throws {
        let scene = try Scene { _, _ in
            .init("200 OK", ["ETag: \"one\""], Self.content, length: saysSo ? 3_000_000 : nil)
        }
        let error = await scene.failure { $0.maximumBytes = 2_999_999 }
        #expect(error?.code == .weightsMissing)
        #expect(error?.message.contains("more than the 2999999 allowed") == true)
        #expect(scene.left.isEmpty && scene.server.requests.count == 1)
    }

    @Test func aSilentServerCountsAsDropped() async throws {
        let scene = try Scene { number, _ in
            .init("200 OK", ["ETag: \"one\""], Self.content, cut: 1000, holdsOpen: true)
        }
        let error = await scene.failure {
            $0.silence = .milliseconds(200)
            $0.pauses = [.milliseconds(1)]
        }
        #expect(error?.message == "weights.h5 cannot be fetched: read timeout")
        #expect(scene.server.requests.count == 2)
    }

    @Test func cancellingKeepsWhatCame() async throws {
        let scene = try Scene { _, _ in
            .init("200 OK", ["ETag: \"one\""], Self.content, cut: 2_000_000, holdsOpen: true)
        }
        let task = Task { try await scene.download.run(install: scene.install) }
        while scene.told.withLock({ ($0.last?[0] ?? 0) < 1 << 20 }) { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        let error = await #expect(throws: DeepFaceError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        #expect(scene.left == ["weights.h5.part", "weights.h5.part.etag"])
    }

    @Test func onlyOneFetchesAtATime() async throws {
        let scene = try Scene(Self.storage())
        try await scene.download.run { part throws(DeepFaceError) in
            let error = await scene.failure()
            #expect(error?.code == .weightsMissing && error?.message.contains("by another process") == true)
            try scene.install(part)
        }
        try scene.expectContent()
    }

    @Test func anUnreachableServerAndAnUnusableAddress() async throws {
        let scene = try Scene(Self.storage())
        scene.server.stop()
        #expect(await scene.failure()?.message.contains("cannot be fetched: ") == true)
        let file = FileDownload(address: "file:///etc/hosts", target: scene.target)
        let error = await #expect(throws: DeepFaceError.self) { try await file.run(install: scene.install) }
        #expect(error?.message.contains("neither http nor https") == true)
    }

    @Test func aFolderThatCannotBeMadeIsUnwritable() async throws {
        let scene = try Scene(Self.storage())
        try Data().write(to: scene.folder)
        #expect(await scene.failure()?.code == .unwritableOutput)
        #expect(scene.server.requests.isEmpty)
    }
}
