import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The web page: the files of `Web`, which are part of the executable. A new file is one line here.
package enum WebPage {
    package static let files: [File] = [
        File("index.html", PackageResources.index_html)
    ]

    /// A file and what its name tells.
    package struct File: Sendable {
        package let name: String
        package let content: ByteBuffer
        let type: String
        let tag: String

        init(_ name: String, _ bytes: [UInt8]) {
            self.name = name
            content = ByteBuffer(bytes: bytes)
            tag = "\"" + SHA256.hash(data: bytes).prefix(8).map(\.hexadecimal).joined() + "\""
            type =
                switch name.split(separator: ".").last {
                case "html": "text/html; charset=utf-8"
                case "js": "text/javascript; charset=utf-8"
                case "css": "text/css; charset=utf-8"
                case "svg": "image/svg+xml"
                case "webmanifest": "application/manifest+json"
                default: "application/octet-stream"
                }
        }
    }

    /// The page needs nothing from elsewhere, and gets nothing from elsewhere.
    private static let policy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; \
        connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        """

    /// `/ui/` shows the page. Hummingbird takes `/ui` and `/ui/` for one path.
    static var routes: [Route] {
        [
            Route(.get, "/ui", .anybody) { call in
                guard call.request.uri.path.hasSuffix("/") else {
                    return Response(status: .movedPermanently, headers: [.location: "/ui/"])
                }
                return reply("index.html", call.request)
            }
        ]
            + files.map { file in
                Route(.get, "/ui/\(file.name)", .anybody) { call in reply(file.name, call.request) }
            }
    }

    private static func reply(_ name: String, _ request: Request) -> Response {
        guard let file = files.first(where: { $0.name == name }) else { return Response(status: .notFound) }
        var headers: HTTPFields = [
            .contentType: file.type, .eTag: file.tag, .cacheControl: "no-cache", .contentSecurityPolicy: policy,
        ]
        headers[.referrerPolicy] = "no-referrer"
        let known = request.headers[.ifNoneMatch]?.split(separator: ",").map {
            $0.trimmingCharacters(in: .whitespaces).replacing("W/", with: "", maxReplacements: 1)
        }
        if known?.contains(where: { $0 == file.tag || $0 == "*" }) == true {
            headers[.contentType] = nil
            return Response(status: .notModified, headers: headers)
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: file.content))
    }
}

extension HTTPField.Name {
    fileprivate static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}
