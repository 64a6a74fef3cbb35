import CVectorScan
import Foundation
import TestSupport
import Testing

/// Every level this processor has gives what plain C gives, and plain C gives what Swift does.
struct KernelTests {
    static let levels = KernelChecksumTests.levels
    static let dimensions = [1, 2, 3, 7, 8, 9, 15, 16, 31, 33, 64, 100, 127, 128, 129, 160, 512, 515, 2622, 4096]

    /// The same bytes or numbers at an address that is a multiple of nothing.
    private func unaligned<T: BitwiseCopyable>(_ values: [T], by bytes: Int, _ body: (UnsafePointer<T>) -> Void) {
        let size = values.count * MemoryLayout<T>.stride
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size + 64, alignment: 64)
        defer { memory.deallocate() }
        values.withUnsafeBytes { (memory + bytes).copyMemory(from: $0.baseAddress!, byteCount: size) }
        body((memory + bytes).bindMemory(to: T.self, capacity: values.count))
    }

    @Test(arguments: levels, dimensions) func squaredDistances(level: Int32, dimensions: Int) {
        var random = RandomNumbers(UInt64(dimensions))
        let count = 9
        let (probe, rows) = (random.gaussians(dimensions), random.gaussians(count * dimensions))
        var halves = [UInt16](repeating: 0, count: rows.count)
        cvectorscan_to_f16(level, rows, rows.count, &halves)
        let which: [UInt32] = [8, 0, 3, 3, 7]
        func expected(_ row: Int, _ value: (Int) -> Double) -> Double {
            (0..<dimensions).reduce(0) { sum, place in
                let apart = Double(probe[place]) - value(row * dimensions + place)
                return sum + apart * apart
            }
        }
        unaligned(rows, by: 4) { rows in
            var (all, some) = ([Float](repeating: -1, count: count), [Float](repeating: -1, count: which.count))
            cvectorscan_l2_f32(level, probe, dimensions, rows, nil, count, &all)
            cvectorscan_l2_f32(level, probe, dimensions, rows, which, which.count, &some)
            for row in 0..<count {
                let right = expected(row) { Double(rows[$0]) }
                #expect(abs(Double(all[row]) - right) <= 1e-5 * right)
            }
            #expect(some == which.map { all[Int($0)] })
        }
        unaligned(halves, by: 2) { halves in
            var (all, some) = ([Float](repeating: -1, count: count), [Float](repeating: -1, count: which.count))
            cvectorscan_l2_f16(level, probe, dimensions, halves, nil, count, &all)
            cvectorscan_l2_f16(level, probe, dimensions, halves, which, which.count, &some)
            for row in 0..<count {
                let right = expected(row) { Double(Float16(bitPattern: halves[$0])) }
                #expect(abs(Double(all[row]) - right) <= 1e-5 * right)
            }
            #expect(some == which.map { all[Int($0)] })
        }
    }

    @Test(arguments: levels) func everyHalf(level: Int32) {
        let halves = (0...UInt16.max).filter { !Float16(bitPattern: $0).isNaN }
        var values = [Float](repeating: 0, count: halves.count)
        cvectorscan_from_f16(level, halves, halves.count, &values)
        #expect(values == halves.map { Float(Float16(bitPattern: $0)) })
        // Between neighbours, at the middle, and beyond the largest.
        var random = RandomNumbers(9)
        let others =
            values + zip(values, values.dropFirst()).map { ($0 + $1) / 2 }.filter { !$0.isNaN }
            + (0..<5000).map { _ in random.gaussian() * Float.random(in: 0...70000, using: &random) } + [
                65519, 65520, 1e30,
            ]
        var rounded = [UInt16](repeating: 0, count: others.count)
        cvectorscan_to_f16(level, others, others.count, &rounded)
        #expect(rounded == others.map { Float16($0).bitPattern })
    }

    @Test(arguments: levels, dimensions) func rotationKeepsDistances(level: Int32, dimensions: Int) {
        var random = RandomNumbers(5)
        let signs = (0..<2 * dimensions).map { _ in Float(Bool.random(using: &random) ? 1 : -1) }
        let vectors = random.gaussians(3 * dimensions)
        var (plain, rotated) = (vectors, vectors)
        cvectorscan_rotate(0, &plain, dimensions, 3, signs)
        cvectorscan_rotate(level, &rotated, dimensions, 3, signs)
        #expect(zip(plain, rotated).allSatisfy { abs($0 - $1) < 1e-5 })
        func product(_ values: [Float], _ one: Int, _ other: Int) -> Double {
            (0..<dimensions).reduce(0) {
                $0 + Double(values[one * dimensions + $1]) * Double(values[other * dimensions + $1])
            }
        }
        for (one, other) in [(0, 0), (0, 1), (1, 2)] {
            #expect(abs(product(vectors, one, other) - product(rotated, one, other)) < 1e-5 * Double(dimensions))
        }
    }

    /// Bounds hold for every vector, whatever it is like, and every level finds the same rows.
    @Test(arguments: levels, dimensions) func nibbleBoundsHold(level: Int32, dimensions: Int) {
        var random = RandomNumbers(UInt64(dimensions) + 1)
        let count = 37
        let scales: [Float] = [1, 1e-3, 100, 0, 1e-20]
        var vectors: [Float] = []
        for row in 0..<count {
            var vector = random.gaussians(dimensions).map { $0 * scales[row % scales.count] }
            // Some have one number that counts.
            if row % 7 == 6 { vector[row % dimensions] = 30 }
            vectors += vector
        }
        let size = cvectorscan_nibble_block_size(dimensions)
        let blockCount = (count + 15) / 16
        var blocks = [UInt8](repeating: 0xAB, count: blockCount * size)
        blocks.withUnsafeMutableBufferPointer { blocks in
            for block in 0..<blockCount { cvectorscan_nibble_clear(dimensions, blocks.baseAddress! + block * size) }
            cvectorscan_nibble_encode(level, vectors, dimensions, 0, 20, blocks.baseAddress)
            vectors.withUnsafeBufferPointer {
                cvectorscan_nibble_encode(
                    level, $0.baseAddress! + 20 * dimensions, dimensions, 20, count - 20, blocks.baseAddress)
            }
        }
        let probes = (0..<6).map { number in
            number == 5 ? [Float](repeating: 0, count: dimensions) : random.gaussians(dimensions)
        }
        let (plain, _) = scan(0, probes, dimensions, blocks, -.infinity)
        let (bounds, errors) = scan(level, probes, dimensions, blocks, -.infinity)
        for probe in probes.indices {
            #expect(bounds[probe].map(\.row) == (0..<UInt32(count)).map { $0 + 1000 })
            for (row, found) in bounds[probe].enumerated() {
                let vector = vectors[row * dimensions..<(row + 1) * dimensions].map(Double.init)
                let product = zip(probes[probe], vector).reduce(0) { $0 + Double($1.0) * $1.1 }
                let squared = vector.reduce(0) { $0 + $1 * $1 }
                let length = probes[probe].reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
                let similarity = product - squared / 2
                // What a probe's codes lose beyond a hundredth of its length is the caller's to add.
                let beyond = max(0, Double(errors[probe]) - 0.01 * length) * 2 * squared.squareRoot()
                let rounding = 1e-5 * (length + squared.squareRoot()) * (length + squared.squareRoot())
                #expect(Double(found.bound) + beyond + rounding >= similarity)
                let same = plain[probe][row].bound
                #expect(abs(Double(found.bound - same)) <= max(rounding, 1e-5 * abs(Double(same))))
            }
            // Close enough to be of use: the vector's rest is a small part of it.
            if dimensions >= 64, probe < 5 {
                let loose = zip(bounds[probe], 0..<count).filter { found, row in
                    let vector = vectors[row * dimensions..<(row + 1) * dimensions].map(Double.init)
                    let product = zip(probes[probe], vector).reduce(0) { $0 + Double($1.0) * $1.1 }
                    let squared = vector.reduce(0) { $0 + $1 * $1 }
                    let length = probes[probe].reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
                    return Double(found.bound) - (product - squared / 2)
                        > 0.3 * length * squared.squareRoot() + 0.01 * squared + 1e-15
                }
                #expect(loose.allSatisfy { $0.1 % 7 == 6 }, "\(loose.map(\.1))")
            }
        }
        let middle = bounds[0].map(\.bound).sorted()[count / 2]
        let (above, _) = scan(level, probes, dimensions, blocks, middle)
        #expect(above[0].map(\.row) == bounds[0].filter { $0.bound > middle }.map(\.row))
    }

    private func scan(
        _ level: Int32, _ probes: [[Float]], _ dimensions: Int, _ blocks: [UInt8], _ threshold: Float
    ) -> (found: [[(row: UInt32, bound: Float)]], errors: [Float]) {
        let padded = (dimensions + 7) / 8 * 8
        let blockCount = blocks.count / cvectorscan_nibble_block_size(dimensions)
        let room = blockCount * 16
        var codes = [Int8](repeating: 0, count: padded * probes.count)
        var (rows, bounds) = (
            [UInt32](repeating: 0, count: room * probes.count), [Float](repeating: 0, count: room * probes.count)
        )
        var coded = [cvectorscan_nibble_probe](repeating: .init(), count: probes.count)
        var errors: [Float] = []
        codes.withUnsafeMutableBufferPointer { codes in
            rows.withUnsafeMutableBufferPointer { rows in
                bounds.withUnsafeMutableBufferPointer { bounds in
                    for (number, probe) in probes.enumerated() {
                        let place = codes.baseAddress! + number * padded
                        errors.append(cvectorscan_nibble_code_probe(probe, dimensions, place, &coded[number]))
                        coded[number].codes = UnsafePointer(place)
                        coded[number].rows = rows.baseAddress! + number * room
                        coded[number].bounds = bounds.baseAddress! + number * room
                        coded[number].threshold = threshold
                    }
                    unaligned(blocks, by: 1) {
                        cvectorscan_nibble_scan(level, &coded, coded.count, dimensions, $0, blockCount, 1000)
                    }
                }
            }
        }
        return (
            probes.indices.map { number in
                (0..<coded[number].found).map { (rows[number * room + $0], bounds[number * room + $0]) }
            }, errors
        )
    }

    @Test(arguments: levels, [8, 16, 40, 128, 136, 256, 520, 1024]) func signScores(level: Int32, bits: Int) {
        var random = RandomNumbers(UInt64(bits))
        let (count, stride) = (75, bits + 3)
        let vectors = random.gaussians(count * stride)
        var blocks = [UInt8](repeating: 0, count: 3 * cvectorscan_sign_block_size(bits))
        cvectorscan_sign_encode(vectors, stride, bits, 0, 40, &blocks)
        vectors.withUnsafeBufferPointer {
            cvectorscan_sign_encode($0.baseAddress! + 40 * stride, stride, bits, 40, count - 40, &blocks)
        }
        let probe = random.gaussians(bits)
        var tables = [UInt8](repeating: 0, count: bits / 8 * 32)
        cvectorscan_sign_tables(probe, bits, &tables)
        #expect(tables.max() == UInt8(CVECTORSCAN_SIGN_STEPS))
        // What the tables say, row by row.
        let expected = (0..<96).map { row in
            (0..<bits / 4).reduce(UInt16(0)) { sum, four in
                let pattern = (0..<4).reduce(Int(0)) { pattern, bit in
                    pattern | (row < count && vectors[row * stride + 4 * four + bit] >= 0 ? 1 << bit : 0)
                }
                return sum + UInt16(tables[16 * four + pattern])
            }
        }
        unaligned(blocks, by: 3) { blocks in
            for threshold in [0, expected.sorted()[48], expected.max()!, expected.max()! + 1] {
                var (rows, scores) = ([UInt32](repeating: 0, count: 96), [UInt16](repeating: 0, count: 96))
                let found = cvectorscan_sign_scan(level, tables, bits, blocks, 3, 500, threshold, &rows, &scores)
                let right = (0..<96).filter { expected[$0] >= threshold }
                #expect(rows.prefix(found) == (right.map { UInt32($0) + 500 })[...])
                #expect(scores.prefix(found) == (right.map { expected[$0] })[...])
            }
        }
    }
}
