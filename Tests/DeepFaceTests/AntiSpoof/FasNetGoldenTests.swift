import DeepFace
import Foundation
import Inference
import Testing

/// Liveness against the Python original, with the real weights.
@Suite(.needsShared, .needsTestHome, .serialized) struct FasNetGoldenTests {
    struct Golden: Decodable {
        struct Area: Decodable {
            let x, y, w, h: Int
        }
        struct Face: Decodable {
            let facialArea: Area
            let isReal: Bool
            let antispoofScore: Double
        }
        struct Extracted: Decodable {
            let image, detector: String
            let align: Bool
            let faces: [Face]
        }
        struct Analyzed: Decodable {
            struct Net: Decodable {
                let cropBoxInclusive: [Int]
                let scale: Double
                let softmax: [Double]
            }
            let image: String
            let facialArea: [Int]
            let isReal: Bool
            let score: Double
            let nets: [Net]
        }
        let extract: [Extracted]
        let rawAnalyze: [Analyzed]
    }

    struct Layers: Decodable {
        let softmax: [Double]
    }

    @Test(arguments: ["MiniFASNetV2", "MiniFASNetV1SE"])
    func networksAreUpstreams(name: String) async throws {
        let golden: Layers = try Shared.golden("\(name).layers")
        let network = try await TestHome.deepface.network(
            name == "MiniFASNetV2" ? StoredNetwork.miniFASNetV2 : .miniFASNetV1SE)
        let noise = Stream.noise(height: 80, width: 80, 999_983)
        let values = (0..<3).flatMap { channel in (0..<6400).map { Float(noise.pixels[3 * $0 + channel]) } }
        let output = try network(Tensor(shape: [1, 3, 80, 80], values: values))[0].values
        #expect(zip(output, golden.softmax).allSatisfy { abs(Double($0) - $1) < 1e-4 }, "\(output)")
    }

    @Test func judgementsOnGivenBoxesAreUpstreams() async throws {
        let golden: Golden = try Shared.golden("fasnet")
        let fasNet = try await TestHome.deepface.livenessDetector(.fasNet)
        #expect(golden.rawAnalyze.count == 24)
        for entry in golden.rawAnalyze {
            let photo = try image(entry.image)
            let box = entry.facialArea
            let area = FacialArea(x: box[0], y: box[1], w: box[2], h: box[3])
            for net in entry.nets {
                let seen = FasNet.surroundings(of: area, scale: net.scale, in: photo)
                let expected = net.cropBoxInclusive
                #expect([seen.x, seen.y, seen.x + seen.width - 1, seen.y + seen.height - 1] == expected)
            }
            let liveness = try fasNet.judge([area], in: photo)[0]
            #expect(liveness.isReal == entry.isReal && abs(liveness.score - entry.score) <= 0.005, "\(entry.image)")
        }
    }

    @Test func photosAreJudgedAsUpstream() async throws {
        let golden: Golden = try Shared.golden("fasnet")
        for entry in golden.extract {
            var options = Options()
            options.detector = try DetectorRegistry.detector(named: entry.detector)
            options.alignment = entry.align ? .eyes : Alignment.none
            options.antiSpoofing = true
            options.enforceDetection = false
            let photo = ImageSource.path(try photo(entry.image))
            let faces = try await TestHome.deepface.extractFaces(photo, options: options)
            for expected in entry.faces {
                // The original's order is its detector's.
                let area = expected.facialArea
                let face = try #require(
                    faces.min { distance($0.facialArea, area) < distance($1.facialArea, area) })
                let liveness = try #require(face.liveness)
                // A box may be off by a pixel or two.
                #expect(
                    liveness.isReal == expected.isReal && abs(liveness.score - expected.antispoofScore) <= 0.02,
                    "\(entry.image), \(entry.detector), \(entry.align): \(liveness), \(expected.antispoofScore)")
            }
        }
    }

    /// The three photos, with the defaults: two pictures of pictures are refused wherever an identity is at
    /// stake.
    @Test func spoofsAreRefused() async throws {
        var options = Options()
        options.antiSpoofing = true
        let live = ImageSource.path(try photo("antispoof/image_T1.jpg"))
        #expect(try await TestHome.deepface.represent(live, options: options).count == 1)
        for name in ["antispoof/image_F1.jpg", "antispoof/image_F2.jpg"] {
            let spoof = ImageSource.path(try photo(name))
            let model = try AttributeRegistry.model(.emotion, named: "oarriaga")
            var errors: [DeepFaceError] = []
            do { _ = try await TestHome.deepface.represent(spoof, options: options) } catch { errors.append(error) }
            do { _ = try await TestHome.deepface.verify(live, spoof, options: options) } catch { errors.append(error) }
            do {
                _ = try await TestHome.deepface.analyze(spoof, models: [model], options: options)
            } catch {
                errors.append(error)
            }
            #expect(errors.count == 3)
            for error in errors {
                #expect(error.code == .spoofDetected && error.input?.hasSuffix(name) == true)
            }
            let found = try await TestHome.deepface.extractFaces(spoof, options: options)
            #expect(found.allSatisfy { $0.liveness?.isReal == false })
        }
    }

    private func distance(_ a: FacialArea, _ b: Golden.Area) -> Int {
        abs(a.x - b.x) + abs(a.y - b.y) + abs(a.w - b.w) + abs(a.h - b.h)
    }

    private func photo(_ name: String) throws -> String {
        name.hasPrefix("antispoof") ? try Shared.url("images/\(name)").path : try Shared.photo(name)
    }

    /// A photo, or one that a formula makes.
    private func image(_ name: String) throws -> Image {
        let numbers = name.matches(of: /\d+/).compactMap { Int($0.output) }
        if name.hasPrefix("smooth(") { return Stream.smooth(height: numbers[0], width: numbers[1]) }
        if name.hasPrefix("noise(") { return Stream.noise(height: numbers[0], width: numbers[1], numbers[2]) }
        return try Image(decoding: Data(contentsOf: URL(fileURLWithPath: photo(name))))
    }
}
