import Foundation

extension Route {
    static let samplePhoto = Route(
        .get, "/v1/collections/{collection}/samples/{sample}/photo", .role(.read)
    ) { call in
        let place = try await CollectionCall(call)
        guard let id = Int64(try call.parameter("sample")), id > 0 else {
            throw Problem.invalid("a sample is a whole number from 1")
        }
        guard let sample = try await place.store.samples([id], of: place.collection).first,
            let photo = try await place.store.photo(of: sample, in: place.collection)
        else { throw Problem.notFound("there is no such sample, or its photo was not kept") }
        return Reply.bytes(photo, type: photo.mediaType)
    }
}

extension Data {
    /// The type of an image file, by its first bytes.
    fileprivate var mediaType: String {
        if starts(with: [0xFF, 0xD8]) { return "image/jpeg" }
        if starts(with: [0x89, 0x50, 0x4E, 0x47]) { return "image/png" }
        if starts(with: Array("RIFF".utf8)) { return "image/webp" }
        return "image/bmp"
    }
}
