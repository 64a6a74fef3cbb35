import Foundation

extension Route {
    static let samplePhoto = Route(
        .get, "/v1/collections/{collection}/samples/{sample}/photo", .role(.read)
    ) { call in
        let place = try await CollectionCall(call)
        guard let photo = try await place.store.photo(of: try await place.sample(call), in: place.collection) else {
            throw Problem.notFound("the sample's photo was not kept")
        }
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
