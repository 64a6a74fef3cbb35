import DeepFace
import DeepFaceServer
import Foundation
import NIOCore
import RemoteSources
import TestSupport
import Testing

struct ImageSourceTests {
    @Test func filesOutsideTheFolderStayOutside() async throws {
        let folder = try TemporaryFolder()
        let root = folder.file("root")
        let manager = FileManager.default
        try manager.createDirectory(at: root.appending(path: "sub"), withIntermediateDirectories: true)
        try manager.createDirectory(at: folder.file("root-not"), withIntermediateDirectories: true)
        try Data("secret".utf8).write(to: folder.file("secret"))
        try Data("secret".utf8).write(to: folder.file("root-not/secret"))
        try Data("inside".utf8).write(to: root.appending(path: "sub/a.jpg"))
        try manager.createSymbolicLink(
            at: root.appending(path: "out"), withDestinationURL: folder.file("secret"))
        try manager.createSymbolicLink(at: root.appending(path: "up"), withDestinationURL: folder.url)
        try manager.createSymbolicLink(
            at: root.appending(path: "in.jpg"), withDestinationURL: root.appending(path: "sub/a.jpg"))
        mkfifo(root.appending(path: "pipe").path, 0o600)
        let files = try ConfinedFiles(root: root.path, limit: 100)
        for path in ["sub/a.jpg", "in.jpg", "sub/../sub/a.jpg", root.appending(path: "sub/a.jpg").path] {
            #expect(try await files.content(of: path) == Data("inside".utf8), "\(path)")
        }
        for path in [
            "../secret", "out", "up/secret", "sub/../../secret", folder.file("secret").path, "../root-not/secret",
            folder.file("root-not/secret").path, "/etc/passwd", "sub", ".", "", "nothing", "pipe", "/dev/zero",
            "/proc/self/environ",
        ] {
            let error = await #expect(throws: DeepFaceError.self, "\(path)") { try await files.content(of: path) }
            #expect(error?.message == "is not a file below the allowed folder", "\(path)")
        }
        #expect(throws: DeepFaceError.self) { try ConfinedFiles(root: folder.file("secret").path, limit: 100) }
        await #expect(throws: DeepFaceError.self) {
            try await ConfinedFiles(root: root.path, limit: 5).content(of: "sub/a.jpg")
        }
    }

    @Test func pathsAndAddressesAreOffByDefault() async throws {
        try await ServerRun.with(warm: false) { server in
            for image in [
                "/etc/passwd", "img1.jpg", "../x", "http://127.0.0.1/x", "https://example.org/a.jpg",
                "file:///etc/passwd", "",
                "data:text/html;base64,aGFsbG8=",
            ] {
                let answer = try await server.checked("POST", "/v1/represent", json: ["image": image])
                #expect(answer.status == 400, "\(image)")
                let python = try await server.post("/represent", ["img": image])
                #expect(python.status == 400, "\(image)")
                #expect((python.json["error"] as? String)?.hasPrefix("Exception while representing: ") == true)
                #expect(!python.text.contains("root:"))
            }
        }
    }

    @Test(.needsPhotos) func pathsBelowTheFolderAreTaken() async throws {
        let folder = try Photos.url("img1").deletingLastPathComponent()
        try await ServerRun.with { settings, _ in
            settings.allowedRoot = folder.path
        } _: { server in
            let answer = try await server.checked("POST", "/v1/represent", json: ["image": "img1.jpg"])
            #expect(answer.status == 200)
            #expect(try await server.checked("POST", "/v1/represent", json: ["image": "../README.txt"]).status == 400)
        }
    }

    private static func address(_ text: String) throws -> SocketAddress { try SocketAddress(ipAddress: text, port: 80) }

    @Test(arguments: [
        "127.0.0.1", "127.255.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "203.0.113.7", "::1", "::", "fe80::1",
        "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "2001:db8::1", "2001::1", "::127.0.0.1", "fec0::1", "64:ff9b:1::1",
    ])
    func addressesOfThisAndPrivateNetworksAreRefused(_ text: String) throws {
        #expect(!PublicAddress.contains(try Self.address(text)))
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "172.32.0.1", "172.15.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:1.1.1.1",
    ])
    func addressesOfTheOpenNetworkAreNot(_ text: String) throws {
        #expect(PublicAddress.contains(try Self.address(text)))
    }

    @Test(arguments: [
        "http://127.0.0.1:1/x", "http://localhost/x", "http://[::1]/x", "http://2130706433/x", "http://0x7f.1/x",
        "http://127.1/x",
        "http://user:password@example.org/", "ftp://example.org/x", "http://example.org:22/",
    ])
    func hostsOfThisMachineAreRefused(_ text: String) async throws {
        let url = try #require(URL(string: text))
        let fetcher = GuardedImageFetcher(hosts: ["*", "localhost", "127.0.0.1"])
        await #expect(throws: DeepFaceError.self) { try await fetcher.fetch(url, maximumBytes: 100) }
    }

    @Test func hostsThatAreNotListedAreNotEvenResolved() async throws {
        var fetcher = GuardedImageFetcher(hosts: ["images.example:8080"])
        fetcher.resolve = { _, _ in
            Issue.record("was resolved")
            return []
        }
        for text in ["http://other.example/", "http://images.example/", "http://images.example.evil.example:8080/"] {
            let url = try #require(URL(string: text))
            await #expect(throws: DeepFaceError.self) { try await fetcher.fetch(url, maximumBytes: 100) }
        }
    }

    @Test func aListedHostIsResolvedOnceAndAskedThere() async throws {
        let inner = try await ServerRun.with(warm: false) { server -> String in
            var fetcher = GuardedImageFetcher(hosts: ["localhost:\(server.port)"])
            let port = server.port
            fetcher.resolve = { host, asked in
                #expect(host == "localhost" && asked == port)
                return [try SocketAddress(ipAddress: "127.0.0.1", port: port)]
            }
            // One private address among several is one too many.
            let url = try #require(URL(string: "http://localhost:\(port)/health"))
            await #expect(throws: DeepFaceError.self) { try await fetcher.fetch(url, maximumBytes: 1000) }
            fetcher.isAllowed = { $0.ipAddress == "127.0.0.1" }
            await #expect(throws: DeepFaceError.self) { try await fetcher.fetch(url, maximumBytes: 10) }
            return String(decoding: try await fetcher.fetch(url, maximumBytes: 1000), as: UTF8.self)
        }
        #expect(inner.contains("\"ok\""))
    }

    @Test func redirectsStayWithinTheHost() async throws {
        try await ServerRun.with(warm: false) { server in
            let port = server.port
            var fetcher = GuardedImageFetcher(hosts: ["localhost:\(port)"])
            fetcher.isAllowed = { _ in true }
            fetcher.resolve = { _, _ in [try SocketAddress(ipAddress: "127.0.0.1", port: port)] }
            // /ui leads to /ui/ on the same host.
            let url = try #require(URL(string: "http://localhost:\(port)/ui"))
            #expect(try await fetcher.fetch(url, maximumBytes: 1 << 20).count > 50)
        }
    }
}
