/// The orientation a camera noted: which way up the stored pixels are.
enum EXIF {
    /// The EXIF orientation tag, 1 to 8; 1 (as stored) where there is none or it is damaged.
    /// Source: EXIF 2.32, tag 0x0112; JPEG APP1, PNG `eXIf`, WebP `EXIF`.
    static func orientation(of bytes: [UInt8], _ format: ImageFormat) -> Int {
        let block: ArraySlice<UInt8>? =
            switch format {
            case .jpeg: jpegBlock(bytes)
            case .png: pngBlock(bytes)
            case .webp: webpBlock(bytes)
            case .bmp: nil
            }
        return block.flatMap { TIFF(bytes: $0).orientation } ?? 1
    }

    private static let marker = Array("Exif\0\0".utf8)

    private static func jpegBlock(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
        var position = 2
        while position + 4 <= bytes.count, bytes[position] == 0xFF {
            let kind = bytes[position + 1]
            if kind == 0xFF {
                position += 1
                continue
            }
            guard kind != 0xDA, kind != 0xD9 else { return nil }
            let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
            guard length >= 2, position + 2 + length <= bytes.count else { return nil }
            let content = bytes[position + 4..<position + 2 + length]
            if kind == 0xE1, content.starts(with: marker) { return content.dropFirst(marker.count) }
            position += 2 + length
        }
        return nil
    }

    private static func pngBlock(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
        var position = 8
        while position + 12 <= bytes.count {
            let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            let kind = bytes[position + 4..<position + 8]
            guard position + 12 + length <= bytes.count else { return nil }
            if kind.elementsEqual("eXIf".utf8) { return bytes[position + 8..<position + 8 + length] }
            if kind.elementsEqual("IDAT".utf8) || kind.elementsEqual("IEND".utf8) { return nil }
            position += 12 + length
        }
        return nil
    }

    private static func webpBlock(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
        var position = 12
        while position + 8 <= bytes.count {
            let length = bytes[position + 4..<position + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
            guard position + 8 + length <= bytes.count else { return nil }
            let content = bytes[position + 8..<position + 8 + length]
            if bytes[position..<position + 4].elementsEqual("EXIF".utf8) {
                return content.starts(with: marker) ? content.dropFirst(marker.count) : content
            }
            position += 8 + length + length % 2
        }
        return nil
    }

    /// The first directory of a TIFF block.
    private struct TIFF {
        let bytes: ArraySlice<UInt8>

        var orientation: Int? {
            let littleEndian: Bool
            if bytes.starts(with: Array("II".utf8)) {
                littleEndian = true
            } else if bytes.starts(with: Array("MM".utf8)) {
                littleEndian = false
            } else {
                return nil
            }
            guard let directory = number(4, 4, littleEndian), let entries = number(directory, 2, littleEndian) else {
                return nil
            }
            for entry in 0..<entries {
                let place = directory + 2 + entry * 12
                guard let tag = number(place, 2, littleEndian) else { return nil }
                guard tag == 0x0112 else { continue }
                guard let value = number(place + 8, 2, littleEndian), (1...8).contains(value) else { return nil }
                return value
            }
            return nil
        }

        private func number(_ offset: Int, _ count: Int, _ littleEndian: Bool) -> Int? {
            guard offset >= 0, offset <= bytes.count - count else { return nil }
            let part = bytes[bytes.startIndex + offset..<bytes.startIndex + offset + count]
            return (littleEndian ? Array(part.reversed()) : Array(part)).reduce(0) { $0 << 8 | Int($1) }
        }
    }
}

extension Image {
    /// The picture the right way up, given the EXIF `orientation` of its stored pixels.
    func oriented(_ orientation: Int) -> Image {
        guard (2...8).contains(orientation) else { return self }
        let swapped = orientation >= 5
        let newWidth = swapped ? height : width
        let newHeight = swapped ? width : height
        return Image(width: newWidth, height: newHeight) { target in
            for y in 0..<newHeight {
                for x in 0..<newWidth {
                    // Where the pixel shown at (x, y) is stored.
                    let (storedX, storedY) =
                        switch orientation {
                        case 2: (width - 1 - x, y)
                        case 3: (width - 1 - x, height - 1 - y)
                        case 4: (x, height - 1 - y)
                        case 5: (y, x)
                        case 6: (y, height - 1 - x)
                        case 7: (width - 1 - y, height - 1 - x)
                        default: (width - 1 - y, x)
                        }
                    let source = (storedY * width + storedX) * 3
                    let place = (y * newWidth + x) * 3
                    for channel in 0..<3 { target[place + channel] = pixels[source + channel] }
                }
            }
        }
    }
}
