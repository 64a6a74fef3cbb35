import Foundation

/// Files that hold a key: read by nobody but their owner, and never written over.
package enum SecretFile {
    /// The content of a key file of at most 64 KiB.
    ///
    /// - Throws: `unreadableInput` when it cannot be read, or others than its owner may look into it.
    package static func read(_ path: String) throws(DeepFaceError) -> Data {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 != 0 {
            throw DeepFaceError(
                .unreadableInput, "the key file can be read or changed by others than its owner", input: path,
                advice: "close it with: chmod 600 FILE; and think about making a new one")
        }
        do throws(RegularFile.Problem) {
            return Data(try RegularFile.bytes(of: path, limit: 1 << 16))
        } catch {
            throw DeepFaceError(.unreadableInput, "the key file: \(error)", input: path)
        }
    }

    /// The bytes of a key that is written as text.
    ///
    /// - Parameter what: the key, for the error.
    /// - Throws: `invalidOption` when it is not 32 bytes in base64 or in 64 hexadecimal digits.
    package static func key(_ text: String, of what: String) throws(DeepFaceError) -> [UInt8] {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let bytes = text.count == 64 ? Self.bytes(hexadecimal: text) : Data(base64Encoded: text).map(Array.init)
        guard let bytes, bytes.count == 32 else {
            throw DeepFaceError(
                .invalidOption, "\(what) is not 32 bytes in base64 or hexadecimal digits",
                advice: "make one with: openssl rand -base64 32")
        }
        return bytes
    }

    private static func bytes(hexadecimal text: String) -> [UInt8]? {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == text.count else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    /// Writes a new file that only its owner can read, whole or not at all.
    ///
    /// - Throws: `unwritableOutput`, also when there is a file of this name: what a lost key has protected is lost.
    package static func create(_ content: Data, at path: String) throws(DeepFaceError) {
        func unwritable(_ reason: String, _ advice: String? = nil) -> DeepFaceError {
            DeepFaceError(.unwritableOutput, reason, input: path, advice: advice)
        }
        let part = "\(path).\(getpid())-\(UInt32.random(in: 0 ... .max)).part"
        let descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unwritable("cannot be written: \(String(cString: strerror(errno)))") }
        defer {
            close(descriptor)
            unlink(part)
        }
        var rest = content[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw unwritable("cannot be written: \(String(cString: strerror(errno)))") }
            rest = rest.dropFirst(written)
        }
        guard fsync(descriptor) == 0 else { throw unwritable("cannot be written: \(String(cString: strerror(errno)))") }
        // Unlike a rename, a link takes no other file's place.
        guard link(part, path) == 0 else {
            throw errno == EEXIST
                ? unwritable("there is a file of this name, and keys are not written over", "choose another name")
                : unwritable("cannot be written: \(String(cString: strerror(errno)))")
        }
    }
}
