import Foundation

/// Where an image comes from.
public enum ImageSource: Sendable {
    /// A file.
    case path(String)
    /// An encoded image (JPEG, PNG, WebP, BMP), named `name` in errors.
    case data(Data, name: String = "image data")
    /// A `data:image/…;base64,…` string.
    case dataURL(String)
    /// An http or https address; needs a `RemoteImageFetcher` in the configuration.
    case url(URL)
    /// Pixels.
    case pixels(Image)

    /// The source a string names: a `data:image/` string, an http(s) address, else a path.
    public init(_ string: String) {
        let start = string.prefix(11).lowercased()
        if start == "data:image/" {
            self = .dataURL(string)
        } else if start.hasPrefix("http://") || start.hasPrefix("https://"), let url = URL(string: string) {
            self = .url(url)
        } else {
            self = .path(string)
        }
    }

    /// How errors and results call the image.
    public var name: String {
        switch self {
        case .path(let path): path
        case .data(_, let name): name
        case .dataURL: "base64 data"
        case .url(let url): url.absoluteString
        case .pixels: "pixels"
        }
    }
}

extension ImageSource: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) { self.init(value) }
}

/// Brings images from the network. The library itself opens no connection; `RemoteSources` has one that does.
public protocol RemoteImageFetcher: Sendable {
    /// The bytes at `url`, at most `maximumBytes` of them.
    func fetch(_ url: URL, maximumBytes: Int) async throws(DeepFaceError) -> Data
}

extension ImageSource {
    /// The source with whatever needs the network already fetched.
    func fetched(with fetcher: (any RemoteImageFetcher)?, limits: ImageLimits) async throws(DeepFaceError)
        -> ImageSource
    {
        guard case .url(let url) = self else { return self }
        guard let fetcher else {
            throw DeepFaceError(
                .unreadableInput, "no fetcher for web addresses is configured", input: name,
                advice: "set Configuration.fetcher, for instance to HTTPImageFetcher of RemoteSources")
        }
        do throws(DeepFaceError) {
            return .data(try await fetcher.fetch(url, maximumBytes: limits.maximumBytes), name: name)
        } catch {
            throw error.naming(name)
        }
    }

    /// Reads and decodes; blocks.
    func image(_ limits: ImageLimits) throws(DeepFaceError) -> Image {
        do throws(DeepFaceError) {
            switch self {
            case .pixels(let image): return image
            case .data(let data, _): return try Image(decoding: data, limits: limits)
            case .dataURL(let string): return try Image(decoding: Self.decodeDataURL(string), limits: limits)
            case .path(let path): return try Image(decoding: Self.contents(of: path, limits), limits: limits)
            case .url: throw DeepFaceError(.engine, "the address was not fetched")
            }
        } catch {
            throw error.naming(name)
        }
    }

    /// The image's file; pixels become a PNG. Blocks.
    func file(_ limits: ImageLimits) throws(DeepFaceError) -> Data {
        do throws(DeepFaceError) {
            switch self {
            case .pixels(let image): return try image.png()
            case .data(let data, _): return data
            case .dataURL(let string): return try Self.decodeDataURL(string)
            case .path(let path): return Data(try Self.contents(of: path, limits))
            case .url: throw DeepFaceError(.engine, "the address was not fetched")
            }
        } catch {
            throw error.naming(name)
        }
    }

    private static func decodeDataURL(_ string: String) throws(DeepFaceError) -> Data {
        guard let comma = string.firstIndex(of: ","), string[..<comma].hasSuffix(";base64") else {
            throw .unreadable("not a data:image/…;base64, string")
        }
        let text = string[string.index(after: comma)...].filter { !$0.isWhitespace }
        guard let data = Data(base64Encoded: text) else { throw .unreadable("the base64 text is damaged") }
        return data
    }

    private static func contents(of path: String, _ limits: ImageLimits) throws(DeepFaceError) -> [UInt8] {
        do throws(RegularFile.Problem) {
            return try RegularFile.bytes(of: path, limit: limits.maximumBytes)
        } catch {
            if case .missing = error, path.contains("://") {
                throw .unreadable("neither a file nor an http or https address")
            }
            throw .unreadable(error.description)
        }
    }
}
