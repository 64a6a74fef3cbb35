import DeepFace
import Foundation
import NIOCore

/// Photos that are parts of a multipart form, each named after the person it shows. `keep_photo` counts for the photos
/// behind it.
struct BulkParts: BulkReader {
    private var parser: MultipartParser
    private let limit: Int
    private var keepsPhotos = false
    private var head: MultipartHead?
    private var content: [UInt8] = []
    private var isTooLarge = false

    init(_ contentType: String, _ backend: Backend) throws(Problem) {
        parser = try MultipartParser(contentType: contentType)
        limit = backend.settings.limits.bodyBytes
    }

    mutating func feed(_ buffer: ByteBuffer) throws(Problem) -> [BulkPhoto] {
        var events: [MultipartParser.Event] = []
        try parser.feed(buffer.readableBytesView) { events.append($0) }
        var photos: [BulkPhoto] = []
        for event in events {
            switch event {
            case .part(let head): (self.head, content, isTooLarge) = (head, [], false)
            case .content(let bytes):
                isTooLarge = isTooLarge || content.count + bytes.count > limit
                if isTooLarge { content = [] } else { content.append(contentsOf: bytes) }
            case .endOfPart:
                guard let head else { continue }
                if head.name == "image" {
                    photos.append(photo(head))
                } else if head.name == "keep_photo" {
                    var form = Form()
                    form.fields = ["keep_photo": .text(String(decoding: content, as: UTF8.self))]
                    keepsPhotos = try form.bool("keep_photo") ?? false
                }
                content = []
            case .end: break
            }
        }
        return photos
    }

    mutating func finish() throws(Problem) -> [BulkPhoto] {
        try parser.finish()
        return []
    }

    private func photo(_ head: MultipartHead) -> BulkPhoto {
        if isTooLarge { return BulkPhoto(photo: .failure(.tooLarge(limit))) }
        let name = ImageIntake.displayName(head.fileName ?? "")
        let person = URL(fileURLWithPath: "/" + name).deletingPathExtension().lastPathComponent
        guard !name.isEmpty, !person.isEmpty, person != "/" else {
            return BulkPhoto(photo: .failure(.invalid("a photo has no file name, and so shows nobody")))
        }
        do throws(Problem) {
            return BulkPhoto(
                photo: .success(.source(.data(Data(content), name: name))),
                person: try Name.check(person, "the file's name without its end"), keepsPhoto: keepsPhotos)
        } catch {
            return BulkPhoto(photo: .failure(error))
        }
    }
}
