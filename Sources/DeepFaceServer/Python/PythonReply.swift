import DeepFace
import HTTPTypes
import Hummingbird
import NIOHTTP1

/// Answers in the words of Python DeepFace's server.
enum PythonReply {
    static func exception(_ text: String) throws -> Response { try Reply.json(["exception": text], .badRequest) }

    /// Why not; `nil` where the error is the connection's own business.
    static func refusal(_ error: any Error, _ doing: String) -> Response? {
        switch error {
        case is HTTPParserError: return nil
        case let problem as Problem: return try? answer(problem, doing)
        case let error as DeepFaceError:
            // Whatever goes wrong with a request is 400 there; what is not the request's fault is told from it here.
            let status = error.status.kind == .serverError ? error.status : .badRequest
            let problem = Problem(error)
            var response = try? Reply.json(["error": "Exception while \(doing): \(problem.detail)"], status)
            if let seconds = problem.retryAfter { response?.headers[.retryAfter] = "\(seconds)" }
            return response
        default: return nil
        }
    }

    private static func answer(_ problem: Problem, _ doing: String) throws -> Response {
        var response =
            switch problem.status {
            case .unauthorized:
                try Reply.json(["message": "Invalid or missing authentication token"], problem.status)
            case .forbidden: try Reply.json(["message": problem.detail], problem.status)
            case .badRequest where problem.code == "missing_image": try exception(problem.detail)
            case _ where problem.code == "no_store": try Reply.json(["error": problem.detail], problem.status)
            default: try Reply.json(["error": "Exception while \(doing): \(problem.detail)"], problem.status)
            }
        if problem.status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
        if let seconds = problem.retryAfter { response.headers[.retryAfter] = "\(seconds)" }
        return response
    }
}
