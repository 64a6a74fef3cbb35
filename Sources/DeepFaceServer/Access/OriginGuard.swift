import HTTPTypes
import Hummingbird

/// Keeps web pages of other sites from using a server that asks for no key through the browser of somebody who may
/// reach it.
struct OriginGuard: Sendable {
    /// Whether the server is meant for this machine only, so that only names of this machine lead to it.
    let isLocal: Bool
    /// Sites whose pages may use it, as `https://example.org`.
    let allowedOrigins: [String]

    /// - Throws: `foreign_origin`.
    func check(_ request: Request) throws(Problem) {
        let authority = (request.head.authority ?? "").lowercased()
        if isLocal, !Self.isLocal(authority) {
            throw Problem(
                .forbidden, "foreign_origin",
                "this server answers to localhost only; for other names give it keys and --host")
        }
        guard let origin = request.headers[.origin]?.lowercased(), !allowedOrigins.contains(origin) else { return }
        let place = origin.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).last.map(String.init)
        guard place == authority else {
            throw Problem(
                .forbidden, "foreign_origin",
                "pages of other sites may not use this server; allow a site with --allow-origin")
        }
    }

    /// The headers for a page of an allowed site.
    func headers(for request: Request) -> HTTPFields {
        guard let origin = request.headers[.origin], allowedOrigins.contains(origin.lowercased()) else { return [:] }
        return [
            .accessControlAllowOrigin: origin, .accessControlExposeHeaders: "Retry-After, X-Request-Id",
            .vary: "Origin",
        ]
    }

    /// What a browser is told that asks what a page of an allowed site may send; `nil` where nobody asks that, or for
    /// another site, or of an address where nothing is.
    ///
    /// - Throws: `foreign_origin`.
    func preflight(_ request: Request) throws(Problem) -> HTTPFields? {
        guard request.method == .options, request.headers[.accessControlRequestMethod] != nil,
            let origin = request.headers[.origin], allowedOrigins.contains(origin.lowercased()),
            let methods = RouteTable.allow(request.uri.path)
        else { return nil }
        try check(request)
        return [
            .accessControlAllowMethods: methods,
            .accessControlAllowHeaders: "Authorization, Content-Type, X-Request-Id",
            .accessControlMaxAge: "7200",
        ]
    }

    /// Names of this machine, and numbers: a name of a stranger's choice is what makes the attack.
    static func isLocal(_ authority: String) -> Bool {
        guard !authority.isEmpty else { return true }
        if authority.hasPrefix("[") { return true }
        let host = authority.split(separator: ":", omittingEmptySubsequences: false)[0]
        return host == "localhost" || host.hasSuffix(".localhost")
            || host.allSatisfy { $0.isNumber && $0.isASCII || $0 == "." }
    }
}
