import DeepFace
import Foundation
import Testing

/// Boxes and eyes of every dataset photo against what the Python original found.
@Suite(.needsShared, .needsTestHome, .serialized, .oneAtATime) struct DetectorGoldenTests {
    struct Recorded: Decodable {
        struct Face: Decodable {
            let facialArea: FacialArea
            let confidence: Double
            let mean: [Double]

            enum CodingKeys: String, CodingKey {
                case confidence, mean
                case facialArea = "facial_area"
            }
        }
        let image: String
        let align: Bool
        let faces: [Face]
    }

    /// A detector, within how many pixels it must agree, whether its cut-out faces must look the same too, and the
    /// share of the faces that must agree.
    ///
    /// Many of MTCNN's proposals score exactly 1 in 32 bits, and which of them comes first decides where the face is
    /// found: there the last bit of PyTorch's arithmetic shows.
    static let detectors: [(DetectorModel, tolerance: Int, sameCrop: Bool, share: Double)] = [
        (.opencv, 1, true, 0.98), (.dlib, 1, true, 0.98), (.mtcnn, 2, false, 0.98), (.yunet, 1, true, 0.98),
        (.ssd, 2, true, 0.98), (.fastMTCNN, 2, false, 0.94),
    ]
    /// Recordings that are not called as the detector is.
    static let recordings = ["ssd": "ssd_uint8"]

    @Test(arguments: detectors.map(\.0.name), [Alignment.none, .eyes])
    func agrees(name: String, alignment: Alignment) async throws {
        let (detector, tolerance, sameCrop, share) = try #require(Self.detectors.first { $0.0.name == name })
        let recorded = try Shared.golden(
            "extract_\(Self.recordings[name] ?? name)", as: [Recorded].self, keys: .useDefaultKeys
        )
        .filter { $0.align == (alignment == .eyes) }
        var options = Options()
        options.detector = detector
        options.alignment = alignment
        options.enforceDetection = false
        let photos = try recorded.map { ImageSource.path(try Shared.photo($0.image)) }
        let results = await TestHome.deepface.extractFaces(photos, options: options)

        var (faces, agreeing, photosRight, sameLook) = (0, 0, 0, 0)
        var worst: [String] = []
        for (entry, result) in zip(recorded, results) {
            let found = try result.get()
            var open = found
            var matched = 0
            for face in entry.faces {
                faces += 1
                guard let index = open.firstIndex(where: { near($0.facialArea, face.facialArea, tolerance) }) else {
                    worst.append("\(entry.image): \(face.facialArea) not in \(found.map(\.facialArea))")
                    continue
                }
                let own = open.remove(at: index)
                agreeing += 1
                matched += 1
                let mean = (0..<3).map { channel in
                    stride(from: 2 - channel, to: own.image.pixels.count, by: 3)
                        .reduce(0.0) { $0 + Double(own.image.pixels[$1]) } / Double(own.image.width * own.image.height)
                        / 255
                }
                if zip(mean, face.mean).allSatisfy({ abs($0 - $1) < 0.002 }),
                    abs(own.confidence - face.confidence) < 0.011
                {
                    sameLook += 1
                }
            }
            // A face at the same place with another pixel of difference is not a missing one.
            let alike = entry.faces.count == found.count
            if alike || (matched == entry.faces.count && open.isEmpty) { photosRight += 1 }
        }
        let report = Comment(rawValue: worst.joined(separator: "\n"))
        #expect(Double(agreeing) >= share * Double(faces), report)
        #expect(Double(photosRight) >= (share - 0.05) * Double(recorded.count), report)
        if sameCrop { #expect(Double(sameLook) >= 0.97 * Double(faces)) }
    }

    private func near(_ a: FacialArea, _ b: FacialArea, _ tolerance: Int) -> Bool {
        func close(_ a: Int, _ b: Int) -> Bool { abs(a - b) <= tolerance }
        func close(_ a: [Int]?, _ b: [Int]?) -> Bool {
            switch (a, b) {
            case (nil, nil): true
            case (let a?, let b?): close(a[0], b[0]) && close(a[1], b[1])
            default: false
            }
        }
        return close(a.x, b.x) && close(a.y, b.y) && close(a.w, b.w) && close(a.h, b.h)
            && close(a.leftEye, b.leftEye) && close(a.rightEye, b.rightEye)
    }
}
