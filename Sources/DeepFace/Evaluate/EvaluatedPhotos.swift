import Foundation

/// The photos that stand in pairs, each with the SHA-256 of its bytes.
struct EvaluatedPhotos: Sendable {
    /// By the names that the pairs give them.
    let digests: [String: String]
    private let folder: URL

    /// Reads every photo once.
    ///
    /// - Throws: `unreadableInput` when photos are missing, naming the first of them.
    init(_ pairs: [LabelledPair], in folder: URL) throws(DeepFaceError) {
        self.folder = folder
        var isFolder = false
        if let values = try? folder.resourceValues(forKeys: [.isDirectoryKey]) {
            isFolder = values.isDirectory ?? false
        }
        guard isFolder else {
            throw DeepFaceError(
                .unreadableInput, "the folder of images is not there, or is not a folder", input: folder.path)
        }
        let names = Set(pairs.flatMap { [$0.first, $0.second] }).sorted()
        let missing = names.filter { RegularFile.size(of: Self.path($0, folder)) == nil }
        guard missing.isEmpty else {
            let shown = missing.prefix(3).joined(separator: ", ") + (missing.count > 3 ? ", …" : "")
            throw DeepFaceError(
                .unreadableInput,
                "\(missing.count) of the \(names.count) photos are not there: \(shown)",
                input: folder.path, advice: "name the folder that the pairs' photos are in with --images")
        }
        var digests: [String: String] = [:]
        for name in names {
            do throws(RegularFile.Problem) {
                digests[name] = try WeightStore.sha256(ofFile: Self.path(name, folder))
            } catch {
                throw .unreadable(error.description).naming(Self.path(name, folder))
            }
        }
        self.digests = digests
    }

    func path(_ name: String) -> String { Self.path(name, folder) }

    /// One photo for each content, in the order of their names.
    var distinct: [(digest: String, path: String)] {
        var seen: Set<String> = []
        return digests.sorted { $0.key < $1.key }.filter { seen.insert($0.value).inserted }
            .map { ($0.value, path($0.key)) }
    }

    private static func path(_ name: String, _ folder: URL) -> String {
        name.hasPrefix("/") ? name : folder.path + "/" + name
    }
}
