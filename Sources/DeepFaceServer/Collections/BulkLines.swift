import NIOCore

/// Photos that are lines of NDJSON.
struct BulkLines: BulkReader {
    private var line: [UInt8] = []
    /// Bytes of a line: a photo in base64, and its name.
    private let limit: Int
    private var isTooLong = false

    init(_ backend: Backend) { limit = backend.settings.limits.bodyBytes / 3 * 4 + 4096 }

    mutating func feed(_ buffer: ByteBuffer) throws(Problem) -> [BulkPhoto] {
        var photos: [BulkPhoto] = []
        let bytes = buffer.readableBytesView
        for piece in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if piece.offset > 0 { photos += end() }
            isTooLong = isTooLong || line.count + piece.element.count > limit
            if isTooLong { line = [] } else { line.append(contentsOf: piece.element) }
        }
        return photos
    }

    mutating func finish() throws(Problem) -> [BulkPhoto] { end() }

    /// The line is there; an empty one does not count.
    private mutating func end() -> [BulkPhoto] {
        defer { (line, isTooLong) = ([], false) }
        if isTooLong { return [BulkPhoto(photo: .failure(.tooLarge(limit)))] }
        guard line.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) else { return [] }
        do throws(Problem) {
            guard case .object(let members) = try JSONReader.value(of: line) else {
                throw .invalid("a line is not a JSON object")
            }
            var form = Form()
            form.fields = members.mapValues { .json($0) }
            guard let text = try form.text("image") else { throw .invalid("image is missing") }
            return [
                BulkPhoto(
                    photo: .success(.text(text)), person: try form.name("person"),
                    keepsPhoto: try form.bool("keep_photo") ?? false)
            ]
        } catch {
            return [BulkPhoto(photo: .failure(error))]
        }
    }
}
