import DeepFace
import Foundation
import RemoteSources
import Testing

/// Weights from web addresses into the weights folder.
struct WebWeightsTests {
    private static let content = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7) })

    private func withStore(_ body: (WeightStore) async throws -> Void) async throws {
        let home = FileManager.default.temporaryDirectory.appending(path: "deepface-web-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: home) }
        try await body(WeightStore(home: home))
    }

    private func published(
        _ server: ScriptedServer, _ paths: String..., sha256: String?, packing: PublishedFile.Packing = .none
    )
        -> PublishedFile
    {
        PublishedFile(
            name: "folder/face.h5", size: Self.content.count, sha256: sha256, licence: "MIT",
            source: .web(addresses: paths.map { "\(server.address)/\($0)" }, packing: packing))
    }

    @Test func theFirstAddressThatHasItIsTaken() async throws {
        let server = try ScriptedServer { _, request in
            request["path"] == "/mirror" ? .init("200 OK", [], Self.content) : .init("404 Not Found", [])
        }
        defer { server.stop() }
        try await withStore { store in
            let file = published(server, "gone", "mirror", sha256: sha256(Array(Self.content)))
            let puller = WeightPuller(store: store)
            let pulled = try await puller.pull([file])
            #expect(pulled == [file] && store.check(file) == .present)
            let content = try Data(contentsOf: store.url(of: file))
            #expect(content == Self.content)
            // Nothing is fetched twice, and nothing is left beside it.
            let again = try await puller.pull([file])
            #expect(again.isEmpty && server.requests.count == 2)
            let folder = store.url(of: file).deletingLastPathComponent().path
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["face.h5"])
        }
    }

    @Test func somethingElseIsNotPutInPlace() async throws {
        let server = try ScriptedServer { _, _ in .init("200 OK", [], Data(Self.content.reversed())) }
        defer { server.stop() }
        try await withStore { store in
            let file = published(server, "face.h5", sha256: sha256(Array(Self.content)))
            let error = await #expect(throws: DeepFaceError.self) { try await WeightPuller(store: store).pull([file]) }
            #expect(error?.code == .weightsDamaged && store.check(file) == .missing)
        }
    }

    @Test func anUnreachableFileIsNamedWithItsPlace() async throws {
        let server = try ScriptedServer { _, _ in .init("403 Forbidden", []) }
        defer { server.stop() }
        try await withStore { store in
            let file = published(server, "face.h5", sha256: nil)
            let error = await #expect(throws: DeepFaceError.self) { try await WeightPuller(store: store).pull([file]) }
            #expect(error?.code == .weightsMissing && error?.input == "\(server.address)/face.h5")
            #expect(error?.advice?.contains(store.url(of: file).path) == true)
        }
    }

    /// What has come from one address stays for the next try, whatever the other answers.
    @Test func halfAFileOutlivesTheOtherAddress() async throws {
        let server = try ScriptedServer { _, _ in .init("404 Not Found", []) }
        defer { server.stop() }
        try await withStore { store in
            let file = published(server, "one", "two", sha256: sha256(Array(Self.content)))
            let place = store.url(of: file)
            let part = place.appendingPathExtension("part")
            try AtomicFile.write(Self.content.prefix(1000), to: part)
            try AtomicFile.write(
                Data("\(server.address)/one\n\"tag\"".utf8), to: part.appendingPathExtension("etag"))
            await #expect(throws: DeepFaceError.self) { try await WeightPuller(store: store).pull([file]) }
            #expect(RegularFile.size(of: part.path) == 1000)
        }
    }

    @Test func weightsOfOnesOwnAreKept() async throws {
        let server = try ScriptedServer { _, _ in .init("200 OK", [], Self.content) }
        defer { server.stop() }
        try await withStore { store in
            let file = published(server, "one", sha256: sha256(Array(Self.content)))
            let place = store.url(of: file)
            try AtomicFile.write(Data("my own".utf8), to: place)
            try await WeightPuller(store: store).pull([file])
            let kept = try Data(contentsOf: place.appendingPathExtension("bak"))
            #expect(kept == Data("my own".utf8) && store.check(file) == .present)
        }
    }

    @Test func proxiesAreThoseOfTheEnvironment() {
        let environment = ["https_proxy": "http://me:word@proxy.test:3128", "NO_PROXY": "local.test, .inner.test"]
        func server(_ address: String) -> String? {
            Proxy.server(for: address, environment: environment).map { "\($0.host):\($0.port)" }
        }
        #expect(server("https://github.com/x") == "proxy.test:3128")
        #expect(server("http://github.com/x") == nil && server("https://local.test/x") == nil)
        #expect(server("https://a.inner.test/x") == nil && server("https://notlocal.test/x") != nil)
    }

    @Test func zipFilesAreUnpacked() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "deepface-zip-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Self.content.write(to: folder.appending(path: "face.h5"))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-m", "zipfile", "-c", "face.zip", "face.h5"]
        process.currentDirectoryURL = folder
        try process.run()
        process.waitUntilExit()
        let zip = try Data(contentsOf: folder.appending(path: "face.zip"))
        let server = try ScriptedServer { _, _ in .init("200 OK", [], zip) }
        defer { server.stop() }
        try await withStore { store in
            let file = published(server, "a.zip", sha256: sha256(Array(Self.content)), packing: .zip(member: "face.h5"))
            try await WeightPuller(store: store).pull([file])
            #expect(store.check(file) == .present)
            let folder = store.url(of: file).deletingLastPathComponent().path
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["face.h5"])
        }
    }
}
