import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Answers as routes give them.
enum Reply {
    /// A value as JSON, its keys in order.
    static func json(
        _ value: some Encodable, _ status: HTTPResponse.Status = .ok, type: String = "application/json"
    ) throws -> Response {
        Response(
            status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: try buffer(of: value)))
    }

    /// A value as one line of NDJSON.
    static func line(_ value: some Encodable) throws -> ByteBuffer {
        var buffer = try buffer(of: value)
        buffer.writeInteger(UInt8(ascii: "\n"))
        return buffer
    }

    static func text(
        _ text: String, _ status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    static func bytes(_ bytes: some Sequence<UInt8>, type: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    static let nothing = Response(status: .noContent)

    /// A problem document.
    static func problem(_ problem: Problem, _ requestID: String) -> Response {
        let document = ProblemDocument(problem, requestID)
        // Nothing in the document can keep it from being written.
        let body = (try? buffer(of: document)) ?? ByteBuffer()
        var headers: HTTPFields = [.contentType: "application/problem+json"]
        if let seconds = problem.retryAfter { headers[.retryAfter] = "\(seconds)" }
        if let allow = problem.allow { headers[.allow] = allow }
        if problem.status == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        return Response(status: problem.status, headers: headers, body: ResponseBody(byteBuffer: body))
    }

    private static func buffer(of value: some Encodable) throws -> ByteBuffer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return ByteBuffer(bytes: try encoder.encode(value))
    }
}

/// A problem as JSON.
struct ProblemDocument: Encodable {
    let type = "about:blank"
    let title: String
    let status: Int
    let code: String
    let detail: String
    let requestID: String

    enum CodingKeys: String, CodingKey {
        case type, title, status, code, detail
        case requestID = "request_id"
    }

    init(_ problem: Problem, _ requestID: String) {
        title = problem.status.reasonPhrase
        status = problem.status.code
        (code, detail) = (problem.code, problem.detail)
        self.requestID = requestID
    }
}
