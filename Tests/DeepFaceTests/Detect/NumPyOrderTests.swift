import DeepFace
import Testing

/// The order of equal values, as NumPy 2.4.6 gave it on a CPU with AVX-512.
@Suite struct NumPyOrderTests {
    /// How many keys, the band they are cut to, and the checksum of NumPy's order. A band in the middle of 0 to 999
    /// makes many smallest and many largest keys; one at the top makes the sort give up and take its slower way.
    static let recorded: [(count: Int, band: ClosedRange<UInt64>, checksum: UInt64)] = [
        (5, 400...600, 0x6436_5b0c_b83e_b2f9), (16, 400...600, 0x5e1e_2ebb_fb40_a1bf),
        (17, 400...600, 0x984f_4c64_815c_d88b), (64, 400...600, 0x5aa7_bb06_9f9f_8ea5),
        (100, 400...600, 0x40f1_3ff8_66d6_87c3), (200, 400...600, 0xa2eb_6fb5_2d0f_8933),
        (256, 400...600, 0x699c_1e7a_5aae_c563), (257, 400...600, 0x7019_5543_8b78_a18f),
        (300, 400...600, 0x454b_5f2f_3b4a_3a81), (700, 400...600, 0x85f5_14a2_29ba_9b97),
        (1500, 400...600, 0x8937_f572_d0c4_36ff), (300, 0...300, 0x3f41_3dc2_0b43_90e3),
        (1500, 0...300, 0xc287_1333_8335_3d55), (300, 999...999, 0xf90b_c441_25dc_3a99),
        (257, 700...999, 0xdd4c_53d0_3449_c3b3), (700, 700...999, 0x496b_e519_e363_b521),
        (1500, 700...999, 0x5a74_d633_bc0f_38bd),
    ]

    @Test(arguments: recorded) func agrees(count: Int, band: ClosedRange<UInt64>, checksum: UInt64) {
        #expect(Self.checksum(NumPyOrder.argsort(Self.keys(count, in: band))) == checksum)
    }

    /// Rising and falling keys, most of them the smallest: even the slower way gives up.
    @Test func agreesOnItsWorstKeys() {
        let keys = (0..<1000).map { Double(max(min($0, 1000 - $0), 350)) }
        #expect(Self.checksum(NumPyOrder.argsort(keys)) == 0xaaac_48a7_557a_2b27)
    }

    @Test func sorts() {
        for count in Array(0...40) + [255, 256, 257, 300, 600, 3000] {
            for band: ClosedRange<UInt64> in [0...999, 0...300, 400...600, 700...999] {
                let keys = Self.keys(count, in: band)
                let order = NumPyOrder.argsort(keys)
                #expect(order.sorted() == Array(0..<count))
                #expect(order.map { keys[$0] } == keys.sorted())
            }
        }
    }

    static func keys(_ count: Int, in band: ClosedRange<UInt64>) -> [Double] {
        var state = UInt64(count)
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(min(max((state >> 33) % 1000, band.lowerBound), band.upperBound)) / 1000
        }
    }

    /// FNV-1a, a whole index at a time.
    static func checksum(_ order: [Int]) -> UInt64 {
        order.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
