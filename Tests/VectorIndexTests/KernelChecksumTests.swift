import CVectorScan
import Foundation
import TestSupport
import Testing

struct KernelChecksumTests {
    static let levels = [Int32]([0, 2, 3, 10, 11]).filter { cvectorscan_has_level($0) != 0 }

    @Test func hasThisProcessorsLevel() {
        #expect(KernelChecksumTests.levels.contains(cvectorscan_level()))
        #expect(cvectorscan_has_level(99) == 0)
    }

    /// The check value of CRC-32C is that of the digits 1 to 9.
    @Test(arguments: levels) func agreesWithTheStandard(level: Int32) {
        let digits = Array("123456789".utf8)
        #expect(cvectorscan_crc32c(level, 0, digits, digits.count) == 0xE306_9283)
        #expect(cvectorscan_crc32c(level, 0, [UInt8](repeating: 0, count: 32), 32) == 0x8A91_36AA)
    }

    @Test(arguments: levels) func agreesWithPlainC(level: Int32) {
        var random = RandomNumbers(2)
        let bytes = (0..<40000).map { _ in UInt8.random(in: 0...255, using: &random) }
        for _ in 0..<200 {
            let range = Int.random(in: 0..<8, using: &random)..<Int.random(in: 8...bytes.count, using: &random)
            let cut = Int.random(in: range, using: &random)
            bytes.withUnsafeBytes { bytes in
                let whole = cvectorscan_crc32c(0, 0, bytes.baseAddress! + range.lowerBound, range.count)
                let first = cvectorscan_crc32c(level, 0, bytes.baseAddress! + range.lowerBound, cut - range.lowerBound)
                let both = cvectorscan_crc32c(level, first, bytes.baseAddress! + cut, range.upperBound - cut)
                #expect(both == whole)
            }
        }
    }
}
