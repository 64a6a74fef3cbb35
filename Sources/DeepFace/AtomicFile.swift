import Foundation

/// Writing whole files so that a reader sees the old one or the new one, never a part.
public enum AtomicFile {
    /// Writes `content` to a `.part` beside `url`, has it on the disk, then renames it. Makes the folder if needed.
    ///
    /// - Throws: `unwritableOutput` when the folder or file cannot be written, for instance when the disk is full;
    ///   the `.part` is removed then.
    public static func write(_ content: Data, to url: URL) throws(DeepFaceError) {
        // A link stays a link, and a device is never replaced by a file.
        let url = url.resolvingSymlinksInPath()
        if FileManager.default.fileExists(atPath: url.path), RegularFile.size(of: url.path) == nil {
            throw DeepFaceError(
                .unwritableOutput, "is not a regular file", input: url.path, advice: "choose another name")
        }
        let part = url.appendingPathExtension(
            "\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: 0 ... .max)).part")
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try content.write(to: part)
            let handle = try FileHandle(forWritingTo: part)
            try handle.synchronize()
            try handle.close()
            guard rename(part.path, url.path) == 0 else {
                throw CocoaError(
                    .fileWriteUnknown, userInfo: [NSLocalizedDescriptionKey: String(cString: strerror(errno))])
            }
        } catch {
            try? FileManager.default.removeItem(at: part)
            throw DeepFaceError(
                .unwritableOutput, "cannot be written: \(error.localizedDescription)", input: url.path,
                advice: "check the folder's permissions and the free space")
        }
    }
}
