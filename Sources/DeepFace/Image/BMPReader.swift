/// Reads Windows bitmaps: 1, 4 and 8 bits with a palette, 16, 24 and 32 bits; uncompressed or with bit masks.
///
/// Debian has no small bitmap library, and the format is this short.
/// Source: https://learn.microsoft.com/windows/win32/gdi/bitmap-storage
struct BMPReader {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    func image(_ limits: ImageLimits) throws(DeepFaceError) -> Image {
        let start = try number(at: 10, bytes: 4)
        let header = try number(at: 14, bytes: 4)
        let old = header == 12
        guard old || (header >= 40 && header <= 1024) else { throw .unreadable("the BMP header is damaged") }
        let width = try old ? number(at: 18, bytes: 2) : signed(at: 18)
        let rows = try old ? number(at: 20, bytes: 2) : signed(at: 22)
        let depth = try number(at: old ? 24 : 28, bytes: 2)
        let compression = try old ? 0 : number(at: 30, bytes: 4)
        guard rows != Int(Int32.min) else { throw .unreadable("the BMP header is damaged") }
        let height = abs(rows)
        try limits.check(width: width, height: height)
        let pixel = try pixelReader(depth: depth, compression: compression, header: header, old: old)
        let stride = (width * depth + 31) / 32 * 4
        guard start >= 0, start <= bytes.count, bytes.count - start >= stride * height else {
            throw .unreadable("the BMP image is cut off")
        }
        return Image(width: width, height: height) { target in
            for y in 0..<height {
                let row = start + stride * (rows > 0 ? height - 1 - y : y)
                for x in 0..<width {
                    let (blue, green, red) = pixel(row, x)
                    let place = (y * width + x) * 3
                    target[place] = blue
                    target[place + 1] = green
                    target[place + 2] = red
                }
            }
        }
    }

    private typealias Pixel = (_ row: Int, _ x: Int) -> (UInt8, UInt8, UInt8)

    private func pixelReader(depth: Int, compression: Int, header: Int, old: Bool) throws(DeepFaceError) -> Pixel {
        let bytes = bytes
        switch (depth, compression) {
        case (1, 0), (4, 0), (8, 0):
            let palette = try palette(depth: depth, header: header, old: old)
            let mask = 1 << depth - 1
            return { row, x in
                let bit = x * depth
                return palette[Int(bytes[row + bit / 8]) >> (8 - depth - bit % 8) & mask]
            }
        case (24, 0):
            return { row, x in (bytes[row + x * 3], bytes[row + x * 3 + 1], bytes[row + x * 3 + 2]) }
        case (32, 0):
            return { row, x in (bytes[row + x * 4], bytes[row + x * 4 + 1], bytes[row + x * 4 + 2]) }
        case (16, 0):
            return maskedReader(bytesPerPixel: 2, masks: [0x1F, 0x3E0, 0x7C00])
        case (16, 3), (32, 3), (32, 6), (16, 6):
            let masks = [try number(at: 62, bytes: 4), try number(at: 58, bytes: 4), try number(at: 54, bytes: 4)]
            return maskedReader(bytesPerPixel: depth / 8, masks: masks)
        default:
            throw .unreadable("this kind of BMP image (\(depth) bits, compression \(compression)) cannot be read")
        }
    }

    /// Channels by their bit masks, blue, green, red, stretched to 8 bits.
    private func maskedReader(bytesPerPixel: Int, masks: [Int]) -> Pixel {
        let bytes = bytes
        func channel(_ value: Int, _ mask: Int) -> UInt8 {
            guard mask > 0 else { return 0 }
            let shift = mask.trailingZeroBitCount
            return UInt8((value & mask) >> shift * 255 / (mask >> shift))
        }
        return { row, x in
            var value = 0
            for index in 0..<bytesPerPixel { value |= Int(bytes[row + x * bytesPerPixel + index]) << (8 * index) }
            return (channel(value, masks[0]), channel(value, masks[1]), channel(value, masks[2]))
        }
    }

    /// 2^depth colours; those the file does not give are black.
    private func palette(depth: Int, header: Int, old: Bool) throws(DeepFaceError) -> [(UInt8, UInt8, UInt8)] {
        let size = old ? 3 : 4
        let given = try old ? 0 : number(at: 46, bytes: 4)
        let count = given > 0 && given <= 1 << depth ? given : 1 << depth
        var palette = [(UInt8, UInt8, UInt8)](repeating: (0, 0, 0), count: 1 << depth)
        for index in 0..<count {
            let entry = try number(at: 14 + header + index * size, bytes: 3)
            palette[index] = (UInt8(entry & 0xFF), UInt8(entry >> 8 & 0xFF), UInt8(entry >> 16))
        }
        return palette
    }

    private func number(at offset: Int, bytes count: Int) throws(DeepFaceError) -> Int {
        guard offset >= 0, offset <= bytes.count - count else { throw .unreadable("the BMP image is cut off") }
        return (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }

    private func signed(at offset: Int) throws(DeepFaceError) -> Int {
        Int(Int32(truncatingIfNeeded: try number(at: offset, bytes: 4)))
    }
}
