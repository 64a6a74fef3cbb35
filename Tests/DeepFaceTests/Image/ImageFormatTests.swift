import DeepFace
import Foundation
import Testing

/// Decoding without any recorded data: what goes in as PNG, JPEG or BMP comes out, and what is broken is refused.
struct ImageFormatTests {
    static let picture = Stream.smooth(height: 40, width: 56)

    @Test func pngKeepsEveryPixel() throws {
        #expect(try Image(decoding: Self.picture.png()) == Self.picture)
    }

    @Test func jpegKeepsSizeAndLook() throws {
        let flat = Image(filledWith: Color(blue: 200, green: 120, red: 40), width: 33, height: 17)
        let decoded = try Image(decoding: flat.jpeg(quality: 95))
        #expect((decoded.width, decoded.height) == (33, 17))
        #expect(zip(decoded.pixels, flat.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 3 })
    }

    @Test func bitmapsOfAllKinds() throws {
        let picture = Self.picture
        #expect(try Image(decoding: bitmap(picture, depth: 24)) == picture)
        #expect(try Image(decoding: bitmap(picture, depth: 32)) == picture)
        #expect(try Image(decoding: bitmap(picture, depth: 24, topDown: true)) == picture)
    }

    /// A JPEG whose EXIF says "turned" is turned back, for each of the eight orientations.
    @Test(arguments: 1...8)
    func orientation(_ orientation: Int) throws {
        // Four fields of different colours, so that every turn shows.
        var stored = Image(filledWith: .white, width: 32, height: 16)
        stored.paste(Image(filledWith: .red, width: 16, height: 8), x: 0, y: 0)
        stored.paste(Image(filledWith: .green, width: 16, height: 8), x: 16, y: 8)
        let jpeg = try stored.jpeg(quality: 100)
        let tag: [UInt8] = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, UInt8(orientation), 0, 0]
        let block = Array("Exif\0\0MM\0*".utf8) + [0, 0, 0, 8, 0, 1] + tag + [0, 0, 0, 0]
        let segment: [UInt8] = [0xFF, 0xE1, 0, UInt8(block.count + 2)] + block
        let shown = try Image(decoding: jpeg.prefix(2) + Data(segment) + jpeg.dropFirst(2))
        #expect((shown.width, shown.height) == (orientation >= 5 ? (16, 32) : (32, 16)))
        // Where the stored top left (red) and bottom right (green) fields are shown.
        let (width, height) = (shown.width, shown.height)
        let corners = [(2, 2), (width - 3, 2), (width - 3, height - 3), (2, height - 3)]
        let redCorner = [1: 0, 2: 1, 3: 2, 4: 3, 5: 0, 6: 1, 7: 2, 8: 3][orientation] ?? 0
        func pixel(_ corner: (Int, Int)) -> [UInt8] {
            Array(shown.pixels[(corner.1 * width + corner.0) * 3..<(corner.1 * width + corner.0) * 3 + 3])
        }
        let (red, green) = (pixel(corners[redCorner]), pixel(corners[(redCorner + 2) % 4]))
        #expect(red[2] > 200 && red[1] < 100)
        #expect(green[1] > 170 && green[2] < 100)
    }

    @Test func brokenImagesAreRefused() throws {
        let jpeg = try Self.picture.jpeg()
        let png = try Self.picture.png()
        var hugeHeader = Array(png)
        hugeHeader.replaceSubrange(16..<24, with: [0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30])
        let cases: [(Data, String)] = [
            (Data(), "empty"), (Data("not an image".utf8), "not a JPEG"), (jpeg.prefix(jpeg.count / 2), "cut off"),
            (png.prefix(png.count / 2), "cut off"), (try bitmap(Self.picture, depth: 24).prefix(200), "cut off"),
            (Data(hugeHeader), ""), (jpeg.prefix(3), ""), (png.prefix(9), ""), (Data("BM".utf8), "cut off"),
            (Data("RIFF\0\0\0\0WEBPVP8 ".utf8), ""),
        ]
        for (data, words) in cases {
            let error = #expect(throws: DeepFaceError.self) { try Image(decoding: data) }
            #expect(error?.code == .unreadableInput)
            #expect(words.isEmpty || error?.message.contains(words) == true, "\(error?.message ?? "")")
            #expect(error?.description.contains("\n") == false)
        }
    }

    /// 30,000 × 30,000 pixels are refused by their header: no memory is taken for them.
    @Test func hugeImagesAreRefusedByTheirHeader() throws {
        var header = Array(try Self.picture.png())
        header.replaceSubrange(16..<24, with: [0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30])
        header.replaceSubrange(29..<33, with: crc(header[12..<29]))
        let error = #expect(throws: DeepFaceError.self) { try Image(decoding: Data(header)) }
        #expect(error?.message.contains("30000 x 30000") == true)
        var limits = ImageLimits()
        limits.maximumPixels = 56 * 40 - 1
        #expect(throws: DeepFaceError.self) { try Image(decoding: Self.picture.png(), limits: limits) }
    }

    /// A progressive JPEG with thousands of passes over the picture is refused before it costs hours.
    @Test func aJPEGOfManyScansIsRefused() throws {
        // Frame: progressive, grey, 64 × 64; one Huffman table whose single code ends a block.
        var bytes: [UInt8] = [0xFF, 0xD8, 0xFF, 0xDB, 0, 67, 0] + Array(repeating: 1, count: 64)
        bytes += [0xFF, 0xC2, 0, 11, 8, 0, 64, 0, 64, 1, 1, 0x11, 0]
        for table: UInt8 in [0x00, 0x10] { bytes += [0xFF, 0xC4, 0, 20, table, 1] + Array(repeating: 0, count: 16) }
        let blocks = [UInt8](repeating: 0, count: 8)
        bytes += [0xFF, 0xDA, 0, 8, 1, 1, 0x00, 0, 0, 0] + blocks
        for _ in 0..<2000 { bytes += [0xFF, 0xDA, 0, 8, 1, 1, 0x00, 1, 63, 0] + blocks }
        let error = #expect(throws: DeepFaceError.self) { try Image(decoding: Data(bytes + [0xFF, 0xD9])) }
        #expect(error?.message.contains("too many scans") == true, "\(error?.message ?? "")")
    }

    /// Whatever one does to a file's bytes, decoding ends, with an image or with an error.
    @Test func mutatedFilesDoNotCrash() throws {
        var random = SeededRandom(seed: 7)
        for original in [try Self.picture.jpeg(), try Self.picture.png(), try bitmap(Self.picture, depth: 24)] {
            for _ in 0..<1500 {
                var bytes = Array(original)
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    bytes[Int.random(in: 0..<min(bytes.count, 400), using: &random)] = .random(
                        in: 0...255, using: &random)
                }
                if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
                var limits = ImageLimits()
                limits.maximumPixels = 1_000_000
                _ = try? Image(decoding: Data(bytes), limits: limits)
            }
        }
    }

    private func bitmap(_ picture: Image, depth: Int, topDown: Bool = false) throws -> Data {
        func number(_ value: Int, _ bytes: Int) -> [UInt8] { (0..<bytes).map { UInt8(value >> (8 * $0) & 0xFF) } }
        let stride = (picture.width * depth + 31) / 32 * 4
        let height = topDown ? (1 << 32) - picture.height : picture.height
        var bytes = Array("BM".utf8) + number(54 + stride * picture.height, 4) + number(0, 4) + number(54, 4)
        bytes += number(40, 4) + number(picture.width, 4) + number(height, 4) + number(1, 2) + number(depth, 2)
        bytes += number(0, 24)
        for line in 0..<picture.height {
            let y = topDown ? line : picture.height - 1 - line
            var row: [UInt8] = []
            for x in 0..<picture.width {
                row += picture.pixels[(y * picture.width + x) * 3..<(y * picture.width + x) * 3 + 3]
                if depth == 32 { row.append(0xAA) }
            }
            bytes += row + Array(repeating: 0, count: stride - row.count)
        }
        return Data(bytes)
    }

    /// PNG's checksum of a chunk's kind and content.
    private func crc(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var value: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
        }
        return withUnsafeBytes(of: (~value).bigEndian, Array.init)
    }
}

/// The same numbers on every run.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
