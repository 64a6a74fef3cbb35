import DeepFace
import Foundation
import Inference
import Testing

/// RetinaFace's network with made-up weights, against what the Python original's gave.
@Suite(.needsShared, .needsTestHome, .serialized, .oneAtATime) struct RetinaFaceNetworkTests {
    struct Golden: Decodable {
        struct Case: Decodable {
            let inputShape: [Int]
            let outputs: [Output]
        }
        struct Output: Decodable {
            let name: String
            let shape: [Int]
            let mean, std: Double
            let first8, mid8: [Double]
            /// All of it where it is small; rows × columns × channels.
            let values: [Double]?
        }
        let cases: [Case]
    }

    /// Sizes of whole cells and odd ones, where what comes from a coarser level is cut.
    @Test(arguments: 0..<3) func outputsArePythons(_ number: Int) async throws {
        let golden: Golden = try Shared.golden("RetinaFace")
        let recorded = golden.cases[number]
        let entry = try #require(WeightCatalog.entry(named: "retinaface"))
        let network = try await TestHome.pipeline().network(entry.networks[0])
        let outputs = try network(NetworkGoldenTests.input(recorded.inputShape))
        #expect(outputs.count == recorded.outputs.count)
        for (output, expected) in zip(outputs, recorded.outputs) {
            let (rows, columns, channels) = (expected.shape[1], expected.shape[2], expected.shape[3])
            #expect(output.shape == [1, channels, rows, columns], "\(expected.name)")
            var own: [Double] = []
            for place in 0..<rows * columns {
                for channel in 0..<channels { own.append(Double(output.values[channel * rows * columns + place])) }
            }
            let largest = own.map(abs).max() ?? 0
            let (first, middle) = (Array(own.prefix(8)), Array(own[(own.count / 2)...].prefix(8)))
            let mean = own.reduce(0, +) / Double(own.count)
            let deviation = (own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(own.count)).squareRoot()
            let pairs =
                zip(own, expected.values ?? []).map { ($0, $1) } + zip(first, expected.first8).map { ($0, $1) }
                + zip(middle, expected.mid8).map { ($0, $1) } + [(mean, expected.mean), (deviation, expected.std)]
            let difference = pairs.map { abs($0 - $1) }.max() ?? .infinity
            #expect(difference <= 1e-3 * largest, "\(expected.name): \(difference) of \(largest)")
        }
    }
}

/// RetinaFace's arithmetic around the network, whose outputs are made up, against the Python original's.
@Suite(.needsShared) struct RetinaFaceDecodingTests {
    struct Golden: Decodable {
        struct Noise: Decodable {
            let h, w, k: Int

            var image: Image { Stream.noise(height: h, width: w, k) }
        }
        struct Picture: Decodable {
            let shape: [Int]
            let first8, meanRgb: [Double]
        }
        struct Case: Decodable {
            struct Face: Decodable {
                struct Points: Decodable {
                    let rightEye, leftEye, nose, mouthRight, mouthLeft: [Double]
                }
                let score: Double
                let facialArea: [Int]
                let landmarks: Points
            }
            let image: Noise
            let threshold: Float
            let allowUpscaling: Bool
            let imScale: Double
            let tensor: Picture
            let faces: [Face]
        }
        struct Client: Decodable {
            struct Face: Decodable {
                let x, y, w, h: Int
                let confidence: Double
                let leftEye, rightEye, nose, mouthRight, mouthLeft: [Int]
            }
            let image: Noise
            let faces: [Face]
        }
        let cases: [Case]
        let deepfaceClient: Client
    }

    /// What the stub network gives for a picture.
    private func outputs(width: Int, height: Int, probabilities: Float = 1) -> [Tensor] {
        var outputs: [Tensor] = []
        for (level, stride) in [32, 16, 8].enumerated() {
            let (rows, columns) = ((height + stride - 1) / stride, (width + stride - 1) / stride)
            for (part, channels) in [4, 8, 20].enumerated() {
                let number = 700_000 + 3 * level + part
                var values = [Float](repeating: 0, count: rows * columns * channels)
                for place in 0..<rows * columns {
                    for channel in 0..<channels {
                        let value = Stream.value(number, place * channels + channel)
                        let target = channel * rows * columns + place
                        switch part {
                        case 0: values[target] = Float(value) * probabilities
                        case 1: values[target] = Float((value - 0.5) * 0.5)
                        default: values[target] = Float(value - 0.5)
                        }
                    }
                }
                outputs.append(Tensor(shape: [1, channels, rows, columns], values: values))
            }
        }
        return outputs
    }

    @Test(arguments: 0..<4) func facesArePythons(_ number: Int) throws {
        let golden: Golden = try Shared.golden("retinaface_decode")
        let recorded = golden.cases[number]
        var (picture, scale) = (recorded.image.image, 1.0)
        if recorded.allowUpscaling { (picture, scale) = try RetinaFaceScaling.picture(of: picture) }
        #expect(scale == recorded.imScale)
        #expect([1, picture.height, picture.width, 3] == recorded.tensor.shape)
        // Scaled pixels, red first; versions of OpenCV may round one level differently.
        for (place, value) in recorded.tensor.first8.enumerated() {
            #expect(abs(Double(picture.pixels[place / 3 * 3 + 2 - place % 3]) - value) <= 1)
        }
        for (channel, mean) in recorded.tensor.meanRgb.enumerated() {
            let own =
                stride(from: 2 - channel, to: picture.pixels.count, by: 3)
                .reduce(0.0) { $0 + Double(picture.pixels[$1]) } / Double(picture.width * picture.height)
            #expect(abs(own - mean) < 0.05)
        }
        let faces = AnchorGrid.resNet.faces(
            in: outputs(width: picture.width, height: picture.height), width: picture.width, height: picture.height,
            threshold: recorded.threshold
        ).distinct(scale: scale)
        #expect(faces.count == recorded.faces.count)
        for (face, expected) in zip(faces, recorded.faces) {
            #expect(abs(Double(face.score) - expected.score) < 1e-6)
            let box = face.truncated.box
            #expect([box.x, box.y, box.x + box.width, box.y + box.height] == expected.facialArea)
            let points = expected.landmarks
            let all = [points.rightEye, points.leftEye, points.nose, points.mouthRight, points.mouthLeft]
            for (own, point) in zip(face.points, all) {
                #expect(abs(own.x - point[0]) < 1e-3 && abs(own.y - point[1]) < 1e-3)
            }
        }
    }

    @Test func clientIsPythons() throws {
        let golden: Golden = try Shared.golden("retinaface_decode")
        let recorded = golden.deepfaceClient
        let (picture, scale) = try RetinaFaceScaling.picture(of: recorded.image.image)
        let faces = AnchorGrid.resNet.faces(
            in: outputs(width: picture.width, height: picture.height, probabilities: 0.909), width: picture.width,
            height: picture.height, threshold: 0.9
        ).distinct(scale: scale).map(\.truncated)
        #expect(faces.count == recorded.faces.count)
        func words(_ score: Double, _ box: [Int], _ points: [[Int]]) -> String {
            "\((score * 1e6).rounded()) \(box) \(points)"
        }
        func whole(_ point: Point?) -> [Int] { point.map { [Int($0.x), Int($0.y)] } ?? [] }
        // Faces of equal scores may come in any order.
        let own = faces.map { face in
            let (box, points) = (face.box, face.landmarks)
            return words(
                face.score, [box.x, box.y, box.width, box.height],
                [points.rightEye, points.leftEye, points.nose, points.mouthRight, points.mouthLeft].map(whole))
        }
        let expected = recorded.faces.map { face in
            words(
                face.confidence, [face.x, face.y, face.w, face.h],
                [face.rightEye, face.leftEye, face.nose, face.mouthRight, face.mouthLeft])
        }
        #expect(own.sorted() == expected.sorted())
    }
}
