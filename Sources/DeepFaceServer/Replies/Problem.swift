import DeepFace
import HTTPTypes

/// Why a request was refused: a problem document (RFC 9457) in the making.
package struct Problem: Error, Equatable {
    package let status: HTTPResponse.Status
    /// More exact than the status: the code of a `DeepFaceError`, or one of the server's own.
    package let code: String
    /// What was wrong and what to do, in one line.
    package let detail: String
    /// Seconds after which to try again.
    package var retryAfter: Int?
    /// The methods there are, where it was the wrong one.
    package var allow: String?

    init(_ status: HTTPResponse.Status, _ code: String, _ detail: String) {
        (self.status, self.code, self.detail) = (status, code, detail)
    }

    static func invalid(_ detail: String) -> Problem { Problem(.badRequest, "invalid_request", detail) }

    static func notFound(_ detail: String) -> Problem {
        Problem(.notFound, DeepFaceError.Code.notFound.rawValue, detail)
    }

    /// The body has more than `limit` bytes.
    static func tooLarge(_ limit: Int) -> Problem {
        Problem(.contentTooLarge, "body_too_large", "the body has more than the \(limit) bytes allowed")
    }

    static func unsupported(_ type: String?, _ known: String) -> Problem {
        Problem(
            .unsupportedMediaType, "unsupported_media_type",
            (type == nil ? "the request has no Content-Type" : "a body of this Content-Type is not read here")
                + "; send \(known)")
    }

    /// Later it may work.
    static func busy(_ detail: String, retryAfter: Int = 1) -> Problem {
        var problem = Problem(.tooManyRequests, "busy", detail)
        problem.retryAfter = retryAfter
        return problem
    }

    static func unavailable(_ code: String, _ detail: String, retryAfter: Int) -> Problem {
        var problem = Problem(.serviceUnavailable, code, detail)
        problem.retryAfter = retryAfter
        return problem
    }
}

extension Problem {
    /// An error of the library. What it names of the server's own disk stays here.
    init(_ error: DeepFaceError) {
        let input = error.isAboutWhatWasSent ? error.input.map { " (\($0))" } ?? "" : ""
        let line = error.message + input + (ClientAdvice.of(error).map { "; \($0)" } ?? "")
        let detail = String(line.map { $0.isNewline ? "?" : $0 })
        self.init(error.status, error.code.rawValue, detail)
        if status == .serviceUnavailable { retryAfter = 10 }
    }
}

extension DeepFaceError {
    fileprivate var isAboutWhatWasSent: Bool {
        switch code {
        case .invalidOption, .notFound, .recipeMismatch, .noFace, .lowQuality, .spoofDetected, .unreadableInput,
            .invalidEmbedding:
            true
        default: false
        }
    }

    var status: HTTPResponse.Status {
        switch code {
        case .invalidOption, .unreadableInput: .badRequest
        case .noFace, .lowQuality, .spoofDetected, .invalidEmbedding: .unprocessableContent
        case .notFound: .notFound
        case .recipeMismatch: .conflict
        case .weightsMissing, .weightsDamaged, .storeUnavailable, .cancelled: .serviceUnavailable
        case .storeInconsistent, .unwritableOutput, .engine: .internalServerError
        }
    }
}
