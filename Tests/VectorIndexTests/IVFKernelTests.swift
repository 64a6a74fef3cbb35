import CVectorScan
import Foundation
import TestSupport
import Testing

/// Every level this processor has computes what plain C does.
struct IVFKernelTests {
    static let levels = [Int32]([2, 3, 10, 11]).filter { cvectorscan_has_level($0) != 0 }
    private static let coding = ivf_coding(
        width: 192, bits: 5, id_bytes: 8, alpha_step: 0.002, offset_step: 0.9, offset_start: 100)

    private struct Rows {
        let points: [Float]
        let centroids: [Float]
        let lists: [UInt32]
        let ids: [Int64]

        init(_ count: Int, width: Int) {
            var random = RandomNumbers(5)
            centroids = random.gaussians(16 * width)
            lists = (0..<count).map { _ in UInt32.random(in: 0..<16, using: &random) }
            points = lists.flatMap { list in (0..<width).map { random.gaussian() + 0 * Float($0) } }
            ids = (0..<count).map { Int64($0) * 3 }
        }
    }

    private func coded(_ rows: Rows, level: Int32) -> [UInt8] {
        var coding = Self.coding
        var bytes = [UInt8](repeating: 0, count: rows.ids.count * ivf_row_bytes(&coding))
        let order = rows.ids.indices.map(UInt32.init)
        ivf_encode(level, &coding, rows.points, order, order.count, rows.lists, rows.centroids, rows.ids, &bytes)
        return bytes
    }

    @Test(arguments: levels) func rotatesAlike(level: Int32) {
        var random = RandomNumbers(1)
        for (dimensions, width) in [(1, 64), (64, 64), (100, 128), (150, 192), (700, 704)] {
            let rows = random.gaussians(5 * dimensions)
            let mean = random.gaussians(dimensions)
            let signs = (0..<4 * width).map { _ in Bool.random(using: &random) ? Float(1) : -1 }
            for normalize in [Int32(0), 1] {
                var plain = [Float](repeating: 0, count: 5 * width)
                var own = plain
                ivf_rotate(0, rows, 5, dimensions, mean, signs, normalize, &plain, width)
                ivf_rotate(level, rows, 5, dimensions, mean, signs, normalize, &own, width)
                for (a, b) in zip(plain, own) { #expect(abs(a - b) < 1e-4) }
                // Lengths stay.
                let centred = (0..<dimensions).map { i -> Float in
                    let length = rows[..<dimensions].reduce(0) { $0 + $1 * $1 }.squareRoot()
                    return (normalize == 1 ? rows[i] / length : rows[i]) - mean[i]
                }
                let before = centred.reduce(0) { $0 + $1 * $1 }
                #expect(abs(plain[..<width].reduce(0) { $0 + $1 * $1 } - before) < 1e-3 * max(before, 1))
            }
        }
    }

    @Test(arguments: levels) func findsTheSameCentroid(level: Int32) {
        var random = RandomNumbers(2)
        for (width, groups, count) in [(64, 1, 1), (128, 3, 7), (192, 33, 101)] {
            let rows = (0..<count * width).map { _ in UInt8.random(in: 0...127, using: &random) }
            let packed = (0..<groups * 8 * width).map { _ in Int8.random(in: -63...63, using: &random) }
            let bias = (0..<groups * 8).map { _ in Int32.random(in: -9999...9999, using: &random) }
            var plain = [UInt32](repeating: 0, count: count)
            var own = plain
            var scores = [[Int32](repeating: 0, count: count), [Int32](repeating: 0, count: count)]
            var seconds = [plain, plain]
            ivf_nearest(0, rows, count, packed, bias, groups, width, &plain, &scores[0], &seconds[0])
            ivf_nearest(level, rows, count, packed, bias, groups, width, &own, &scores[1], &seconds[1])
            #expect(plain == own && scores[0] == scores[1] && seconds[0] == seconds[1])
            ivf_nearest(level, rows, count, packed, bias, groups, width, &own, nil, nil)
            #expect(plain == own)
        }
        // The largest values there can be.
        var own: [UInt32] = [9]
        let packed = (0..<8 * 64).map { $0 % 32 / 4 == 5 ? Int8(63) : -63 }
        ivf_nearest(
            level, [UInt8](repeating: 127, count: 64), 1, packed, [Int32](repeating: 0, count: 8), 1, 64, &own, nil, nil
        )
        #expect(own == [5])
    }

    @Test(arguments: [0] + levels) func codesAndDecodes(level: Int32) {
        let width = Self.coding.width
        let rows = Rows(70, width: width)
        var coding = Self.coding
        let (rowBytes, recordBytes) = (ivf_row_bytes(&coding), ivf_record_bytes(&coding))
        let coded = coded(rows, level: level)
        var random = RandomNumbers(8)
        let probe = random.gaussians(width)
        let middle = probe.reduce(0, +) * 31 / 2
        for row in 0..<70 {
            var product: Float = 0
            let record = Array(coded[row * rowBytes..<(row + 1) * rowBytes])
            ivf_planes_dot(level, &coding, Array(record[recordBytes...]), record, probe, &product)
            let (constant, scale) = record.withUnsafeBytes {
                ($0.load(as: Float.self), $0.load(fromByteOffset: 4, as: Float.self))
            }
            let centroid = rows.centroids[Int(rows.lists[row]) * width..<(Int(rows.lists[row]) + 1) * width]
            var toCentroid: Float = 0
            ivf_distances(level, probe, Array(centroid), 1, width, &toCentroid)
            let distance = toCentroid + constant - 2 * scale * (product - middle)
            let exact = zip(probe, rows.points[row * width..<(row + 1) * width]).reduce(Float(0)) {
                $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
            }
            #expect(abs(distance - exact) < 0.06 * exact)
        }
    }

    @Test(arguments: levels) func scansAlike(level: Int32) {
        let width = Self.coding.width
        var coding = Self.coding
        var random = RandomNumbers(4)
        for count in [1, 31, 32, 33, 500] {
            let rows = Rows(count, width: width)
            let bytes = coded(rows, level: 0)
            let whole = (count + 31) / 32
            var blocks = [UInt8](repeating: 7, count: whole * ivf_block_bytes(width))
            var records = [UInt8](repeating: 7, count: whole * 32 * ivf_record_bytes(&coding))
            var ids = [UInt8](repeating: 7, count: whole * 32 * 8)
            let rowBytes = ivf_row_bytes(&coding)
            bytes.withUnsafeBufferPointer { bytes in
                var places = (0..<count).map { Optional(bytes.baseAddress! + $0 * rowBytes) }
                ivf_split_rows(&coding, &places, count, &blocks, &records, &ids)
            }
            // Taken apart and joined again.
            var row = [UInt8](repeating: 0, count: rowBytes)
            for n in 0..<count {
                ids.withUnsafeBufferPointer { ids in
                    records.withUnsafeBufferPointer { records in
                        ivf_join_row(
                            &coding, Array(blocks[(n / 32 * ivf_block_bytes(width))...]), n % 32,
                            records.baseAddress! + n * ivf_record_bytes(&coding), ids.baseAddress! + n * 8,
                            rows.lists[n], &row)
                    }
                }
                #expect(row == Array(bytes[n * rowBytes..<(n + 1) * rowBytes]))
            }
            let probe = random.gaussians(width)
            var tables = [UInt8](repeating: 0, count: 4 * width)
            var hidden = (0..<whole).map { _ in UInt32.random(in: 0...(.max), using: &random) }
            tables.withUnsafeMutableBufferPointer { tables in
                var prepared = ivf_probe()
                ivf_prepare(&coding, probe, tables.baseAddress, &prepared)
                for hides in [false, true] {
                    func scan(_ level: Int32, limit: Float) -> [[Float]] {
                        var found = [ivf_candidate](repeating: ivf_candidate(), count: 100)
                        var all: [[Float]] = []
                        var next = 0
                        while next < whole {
                            let n = hidden.withUnsafeMutableBufferPointer {
                                ivf_scan(
                                    level, &prepared, blocks, count, width, 50, limit, 1000,
                                    hides ? $0.baseAddress : nil,
                                    &found, 100, &next)
                            }
                            all += found[..<n].map { [Float($0.slot), $0.estimate] }
                        }
                        return all
                    }
                    let plain = scan(0, limit: .infinity)
                    let expected = (0..<count).filter { !hides || hidden[$0 / 32] >> UInt32($0 % 32) & 1 == 0 }
                    #expect(plain.map { Int($0[0]) - 1000 } == expected)
                    #expect(Self.areAlike(scan(level, limit: .infinity), plain))
                    let middle = plain.map { $0[1] }.sorted()[safe: plain.count / 2] ?? 0
                    #expect(Self.areAlike(scan(level, limit: middle), scan(0, limit: middle)))
                }
            }
        }
    }

    /// The same slots, with the same estimates but for the rounding of one sum.
    private static func areAlike(_ one: [[Float]], _ other: [[Float]]) -> Bool {
        one.count == other.count
            && zip(one, other).allSatisfy { $0[0] == $1[0] && abs($0[1] - $1[1]) < 1e-5 * max(1, abs($1[1])) }
    }

    @Test func selectsTheLeast() {
        var random = RandomNumbers(6)
        for count in [1, 2, 10, 1000] {
            var candidates = (0..<count).map {
                ivf_candidate(estimate: Float(Int.random(in: 0..<50, using: &random)), slot: UInt32($0))
            }
            let sorted = candidates.map(\.estimate).sorted()
            let keep = Int.random(in: 1...count, using: &random)
            #expect(ivf_select(&candidates, count, keep) == sorted[keep - 1])
            #expect(candidates[..<keep].map(\.estimate).sorted() == Array(sorted[..<keep]))
            #expect(Set(candidates.map(\.slot)).count == count)
        }
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
