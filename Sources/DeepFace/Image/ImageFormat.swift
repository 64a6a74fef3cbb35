import CImageCodecs
import Foundation

/// The file formats an image is read from, told by their first bytes and never by the file's name.
enum ImageFormat: String, CaseIterable {
    case jpeg = "JPEG"
    case png = "PNG"
    case webp = "WebP"
    case bmp = "BMP"

    init?(of bytes: [UInt8]) {
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if bytes.starts(with: Array("RIFF".utf8)), bytes.dropFirst(8).starts(with: Array("WEBP".utf8)) {
            self = .webp
        } else if bytes.starts(with: Array("BM".utf8)) {
            self = .bmp
        } else {
            return nil
        }
    }
}

extension Image {
    /// Decodes a JPEG, PNG, WebP or BMP file: EXIF orientation applied, transparency dropped, grey made colour.
    ///
    /// - Throws: `unreadableInput` when the bytes are empty, of another format, damaged, incomplete, or when the header
    ///   says more pixels than `limits` allow (nothing is allocated then).
    public init(decoding data: Data, limits: ImageLimits = ImageLimits()) throws(DeepFaceError) {
        try self.init(decoding: [UInt8](data), limits: limits)
    }

    init(decoding bytes: [UInt8], limits: ImageLimits) throws(DeepFaceError) {
        guard !bytes.isEmpty else { throw .unreadable("the image is empty (0 bytes)") }
        guard bytes.count <= limits.maximumBytes else {
            throw .unreadable("the image has \(bytes.count) bytes, more than the \(limits.maximumBytes) allowed")
        }
        guard let format = ImageFormat(of: bytes) else {
            throw .unreadable("not a JPEG, PNG, WebP or BMP image")
        }
        let image =
            switch format {
            case .jpeg: try Image(format, bytes, limits, size: df_jpeg_size, decode: df_jpeg_decode)
            case .png: try Image(format, bytes, limits, size: df_png_size, decode: df_png_decode)
            case .webp: try Image(format, bytes, limits, size: df_webp_size, decode: df_webp_decode)
            case .bmp: try BMPReader(bytes).image(limits)
            }
        self = image.oriented(EXIF.orientation(of: bytes, format))
    }

    private typealias Size = (
        UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<df_image_size>?, UnsafeMutablePointer<CChar>?
    ) -> df_codec_status
    private typealias Decode = (
        UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<UInt8>?, Int, UnsafeMutablePointer<CChar>?
    ) -> df_codec_status

    private init(
        _ format: ImageFormat, _ bytes: [UInt8], _ limits: ImageLimits, size readSize: Size, decode: Decode
    ) throws(DeepFaceError) {
        var size = df_image_size()
        try codec(format) { readSize(bytes, bytes.count, &size, $0) }
        try limits.check(width: Int(size.width), height: Int(size.height))
        try self.init(width: Int(size.width), height: Int(size.height)) { target throws(DeepFaceError) in
            try codec(format) { decode(bytes, bytes.count, target.baseAddress, target.count, $0) }
        }
    }

    /// The image as a PNG file.
    public func png() throws(DeepFaceError) -> Data {
        try encoded(.png) { df_png_encode(pixels, Int64(width), Int64(height), $0, $1, $2) }
    }

    /// The image as a baseline JPEG file; `quality` from 1 to 100.
    public func jpeg(quality: Int = 95) throws(DeepFaceError) -> Data {
        try encoded(.jpeg) { df_jpeg_encode(pixels, Int64(width), Int64(height), Int32(quality), $0, $1, $2) }
    }

    private func encoded(
        _ format: ImageFormat,
        _ encode: (
            UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, UnsafeMutablePointer<Int>?,
            UnsafeMutablePointer<CChar>?
        ) -> df_codec_status
    ) throws(DeepFaceError) -> Data {
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        try codec(format) { encode(&bytes, &count, $0) }
        defer { df_codec_free(bytes) }
        return bytes.map { Data(bytes: $0, count: count) } ?? Data()
    }
}

extension ImageLimits {
    /// Refuses an image whose header says more pixels than allowed.
    func check(width: Int, height: Int) throws(DeepFaceError) {
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        guard width > 0, height > 0 else { throw .unreadable("the image has no pixels") }
        guard !overflow, pixels <= maximumPixels else {
            throw DeepFaceError(
                .unreadableInput, "the image has \(width) x \(height) pixels, more than the \(maximumPixels) allowed",
                advice: "scale it down or raise the limit")
        }
    }
}

extension DeepFaceError {
    static func unreadable(_ message: String) -> DeepFaceError { DeepFaceError(.unreadableInput, message) }
}

private func codec(
    _ format: ImageFormat, _ body: (UnsafeMutablePointer<CChar>?) -> df_codec_status
) throws(DeepFaceError) {
    let (status, detail) = Shim.call(body)
    guard status != DF_CODEC_OK else { return }
    let name = format.rawValue
    switch status {
    case DF_CODEC_TRUNCATED: throw .unreadable("the \(name) image is cut off: \(detail)")
    case DF_CODEC_NO_MEMORY: throw DeepFaceError(.engine, "no memory for the \(name) image: \(detail)")
    case DF_CODEC_UNSUPPORTED: throw .unreadable("this \(name) image cannot be read: \(detail)")
    default: throw .unreadable("the \(name) image is damaged: \(detail)")
    }
}
