import DeepFace
import Foundation
import Testing

/// JPEG pixels against those OpenCV gave the Python original.
@Suite(.needsShared) struct DecodeGoldenTests {
    struct Entry: Decodable {
        let image: String
        let shape: [Int]
        let sha256Bgr: String
    }

    @Test func everyRecordedPhotoDecodesToTheSamePixels() throws {
        let entries: [Entry] = try Shared.golden("decode")
        #expect(entries.count == 64)
        for entry in entries {
            let image = try Image(decoding: Data(contentsOf: URL(fileURLWithPath: Shared.photo(entry.image))))
            #expect([image.height, image.width, 3] == entry.shape)
            #expect(sha256(image.pixels) == entry.sha256Bgr, "\(entry.image)")
        }
    }
}
