import Foundation

/// Reading whole files: regular ones only, so that a directory, a pipe or a device is an error and never a hang.
enum RegularFile {
    /// Why a file cannot be read.
    enum Problem: Error, CustomStringConvertible {
        case missing
        case directory
        case notRegular
        case unreadable(String)
        case tooLarge(bytes: Int, limit: Int)

        var description: String {
            switch self {
            case .missing: "no such file"
            case .directory: "is a directory, not a file"
            case .notRegular: "is not a regular file"
            case .unreadable(let reason): "cannot be read: \(reason)"
            case .tooLarge(let bytes, let limit): "has \(bytes) bytes, more than the \(limit) allowed"
            }
        }
    }

    /// All bytes of the file at `path`.
    static func bytes(of path: String, limit: Int = .max) throws(Problem) -> [UInt8] {
        // Non-blocking, so that opening a pipe returns; it changes nothing for a regular file.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable(String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(String(cString: strerror(errno))) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw .directory
        default: throw .notRegular
        }
        let size = Int(status.st_size)
        guard size <= limit else { throw .tooLarge(bytes: size, limit: limit) }
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = read(descriptor, buffer.baseAddress! + count, size - count)
                if got < 0 && errno == EINTR { continue }
                if got < 0 { failure = errno }
                if got <= 0 { break }
                count += got
            }
        }
        guard failure == 0 else { throw .unreadable(String(cString: strerror(failure))) }
        return bytes
    }

    /// The size of the regular file at `path`; `nil` where there is none.
    static func size(of path: String) -> Int? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }
}
