import DeepFace
import Foundation
import Testing

/// Folders of photos to search with `deepface find`, and what that gives.
enum Album {
    private static let photos = CommandRun.package.appending(path: "demo/photos")
    static var hasPhotos: Bool { FileManager.default.fileExists(atPath: sample("obama").path) }

    static func sample(_ name: String) -> URL { photos.appending(path: "\(name).jpg") }

    /// A folder with a photo of each of two people, in sub-folders.
    static func makeSmall(in folder: URL) throws -> URL {
        let album = folder.appending(path: "album")
        for (name, person) in [("obama2", "Barack"), ("biden", "Joe")] {
            let place = album.appending(path: person)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            try FileManager.default.copyItem(at: sample(name), to: place.appending(path: "1.jpg"))
        }
        return album
    }

    /// A dozen photos of other contents each, some of them in a sub-folder.
    static func makeCrowd(in folder: URL) throws -> URL {
        let album = folder.appending(path: "crowd")
        try FileManager.default.createDirectory(at: album.appending(path: "sub"), withIntermediateDirectories: true)
        for name in ["obama", "obama2", "obama3", "biden"] {
            let photo = try Image(decoding: try Data(contentsOf: sample(name)))
            for size in [400, 440, 480] {
                let small = try photo.scaled(width: size, height: size * photo.height / photo.width)
                try small.jpeg().write(to: album.appending(path: "\(size == 400 ? "sub/" : "")\(name)-\(size).jpg"))
            }
        }
        return album
    }

    /// Looks for one of the people in a folder.
    static func find(
        _ folder: URL, _ arguments: [String] = [], dies: (() -> Bool)? = nil
    ) throws -> CommandRun.Outcome {
        try CommandRun.deepface(["find", sample("obama").path, folder.path] + arguments, dies: dies)
    }

    static func hidden(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix(".") }.sorted()
    }
}

extension CommandRun.Outcome {
    /// The matches of each face.
    func rows() throws -> [[[String: Any]]] {
        try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[[String: Any]]])
    }

    /// How many photos the first face's matches are in.
    func identities() throws -> Int { Set(try rows()[0].compactMap { $0["identity"] as? String }).count }

    /// How many photos the run said it had embedded.
    var embedded: Int { errors.firstMatch(of: /(\d+) embedded/).flatMap { Int($0.output.1) } ?? 0 }
}

extension Trait where Self == ConditionTrait {
    /// Runs the test only where the sample photos are; `make test` brings them.
    static var needsSamplePhotos: Self { .enabled(if: Album.hasPhotos, "skipped: no sample photos") }
}
