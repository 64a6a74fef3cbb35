import DeepFace
import HTTPTypes
import Hummingbird
import Logging
import NIOHTTP1

/// What every request gets: an id, an answer whatever goes wrong, a line in the log and its place in the metrics.
///
/// The log names the route's pattern and never the path, which may hold people's names.
struct RequestMiddleware: RouterMiddleware {
    let backend: Backend

    func handle(
        _ request: Request, context: ServerContext,
        next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var context = context
        context.requestID = RequestID.choose(request.headers[.requestID])
        context.logger[metadataKey: "request"] = .string(context.requestID)
        var response: Response
        do {
            try backend.phase.checkIsOpen()
            if let headers = try backend.origins.preflight(request) {
                response = Response(status: .noContent, headers: headers)
            } else {
                response = try await next(request, context)
            }
        } catch let error as HTTPParserError {
            // The connection's own business: it answers and closes.
            throw error
        } catch {
            response = Reply.problem(problem(error, request, context), context.requestID)
        }
        response.headers[.requestID] = context.requestID
        response.headers[.xContentTypeOptions] = "nosniff"
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        response.headers.append(contentsOf: backend.origins.headers(for: request))
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let route = context.endpointPath == "NotFound" ? "none" : context.endpointPath ?? "none"
        let method = Self.known.contains(request.method) ? request.method.rawValue : "other"
        backend.metrics.answered(method, route: route, status: response.status.code, seconds: seconds)
        context.logger.info(
            "\(method) \(route) \(response.status.code)",
            metadata: ["milliseconds": .stringConvertible(Int(seconds * 1000))])
        return response
    }

    /// Others would make as many series as somebody likes.
    private static let known: Set<HTTPRequest.Method> = [.get, .head, .post, .patch, .delete, .put, .options]

    private func problem(_ error: any Error, _ request: Request, _ context: ServerContext) -> Problem {
        switch error {
        case let problem as Problem:
            return problem
        case let error as DeepFaceError:
            if error.status == .internalServerError { context.logger.error("\(error)") }
            return Problem(error)
        case let error as HTTPError where error.status == .notFound:
            guard let methods = RouteTable.allow(request.uri.path) else {
                return .notFound("nothing is at this address; see /openapi.json")
            }
            var problem = Problem(.methodNotAllowed, "method_not_allowed", "this address does not take this method")
            problem.allow = methods
            return problem
        case is CancellationError:
            return .unavailable("closing_down", "the server is closing down", retryAfter: 10)
        default:
            // What it says is for the operator; the client gets the id to ask by.
            context.logger.error("\(type(of: error)): \(error)")
            return Problem(.internalServerError, "internal_error", "the server failed; its log tells why")
        }
    }
}

extension HTTPField.Name {
    static let requestID = HTTPField.Name("X-Request-Id")!
}
