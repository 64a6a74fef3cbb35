import DeepFace
import Foundation
import Testing

@Suite(.needsShared) struct NormalizeGoldenTests {
    struct Resized: Decodable {
        struct Case: Decodable {
            struct Source: Decodable {
                let gen: String
                let h, w: Int
                let kind: String
            }
            struct Sample: Decodable {
                let row, column: Int
                let values: [Double]
                init(from decoder: any Decoder) throws {
                    var list = try decoder.unkeyedContainer()
                    row = try list.decode(Int.self)
                    column = try list.decode(Int.self)
                    values = try list.decode([Double].self)
                }
            }
            let src: Source
            let target: [Int]
            let mean, std: [Double]
            let samples: [Sample]
        }
        let cases: [Case]
    }

    @Test func resizing() throws {
        for golden in try Shared.golden("resize_image", as: Resized.self).cases {
            let source =
                golden.src.gen == "noise"
                ? Stream.noise(height: golden.src.h, width: golden.src.w, 5000)
                : Stream.smooth(height: golden.src.h, width: golden.src.w)
            let (height, width) = (golden.target[0], golden.target[1])
            let input = try ResizePad.input(
                source, width: width, height: height, golden.src.kind == "u8" ? .bytes : .real)
            let name = "\(golden.src) to \(golden.target)"
            for sample in golden.samples {
                for channel in 0..<3 {
                    let value = input.values[(sample.row * width + sample.column) * 3 + channel]
                    #expect(abs(Double(value) - sample.values[channel]) < 1e-5, "\(name)")
                }
            }
            for channel in 0..<3 {
                let plane = stride(from: channel, to: input.values.count, by: 3).map { Double(input.values[$0]) }
                let mean = plane.reduce(0, +) / Double(plane.count)
                let deviation = (plane.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(plane.count)).squareRoot()
                #expect(abs(mean - golden.mean[channel]) < 1e-4, "\(name)")
                #expect(abs(deviation - golden.std[channel]) < 1e-4, "\(name)")
            }
        }
    }

    struct Normalized: Decodable {
        struct Case: Decodable {
            let mode: String
            let output: [Double]
        }
        let cases: [Case]
    }

    @Test func normalizations() throws {
        let source = Stream.values(6000, count: 360).map { Float(UInt8($0 * 256)) / 255 }
        let cases = try Shared.golden("normalize_input", as: Normalized.self).cases
        #expect(cases.count == Normalization.allCases.count)
        for golden in cases {
            let mode = try #require(Normalization(rawValue: golden.mode))
            for (value, expected) in zip(mode.apply(to: source), golden.output) {
                #expect(abs(Double(value) - expected) <= 1e-5 * max(1, abs(expected)), "\(mode)")
            }
        }
    }
}
