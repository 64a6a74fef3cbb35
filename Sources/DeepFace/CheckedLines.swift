import Foundation

/// Records in a file that only grows: a line each, with 16 digits of its SHA-256, a blank, and the record as JSON.
///
/// A line that a killed process or a full disk left unfinished does not bear its digest and is passed over. Several
/// processes may add at once. The file can be read by its owner only: embeddings tell who somebody is.
final class CheckedLines<Record: Codable> {
    private let url: URL
    let descriptor: Int32
    private let unusable: @Sendable (String) -> DeepFaceError
    private let cipher: LineCipher?

    /// Opens the file, or makes it.
    ///
    /// - Parameters:
    ///   - cipher: encrypts the records; those that it cannot open are passed over.
    ///   - unusable: the error for a file that cannot be used, given why.
    init(
        _ url: URL, cipher: LineCipher? = nil, unusable: @escaping @Sendable (String) -> DeepFaceError
    ) throws(DeepFaceError) {
        (self.url, self.cipher, self.unusable) = (url, cipher, unusable)
        descriptor = open(url.path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unusable("cannot be written: \(String(cString: strerror(errno)))") }
    }

    deinit { close(descriptor) }

    /// All whole records, in the order they were added.
    func records() throws(DeepFaceError) -> [Record] {
        let content: [UInt8]
        do throws(RegularFile.Problem) {
            content = try RegularFile.bytes(of: url.path)
        } catch {
            throw unusable("cannot be read: \(error)")
        }
        // An unfinished line must not swallow the next one.
        if let last = content.last, last != UInt8(ascii: "\n") { try write([UInt8(ascii: "\n")]) }
        return content.split(separator: UInt8(ascii: "\n")).compactMap { record($0) }
    }

    /// Adds a record.
    ///
    /// - Throws: what `unusable` gives, for instance when the disk is full.
    func add(_ record: Record) throws(DeepFaceError) {
        guard let plain = try? JSONEncoder().encode(record), let json = cipher.map({ $0.seal(plain) }) ?? plain else {
            throw DeepFaceError(.engine, "a record cannot be written as JSON", input: url.path)
        }
        try write([UInt8](Data("\(WeightStore.sha256(json).prefix(16)) ".utf8) + json + Data("\n".utf8)))
    }

    private func record(_ line: ArraySlice<UInt8>) -> Record? {
        guard line.count > 17 else { return nil }
        let json = Data(line.dropFirst(17))
        guard line.prefix(17).elementsEqual("\(WeightStore.sha256(json).prefix(16)) ".utf8) else { return nil }
        guard let plain = cipher.map({ $0.open(json) }) ?? json else { return nil }
        return try? JSONDecoder().decode(Record.self, from: plain)
    }

    private func write(_ bytes: [UInt8]) throws(DeepFaceError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw unusable("cannot be written: \(String(cString: strerror(errno)))") }
            rest = rest.dropFirst(written)
        }
    }
}
