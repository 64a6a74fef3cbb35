import DeepFace
import Foundation
import RemoteSources
import Testing

/// Files out of archives, which python3 makes here.
struct UnpackingTests {
    /// A folder with `a.zip`, whose member `in/file` is 2 MB of one letter.
    private func withArchive(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "deepface-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            """
            import zipfile
            zipfile.ZipFile("a.zip", "w", zipfile.ZIP_DEFLATED).writestr("in/file", b"w" * 2_000_000)
            """,
        ]
        process.currentDirectoryURL = folder
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        try await body(folder)
    }

    private static let content = Data(repeating: UInt8(ascii: "w"), count: 2_000_000)

    @Test func aMemberIsUnpacked() async throws {
        try await withArchive { folder in
            let target = folder.appending(path: "file.h5")
            try Data("old".utf8).write(to: target)
            try await Unpacking.zip(
                folder.appending(path: "a.zip"), member: "in/file", to: target, maximumBytes: 2_000_000)
            #expect(try Data(contentsOf: target) == Self.content)
        }
    }

    @Test(arguments: ["too large", "no such member", "cut"])
    func badArchivesAreDamage(which: String) async throws {
        try await withArchive { folder in
            let target = folder.appending(path: "file.h5")
            let archive = folder.appending(path: "a.zip")
            if which == "cut" { try Data(contentsOf: archive).dropLast(30).write(to: archive) }
            let error = await #expect(throws: DeepFaceError.self) {
                let member = which == "no such member" ? "file" : "in/file"
                try await Unpacking.zip(archive, member: member, to: target, maximumBytes: 1_999_999)
            }
            #expect(error?.code == .weightsDamaged && error?.input == archive.path, "\(error?.description ?? "")")
            #expect(error?.message.hasPrefix("cannot be unpacked: ") == true)
            #expect(!FileManager.default.fileExists(atPath: target.path))
        }
    }

    @Test func aPlaceThatCannotBeWrittenIsNamed() async throws {
        try await withArchive { folder in
            let target = folder.appending(path: "none/file.h5")
            let error = await #expect(throws: DeepFaceError.self) {
                try await Unpacking.zip(folder.appending(path: "a.zip"), member: "in/file", to: target)
            }
            #expect(error?.code == .unwritableOutput && error?.input == target.path)
        }
    }
}
