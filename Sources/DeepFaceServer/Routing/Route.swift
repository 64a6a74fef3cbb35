import Foundation
import HTTPTypes
import Hummingbird

/// What the server answers to: one method of one path.
struct Route: Sendable {
    /// Who may.
    enum Access: Sendable, Equatable {
        case anybody
        case role(Role)
    }

    /// How it says no.
    enum Style: Sendable {
        case problem
        /// As Python's server: the words begin with "Exception while" and what was being done.
        case python(doing: String)
    }

    let method: HTTPRequest.Method
    /// With names in braces for what may stand there.
    let path: String
    let access: Access
    var style = Style.problem
    let respond: @Sendable (Call) async throws -> Response

    init(
        _ method: HTTPRequest.Method, _ path: String, _ access: Access, style: Style = .problem,
        respond: @escaping @Sendable (Call) async throws -> Response
    ) {
        (self.method, self.path, self.access, self.style, self.respond) = (method, path, access, style, respond)
    }
}

/// One request on its way through a route.
struct Call: Sendable {
    let request: Request
    let context: ServerContext
    let backend: Backend

    /// What stands in the path in place of a name in braces.
    ///
    /// - Throws: `invalid_request` when it is not UTF-8 or no name.
    func parameter(_ name: String) throws(Problem) -> String {
        guard let text = context.parameters.get(name)?.removingPercentEncoding else {
            throw .invalid("the path's \(name) is not UTF-8")
        }
        return try Name.check(text, "the path's \(name)")
    }

    /// A value behind the question mark.
    func query(_ name: String) -> String? { request.uri.queryParameters[name[...]].map(String.init) }

    /// The body as a form.
    func form(urlEncoded: Bool = false, multipart: Bool = true) async throws -> Form {
        let start = ContinuousClock.now
        let form = try await backend.forms.form(of: request, takes: urlEncoded, multipart: multipart)
        backend.metrics.stage("body", seconds: (ContinuousClock.now - start) / .seconds(1))
        return form
    }
}
