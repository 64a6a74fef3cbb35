import DeepFace
import Foundation
import Testing

/// The network against dlib's own.
@Suite(.needsShared) struct DlibGoldenTests {
    struct Native: Decodable {
        struct Face: Decodable {
            let image, order: String
            let upsample: Int
            let parts: [[Double]]
            let chipMean: [Double]?
            let descriptor: [Double]?
        }
        let noise, smooth: [Double]
        let faces: [Face]
    }

    @Test func embeddingsAreDlibs() async throws {
        let native: Native = try Shared.golden("dlib_native")
        var options = Options()
        options.detector = .skip
        // The recorded inputs are RGB.
        for (image, expected) in [
            (Stream.noise(height: 150, width: 150, 9000), native.noise),
            (Stream.smooth(height: 150, width: 150), native.smooth),
        ] {
            let result = try await TestPipeline.deepface.represent(.pixels(image.channelsReversed), options: options)
            #expect(cosine(result[0].embedding, expected) >= 0.999999)
        }
    }

    /// Landmarks, chip and network together, given dlib's own points.
    @Test func chipsAreDlibs() async throws {
        let native: Native = try Shared.golden("dlib_native")
        var options = Options()
        options.detector = .skip
        var compared = 0
        for face in native.faces {
            guard let descriptor = face.descriptor, let mean = face.chipMean else { continue }
            let photo = try Image(decoding: Data(contentsOf: URL(fileURLWithPath: Shared.photo(face.image))))
            let points = face.parts.map { Point(x: $0[0], y: $0[1]) }
            let corners = EyeCorners(
                leftOuter: points[0], leftInner: points[1], rightOuter: points[2], rightInner: points[3],
                noseBase: points[4])
            let template = try #require(RecognitionModel.dlib.template)
            let chip = try #require(
                try SimilarityWarp.chip(of: Landmarks(corners: corners), in: photo, template: template, size: 150))
            for channel in 0..<3 {
                let plane = stride(from: 2 - channel, to: chip.pixels.count, by: 3).map { Double(chip.pixels[$0]) }
                #expect(abs(plane.reduce(0, +) / Double(plane.count) - mean[channel]) < 0.01)
            }
            let result = try await TestPipeline.deepface.represent(.pixels(chip), options: options)
            #expect(cosine(result[0].embedding, descriptor) >= 0.999999, "\(face.image)")
            compared += 1
        }
        #expect(compared > 10)
    }

    private func cosine(_ a: [Float], _ b: [Double]) -> Double {
        let dot = zip(a, b).reduce(0) { $0 + Double($1.0) * $1.1 }
        let lengths = a.reduce(0) { $0 + Double($1) * Double($1) } * b.reduce(0) { $0 + $1 * $1 }
        return dot / lengths.squareRoot()
    }

    struct Represented: Decodable {
        struct Face: Decodable {
            let embedding: [Double]
        }
        let image, detector: String
        let align: Bool
        let results: [Face]
    }

    @Test func representIsPythons() async throws {
        let recorded: [Represented] = try Shared.golden("represent_dlib")
        var (faces, close) = (0, 0)
        var apart: [String] = []
        for entry in recorded {
            var options = Options()
            options.detector = try DetectorRegistry.detector(named: entry.detector)
            options.alignment = entry.align ? .eyes : Alignment.none
            options.enforceDetection = false
            let found = try await TestPipeline.deepface.represent(.path(Shared.photo(entry.image)), options: options)
            #expect(found.count == entry.results.count, "\(entry.image) \(entry.detector)")
            for expected in entry.results {
                faces += 1
                let nearest = found.map { cosine($0.embedding, expected.embedding) }.max() ?? -1
                // MTCNN's boxes may be a pixel off, which moves the embedding a little.
                if nearest >= (entry.detector == "mtcnn" ? 0.995 : 0.9999) {
                    close += 1
                } else {
                    apart.append("\(entry.image) \(entry.detector) \(entry.align): \(nearest)")
                }
            }
        }
        #expect(Double(close) >= 0.97 * Double(faces), "\(close) of \(faces): \(apart)")
    }
}

extension Image {
    /// Red and blue exchanged.
    var channelsReversed: Image {
        var bytes = pixels
        for place in stride(from: 0, to: bytes.count, by: 3) { bytes.swapAt(place, place + 2) }
        return Image(width: width, height: height, bgr: bytes)
    }
}
