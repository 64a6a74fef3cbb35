import DeepFace
import Foundation
import Testing

/// dlib's convolutional detector, its network run by our engine, against what libdlib 19.24 finds.
@Suite(.needsShared, .needsWeights(of: .dlibCNN), .serialized) struct DlibCNNTests {
    struct Face {
        let left, top, right, bottom: Double
        let score: Double
    }

    /// `net(image)` of dlib's examples/dnn_mmod_face_detection_ex.cpp on the photo scaled as it is here (`scale`, by
    /// OpenCV's INTER_LINEAR), the surest first.
    static let recorded: [(photo: String, scale: Double, faces: [Face])] = [
        (
            "deepface-dataset/img5.jpg", 2, [Face(left: 117, top: 256, right: 525, bottom: 664, score: 1.06381)]
        ),
        (
            "deepface-dataset/img67.jpg", 1, [Face(left: 372, top: 357, right: 568, bottom: 553, score: 1.07865)]
        ),
        (
            "deepface-dataset/selfie-many-people.jpg", 2,
            [
                Face(left: 412, top: 272, right: 608, bottom: 469, score: 1.08905),
                Face(left: 181, top: 629, right: 417, bottom: 864, score: 1.06611),
                Face(left: -26, top: 511, right: 170, bottom: 708, score: 1.05399),
                Face(left: 694, top: 271, right: 977, bottom: 554, score: 1.02405),
            ]
        ),
        (
            "deepface-dataset/couple.jpg", 1280.0 / 2280,
            [
                Face(left: 222, top: 338, right: 562, bottom: 678, score: 1.06452),
                Face(left: 752, top: 220, right: 1159, bottom: 628, score: 1.01693),
            ]
        ),
        (
            "crowd/linzaer_2.jpg", 1.25,
            [
                Face(left: 145, top: 147, right: 282, bottom: 284, score: 1.07173),
                Face(left: 367, top: 133, right: 503, bottom: 270, score: 1.0513),
                Face(left: 671, top: 119, right: 807, bottom: 256, score: 1.03241),
                Face(left: 892, top: 175, right: 1028, bottom: 311, score: 1.02554),
            ]
        ),
    ]

    /// YuNet's faces on a quarter of the photos, and no others.
    @Test func findsFaces() async throws {
        let detector = try await TestPipeline.deepface.detector(.dlibCNN)
        let photos = try Shared.golden(
            "extract_yunet", as: [DetectorGoldenTests.Recorded].self, keys: .useDefaultKeys
        ).filter { !$0.align }
        var (faces, found, others) = (0, 0, 0)
        for entry in stride(from: 0, to: photos.count, by: 4).map({ photos[$0] }) {
            let photo = try Image(decoding: Data(contentsOf: URL(fileURLWithPath: Shared.photo(entry.image))))
            var open = try detector.detect(in: photo)
            for face in entry.faces {
                faces += 1
                let area = face.facialArea
                let box = Box(x: area.x, y: area.y, width: area.w, height: area.h)
                guard let index = open.firstIndex(where: { $0.box.share(box) > 0.4 }) else { continue }
                open.remove(at: index)
                found += 1
            }
            others += open.count
        }
        #expect(faces > 15)
        #expect(found >= faces - 1 && others <= 1, "\(found) of \(faces), \(others) others")
    }

    @Test(arguments: recorded.map(\.photo)) func findsWhatDlibFinds(_ name: String) async throws {
        let entry = try #require(Self.recorded.first { $0.photo == name })
        let photo = try Image(decoding: Data(contentsOf: Shared.url("images/\(name)")))
        let faces = try await TestPipeline.deepface.detector(.dlibCNN).detect(in: photo)
        #expect(faces.count == entry.faces.count)
        for face in entry.faces {
            func inside(_ value: Double, _ length: Int) -> Double {
                min(max(0, value / entry.scale), Double(length))
            }
            let expected = [
                inside(face.left, photo.width), inside(face.top, photo.height), inside(face.right + 1, photo.width),
                inside(face.bottom + 1, photo.height),
            ]
            #expect(
                faces.contains { own in
                    let box = own.box
                    let corners = [box.x, box.y, box.x + box.width, box.y + box.height]
                    return zip(corners, expected).allSatisfy { abs(Double($0) - $1) <= 2 }
                }, "\(expected) not in \(faces.map(\.box))")
        }
    }
}
