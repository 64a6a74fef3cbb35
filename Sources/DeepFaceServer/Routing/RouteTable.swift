import Foundation
import HTTPTypes
import Hummingbird

/// All routes. A new one is its own file and one line here.
enum RouteTable {
    static let all: [Route] =
        [
            .pythonWelcome, .pythonRepresent, .pythonVerify, .pythonAnalyze, .pythonRegister, .pythonSearch,
            .pythonBuildIndex,
            .verify, .represent, .extract, .analyze, .quality,
            .listCollections, .createCollection, .showCollection, .deleteCollection,
            .listPeople, .showPerson, .renamePerson, .deletePerson,
            .registerSample, .verifyPerson, .samplePhoto, .deleteSample, .registerMany, .search, .buildIndex,
            .clusterCollection, .showJob,
            .stream, .models, .health, .ready, .metrics, .contract,
        ] + WebPage.routes

    /// The methods that the path of a request has.
    static func methods(of path: String) -> [HTTPRequest.Method] {
        let parts = path.split(separator: "/")
        return all.filter { route in
            let pattern = route.path.split(separator: "/")
            return pattern.count == parts.count && zip(pattern, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
        .map(\.method)
    }

    /// The same as one text, as in a header; `nil` where there is nothing at the path.
    static func allow(_ path: String) -> String? {
        let methods = methods(of: path)
        if methods.isEmpty { return nil }
        let all = methods + (methods.contains(.get) ? [.head] : [])
        return Set(all.map(\.rawValue)).sorted().joined(separator: ", ")
    }

    /// A router with all of them.
    static func router(_ backend: Backend) -> Router<ServerContext> {
        let router = Router(context: ServerContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: RequestMiddleware(backend: backend))
        for route in all {
            router.on(RouterPath(route.path), method: route.method) { request, context in
                try await route.answer(request, context, backend)
            }
        }
        return router
    }
}

extension Route {
    /// Answers a request, or says why not in the route's own way.
    fileprivate func answer(_ request: Request, _ context: ServerContext, _ backend: Backend) async throws -> Response {
        do {
            try backend.origins.check(request)
            try await admit(request, context, backend)
            return try await respond(Call(request: request, context: context, backend: backend))
        } catch {
            guard case .python(let doing) = style, let response = PythonReply.refusal(error, doing) else { throw error }
            return response
        }
    }

    private func admit(_ request: Request, _ context: ServerContext, _ backend: Backend) async throws {
        guard case .role(let role) = access else { return }
        guard let caller = backend.gatekeeper.caller(request.bearer, address: context.address) else {
            // Guessing costs the one who guesses.
            try backend.rates.check(context.address)
            throw Problem(
                .unauthorized, "unauthorized", "the key is missing or not known; send Authorization: Bearer KEY")
        }
        try backend.rates.check(caller.id)
        guard caller.role >= role else {
            throw Problem(
                .forbidden, "forbidden",
                "this needs a key of the role \(role.rawValue), and yours is \(caller.role.rawValue)")
        }
    }
}

extension Request {
    /// The key of the header `Authorization: Bearer KEY`.
    var bearer: String? {
        guard let value = headers[.authorization], value.prefix(7).lowercased() == "bearer " else { return nil }
        return value.dropFirst(7).trimmingCharacters(in: .whitespaces)
    }
}
