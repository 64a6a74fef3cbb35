import Foundation

/// A photo of a folder as the file system tells of it, unopened.
package struct PhotoFile: Sendable, Codable {
    /// From the folder, with `/` between names.
    package let path: String
    /// Bytes.
    package let size: Int
    /// Nanoseconds since 1970.
    package let modified: Int

    package init(path: String, size: Int, modified: Int) {
        (self.path, self.size, self.modified) = (path, size, modified)
    }

    /// Whether it is as it was.
    func isUnchanged(_ file: PhotoFile) -> Bool { size == file.size && modified == file.modified }

    /// Byte by byte: to the file system, an é of two code points is another name than one of a single.
    static func comesBefore(_ one: PhotoFile, _ other: PhotoFile) -> Bool {
        one.path.utf8.lexicographicallyPrecedes(other.path.utf8)
    }
}

/// The photos of a folder and of the folders in it.
package struct PhotoFolder: Sendable {
    /// In the order of their paths' bytes.
    package private(set) var photos: [PhotoFile] = []
    /// Folders that cannot be looked into, and files that cannot be opened or whose names are not text.
    package private(set) var unreadable: [UnreadablePhoto] = []

    /// What a photo's name ends with, in small or capital letters: the formats that are decoded.
    static let extensions: Set<String> = ["jpg", "jpeg", "png", "webp", "bmp"]

    /// Walks through `folder`. As in Python, links to files are followed and links to folders are not, so that no loop
    /// is walked; what begins with a dot is passed over, the gallery's own files among it.
    ///
    /// - Throws: `unreadableInput` when there is no such folder, or it cannot be looked into.
    package init(_ folder: String) throws(DeepFaceError) {
        var waiting = [""]
        while let prefix = waiting.popLast() {
            guard let stream = opendir(prefix.isEmpty ? folder : "\(folder)/\(prefix)") else {
                let reason = String(cString: strerror(errno))
                guard !prefix.isEmpty else { throw Self.unusable(folder, reason) }
                unreadable.append(UnreadablePhoto(path: String(prefix.dropLast()), reason: reason))
                continue
            }
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in Array(bytes.prefix { $0 != 0 }) }
                guard name.first != UInt8(ascii: ".") else { continue }
                visit(name, in: prefix, dirfd(stream), &waiting)
            }
        }
        photos.sort(by: PhotoFile.comesBefore)
    }

    private mutating func visit(_ bytes: [UInt8], in prefix: String, _ folder: Int32, _ waiting: inout [String]) {
        func call(_ body: (UnsafePointer<CChar>) -> Int32) -> Int32 {
            (bytes + [0]).map { CChar(bitPattern: $0) }.withUnsafeBufferPointer { body($0.baseAddress!) }
        }
        func state(_ flags: Int32) -> stat? {
            var status = stat()
            return call { fstatat(folder, $0, &status, flags) } == 0 ? status : nil
        }
        guard var status = state(AT_SYMLINK_NOFOLLOW) else { return }
        let name = String(decoding: bytes, as: UTF8.self)
        let isPhoto = name.split(separator: ".").count > 1 && Self.extensions.contains(Self.ending(of: name))
        if status.st_mode & S_IFMT == S_IFLNK {
            guard isPhoto, let target = state(0) else { return }
            status = target
        } else if status.st_mode & S_IFMT == S_IFDIR {
            guard name.utf8.elementsEqual(bytes) else { return refuse(prefix + name) }
            return waiting.append("\(prefix)\(name)/")
        }
        guard isPhoto, status.st_mode & S_IFMT == S_IFREG else { return }
        guard name.utf8.elementsEqual(bytes) else { return refuse(prefix + name) }
        guard call({ faccessat(folder, $0, R_OK, 0) }) == 0 else {
            return unreadable.append(UnreadablePhoto(path: prefix + name, reason: String(cString: strerror(errno))))
        }
        let modified = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
        photos.append(PhotoFile(path: prefix + name, size: Int(status.st_size), modified: modified))
    }

    private mutating func refuse(_ path: String) {
        unreadable.append(UnreadablePhoto(path: path, reason: "its name is not UTF-8"))
    }

    private static func ending(of name: String) -> String {
        name.split(separator: ".").last.map { $0.lowercased() } ?? ""
    }

    private static func unusable(_ folder: String, _ reason: String) -> DeepFaceError {
        DeepFaceError(
            .unreadableInput, "the folder of photos cannot be looked into: \(reason)", input: folder,
            advice: "name a folder with photos in it")
    }
}

/// A file of a folder that gives no faces because it cannot be read.
public struct UnreadablePhoto: Sendable, Equatable {
    /// From the folder.
    public let path: String
    public let reason: String
}
