import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The web page: the files of `Web`, which are part of the executable. A new file is one line here.
package enum WebPage {
    package static let files: [File] = [
        File("announce.js", PackageResources.announce_js),
        File("api.js", PackageResources.api_js),
        File("camera.js", PackageResources.camera_js),
        File("collection-choice.js", PackageResources.collection_choice_js),
        File("collection-dialogs.js", PackageResources.collection_dialogs_js),
        File("controls.js", PackageResources.controls_js),
        File("dialogs.js", PackageResources.dialogs_js),
        File("dom.js", PackageResources.dom_js),
        File("face-options.js", PackageResources.face_options_js),
        File("icon.svg", PackageResources.icon_svg),
        File("icons.js", PackageResources.icons_js),
        File("incoming.js", PackageResources.incoming_js),
        File("index.html", PackageResources.index_html),
        File("key.js", PackageResources.key_js),
        File("main.js", PackageResources.main_js),
        File("notices.js", PackageResources.notices_js),
        File("overlay.js", PackageResources.overlay_js),
        File("parts.css", PackageResources.parts_css),
        File("parts.js", PackageResources.parts_js),
        File("person-dialogs.js", PackageResources.person_dialogs_js),
        File("person-page.js", PackageResources.person_page_js),
        File("photo-task.js", PackageResources.photo_task_js),
        File("photo-zone.js", PackageResources.photo_zone_js),
        File("photo.js", PackageResources.photo_js),
        File("problem-card.js", PackageResources.problem_card_js),
        File("problem.js", PackageResources.problem_js),
        File("quality.js", PackageResources.quality_js),
        File("register.js", PackageResources.register_js),
        File("scale.js", PackageResources.scale_js),
        File("server.js", PackageResources.server_js),
        File("store.js", PackageResources.store_js),
        File("stream.js", PackageResources.stream_js),
        File("style.css", PackageResources.style_css),
        File("task.js", PackageResources.task_js),
        File("theme.js", PackageResources.theme_js),
        File("thumbnail.js", PackageResources.thumbnail_js),
        File("types.js", PackageResources.types_js),
        File("view-analyze.js", PackageResources.view_analyze_js),
        File("view-extract.js", PackageResources.view_extract_js),
        File("view-live.js", PackageResources.view_live_js),
        File("view-models.js", PackageResources.view_models_js),
        File("view-people.js", PackageResources.view_people_js),
        File("view-search.js", PackageResources.view_search_js),
        File("view-verify.js", PackageResources.view_verify_js),
        File("words.js", PackageResources.words_js),
        File("zone.js", PackageResources.zone_js),
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
