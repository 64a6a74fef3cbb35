import Foundation

/// Reading whole files: regular ones only, so that a directory, a pipe or a device is an error and never a hang.
package enum RegularFile {
    /// Why a file cannot be read.
    package enum Problem: Error, CustomStringConvertible {
        case missing
        case directory
        case notRegular
        case unreadable(String)
        case tooLarge(bytes: Int, limit: Int)

        package var description: String {
            switch self {
            case .missing: "no such file"
            case .directory: "it is a directory, not a file"
            case .notRegular: "it is not a regular file"
            case .unreadable(let reason): "it cannot be read: \(reason)"
            case .tooLarge(let bytes, let limit): "it has \(bytes) bytes, more than the \(limit) allowed"
            }
        }
    }

    /// All bytes of the file at `path`.
    package static func bytes(of path: String, limit: Int = .max) throws(Problem) -> [UInt8] {
        var bytes: [UInt8] = []
        try read(
            path, limit: limit, sized: { bytes.reserveCapacity($0) }, chunk: { bytes.append(contentsOf: $0) })
        return bytes
    }

    /// Hands the file at `path` to `chunk`, a mebibyte at a time; `sized` hears its size first.
    static func read(
        _ path: String, limit: Int = .max, sized: (Int) -> Void = { _ in }, chunk: (UnsafeRawBufferPointer) -> Void
    ) throws(Problem) {
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
        guard Int(status.st_size) <= limit else { throw .tooLarge(bytes: Int(status.st_size), limit: limit) }
        sized(Int(status.st_size))
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        var total = 0
        while true {
            let got = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw .unreadable(String(cString: strerror(errno))) }
            if got == 0 { return }
            total += got
            // A file may grow while it is read.
            guard total <= limit else { throw .tooLarge(bytes: total, limit: limit) }
            chunk(UnsafeRawBufferPointer(rebasing: buffer[..<got]))
        }
    }

    /// The size of the regular file at `path`; `nil` where there is none.
    package static func size(of path: String) -> Int? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }
}
