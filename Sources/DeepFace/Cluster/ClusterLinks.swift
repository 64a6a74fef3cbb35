import Foundation

/// A folder with a folder for each person, in which links lead to the person's photos.
public struct ClusterLinks: Sendable {
    public let url: URL

    /// What the folder has in it when it was made here.
    private static let mark = ".deepface-people"

    /// Makes sure, before a long run, that the folder may be made, or made anew.
    ///
    /// - Parameter photos: the folder of photos, which must not get links to its own photos in it.
    /// - Throws: `unwritableOutput` when the folder has anything in it that was not made here.
    public init(_ url: URL, photos: String) throws(DeepFaceError) {
        self.url = url.standardizedFileURL
        let inside = Self.resolved(url).path + "/"
        if inside.hasPrefix(Self.resolved(URL(fileURLWithPath: photos, isDirectory: true)).path + "/") {
            throw DeepFaceError(
                .unwritableOutput, "the folder of links lies in the folder of photos, which would find them again",
                input: url.path, advice: "choose a folder elsewhere")
        }
        try check()
    }

    /// Makes the folder: whole, under another name, then in the place of the one before.
    ///
    /// - Throws: `unwritableOutput`.
    public func write(_ clusters: FaceClusters) throws(DeepFaceError) {
        let files = FileManager.default
        let part = url.deletingLastPathComponent().appending(
            path: ".\(url.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).part")
        let old = part.appendingPathExtension("old")
        do {
            try files.createDirectory(at: part, withIntermediateDirectories: true)
            defer { try? files.removeItem(at: part) }
            try Data().write(to: part.appending(path: Self.mark))
            let people = clusters.clusters
            for (name, cluster) in zip(Self.folders(people.map { ($0.id, $0.name) }), people) {
                let folder = part.appending(path: name)
                try files.createDirectory(at: folder, withIntermediateDirectories: false)
                var taken: Set<String> = []
                for face in cluster.members {
                    let photo = URL(fileURLWithPath: face.identity).standardizedFileURL
                    let link = Self.free(photo.lastPathComponent, &taken)
                    try files.createSymbolicLink(at: folder.appending(path: link), withDestinationURL: photo)
                }
            }
            // Somebody may have put a file there meanwhile.
            try check()
            let isThere = Self.exists(url)
            if isThere { try files.moveItem(at: url, to: old) }
            do {
                try files.moveItem(at: part, to: url)
            } catch {
                if isThere { try? files.moveItem(at: old, to: url) }
                throw error
            }
            if isThere { try files.removeItem(at: old) }
        } catch let error as DeepFaceError {
            throw error
        } catch {
            throw DeepFaceError(
                .unwritableOutput, "the folder of links cannot be made: \(error.localizedDescription)",
                input: url.path, advice: "check the permissions and the free space")
        }
    }

    /// Refuses a place where something is that was not made here.
    private func check() throws(DeepFaceError) {
        guard Self.exists(url) else { return }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: url.path), !Self.isLink(url) else {
            throw refusal("is no folder that can be looked into", url)
        }
        if names.isEmpty { return }
        guard names.contains(Self.mark) else { throw refusal("was not made here, and has files in it", url) }
        for name in names where name != Self.mark {
            let folder = url.appending(path: name)
            guard !Self.isLink(folder), let links = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
            else { throw refusal("has something in it that was not made here", folder) }
            for link in links where !Self.isLink(folder.appending(path: link)) {
                throw refusal("has something in it that was not made here", folder.appending(path: link))
            }
        }
    }

    private func refusal(_ reason: String, _ place: URL) -> DeepFaceError {
        DeepFaceError(
            .unwritableOutput, "the folder of links \(reason)", input: place.path,
            advice: "choose a new folder, or take away what is in this one")
    }
}

extension ClusterLinks {
    /// A name for each person's folder: no two the same, and none that leads elsewhere.
    package static func folders(_ people: [(id: Int, name: String?)]) -> [String] {
        var taken: Set<String> = []
        return people.map { person in free(person.name.map(safe) ?? "person \(person.id)", &taken) }
    }

    /// A name that a folder can have.
    private static func safe(_ name: String) -> String {
        var safe = String(
            String.UnicodeScalarView(
                name.unicodeScalars.map { $0 == "/" || $0.properties.generalCategory == .control ? "_" : $0 }))
        if safe.hasPrefix(".") || safe.isEmpty { safe = "_" + safe }
        while safe.utf8.count > 200 { safe.removeLast() }
        return safe
    }

    /// The name, or with a number before its ending where it is taken.
    private static func free(_ name: String, _ taken: inout Set<String>) -> String {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let (stem, ending) =
            parts.count > 1 ? (parts.dropLast().joined(separator: "."), ".\(parts[parts.count - 1])") : (name, "")
        var (result, number) = (name, 2)
        while !taken.insert(result).inserted {
            result = "\(stem) (\(number))\(ending)"
            number += 1
        }
        return result
    }

    private static func isLink(_ url: URL) -> Bool {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: url.path)) != nil
    }

    private static func exists(_ url: URL) -> Bool {
        FileManager.default.fileExists(atPath: url.path) || isLink(url)
    }

    /// The place without links, also where only folders above it are there.
    private static func resolved(_ url: URL) -> URL {
        var (there, rest): (URL, [String]) = (url.standardizedFileURL, [])
        while !exists(there), there.path != "/" {
            rest.append(there.lastPathComponent)
            there.deleteLastPathComponent()
        }
        return rest.reversed().reduce(there.resolvingSymlinksInPath()) { $0.appending(path: $1) }
    }
}
