import Foundation

/// SHA-256 digests of files, remembered for as long as a file stays as it was, so that half a gigabyte of weights is
/// not read through at every start.
///
/// A file counts as unchanged when the system gives the same place on the disk, size and times of change. Changed times
/// cannot be set back by a program without the right to set the clock.
package struct DigestMemo: Sendable {
    /// Where the digests are kept. Disposable.
    package let folder: URL

    package init(folder: URL) {
        self.folder = folder
    }

    /// The SHA-256 of the file at `path`, 64 hexadecimal digits.
    package func sha256(ofFile path: String) throws(RegularFile.Problem) -> String {
        let state = Self.state(of: path)
        let note = folder.appending(path: WeightStore.sha256(Data(path.utf8)).prefix(32))
        if let state, let kept = try? String(contentsOf: note, encoding: .utf8).split(separator: " "),
            kept.count == 2, kept[0] == state.key, kept[1].count == 64
        {
            return String(kept[1])
        }
        let digest = try WeightStore.sha256(ofFile: path)
        // A file written just now could change again without a later time of change.
        if let state, state.key == Self.state(of: path)?.key, Date().timeIntervalSince1970 - state.changed > 2 {
            try? AtomicFile.write(Data("\(state.key) \(digest)".utf8), to: note)
        }
        return digest
    }

    private static func state(of path: String) -> (key: String, changed: Double)? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let times = [status.st_mtim, status.st_ctim].map { "\($0.tv_sec).\($0.tv_nsec)" }
        let key = ["\(status.st_dev)", "\(status.st_ino)", "\(status.st_size)"] + times
        return (key.joined(separator: ","), Double(status.st_ctim.tv_sec))
    }
}
