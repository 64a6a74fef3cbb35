import DeepFace
import Foundation
import Testing

/// Which files of a folder are its photos.
struct PhotoFolderTests {
    @Test func photosOfAllFoldersInOrder() async throws {
        try await GalleryFixture.withFolder { folder in
            for name in [
                "b.jpg", "a.JPEG", "é.png", "e\u{301}.png", "Alice/1.webp", "Alice/2.bmp", "Alice/deep/er/3.Png",
                ".hidden.jpg", ".git/4.jpg", "notes.txt", "jpg", "5.jpg.part", "empty/.keep",
            ] {
                let url = folder.appending(path: name)
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(name.utf8).write(to: url)
            }
            try FileManager.default.createDirectory(
                at: folder.appending(path: "a folder.jpg"), withIntermediateDirectories: true)
            let found = try PhotoFolder(folder.path)
            let expected = [
                "b.jpg", "a.JPEG", "é.png", "e\u{301}.png", "Alice/1.webp", "Alice/2.bmp", "Alice/deep/er/3.Png",
            ].map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
            #expect(found.photos.map { Array($0.path.utf8) } == expected)
            #expect(found.photos.allSatisfy { $0.size == $0.path.utf8.count || $0.path.contains("/") })
            #expect(found.unreadable.isEmpty)
        }
    }

    @Test func linksToFilesAreFollowedAndLoopsAreNot() async throws {
        try await GalleryFixture.withFolder { folder in
            try Data("photo".utf8).write(to: folder.appending(path: "1.jpg"))
            for (link, target) in [
                ("2.jpg", "1.jpg"), ("loop", "."), ("itself.jpg", "itself.jpg"), ("gone.jpg", "nowhere.jpg"),
                ("device.jpg", "/dev/zero"), ("folder.jpg", "."),
            ] {
                try FileManager.default.createSymbolicLink(
                    atPath: folder.appending(path: link).path, withDestinationPath: target)
            }
            let found = try PhotoFolder(folder.path)
            #expect(found.photos.map(\.path) == ["1.jpg", "2.jpg"] && found.photos.map(\.size) == [5, 5])
        }
    }

    @Test func namesThatAreNoText() async throws {
        try await GalleryFixture.withFolder { folder in
            let name = Array(folder.path.utf8) + [UInt8(ascii: "/"), 0xE9] + Array(".jpg".utf8)
            let path = (name + [0]).map { CChar(bitPattern: $0) }
            let descriptor = open(path, O_CREAT | O_WRONLY, 0o600)
            try #require(descriptor >= 0)
            close(descriptor)
            let found = try PhotoFolder(folder.path)
            #expect(found.photos.isEmpty && found.unreadable.map(\.reason) == ["its name is not UTF-8"])
        }
    }

    @Test func foldersThatAreNone() throws {
        for path in ["/no/such/folder", #filePath, ""] {
            let error = #expect(throws: DeepFaceError.self) { try PhotoFolder(path) }
            #expect(error?.code == .unreadableInput && error?.input == path)
        }
    }
}
