import Hummingbird
import NIOCore

/// Reads the body of a request as a form: JSON, URL-encoded or multipart.
struct FormReader: Sendable {
    /// Bytes of a body.
    let limit: Int
    /// Parts of a multipart body, fields of a form.
    let maximumFields: Int
    let memory: MemoryBudget

    /// What a body is.
    enum Kind {
        case json, urlEncoded
        case multipart(String)
        case lines
    }

    /// - Returns: `nil` where the request says nothing of its body, or something else.
    static func kind(of request: Request) -> Kind? {
        guard let type = request.headers[.contentType] else { return nil }
        let end = type.firstIndex(of: ";") ?? type.endIndex
        switch type[..<end].lowercased().filter({ $0 != " " && $0 != "\t" }) {
        case "application/json": return .json
        case "application/x-www-form-urlencoded": return .urlEncoded
        case "multipart/form-data": return .multipart(type)
        case "application/x-ndjson": return .lines
        default: return nil
        }
    }

    /// Refuses what would have to be unpacked first, and what says that it is too large.
    static func check(_ request: Request, limit: Int) throws(Problem) {
        if let encoding = request.headers[.contentEncoding], encoding.lowercased() != "identity" {
            throw Problem(
                .unsupportedMediaType, "unsupported_media_type", "a compressed body is not read here; send it as it is")
        }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw .tooLarge(limit)
        }
    }

    /// - Parameter kinds: those that are read here, for people.
    /// - Throws: `Problem`; what the connection throws.
    func form(of request: Request, takes urlEncoded: Bool = false, multipart: Bool = true) async throws -> Form {
        let known =
            "application/json" + (multipart ? " or multipart/form-data" : "")
            + (urlEncoded ? " or application/x-www-form-urlencoded" : "")
        try Self.check(request, limit: limit)
        let lease = MemoryLease(memory)
        var form = Form()
        switch Self.kind(of: request) {
        case .json:
            guard case .object(let members) = try JSONReader.value(of: await bytes(of: request, lease)) else {
                throw Problem.invalid("the body is not a JSON object")
            }
            form.fields = members.mapValues { .json($0) }
        case .urlEncoded where urlEncoded:
            form.fields = try URLEncodedForm.fields(of: await bytes(of: request, lease), maximum: maximumFields)
        case .multipart(let type) where multipart:
            form.fields = try await fields(of: request, type, lease)
        default:
            throw Problem.unsupported(request.headers[.contentType], known)
        }
        form.lease = lease
        return form
    }

    /// The whole body.
    private func bytes(of request: Request, _ lease: MemoryLease) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await buffer in request.body {
            guard bytes.count + buffer.readableBytes <= limit else { throw Problem.tooLarge(limit) }
            try lease.take(buffer.readableBytes)
            bytes.append(contentsOf: buffer.readableBytesView)
        }
        return bytes
    }

    private func fields(
        of request: Request, _ type: String, _ lease: MemoryLease
    ) async throws -> [String: FormValue] {
        var parser = try MultipartParser(contentType: type)
        var collector = PartCollector(maximumParts: maximumFields)
        var count = 0
        for try await buffer in request.body {
            count += buffer.readableBytes
            guard count <= limit else { throw Problem.tooLarge(limit) }
            try lease.take(buffer.readableBytes)
            try parser.feed(buffer.readableBytesView) { event throws(Problem) in try collector.take(event) }
        }
        try parser.finish()
        return collector.fields
    }
}

/// Puts the parts of a form together.
private struct PartCollector {
    let maximumParts: Int
    private(set) var fields: [String: FormValue] = [:]
    private var head: MultipartHead?
    private var content: [UInt8] = []

    init(maximumParts: Int) { self.maximumParts = maximumParts }

    mutating func take(_ event: MultipartParser.Event) throws(Problem) {
        switch event {
        case .part(let head):
            guard fields.count < maximumParts else { throw .invalid("the form has more than \(maximumParts) parts") }
            guard fields[head.name] == nil else { throw .invalid("a field of the form stands there twice") }
            self.head = head
            content = []
        case .content(let bytes): content.append(contentsOf: bytes)
        case .endOfPart:
            guard let head else { return }
            if let name = head.fileName {
                fields[head.name] = .file(UploadedFile(name: name.isEmpty ? nil : name, bytes: content))
            } else if let text = String(validating: content, as: UTF8.self) {
                fields[head.name] = .text(text)
            } else {
                // Bytes without a file's name are a file all the same.
                fields[head.name] = .file(UploadedFile(name: nil, bytes: content))
            }
            content = []
        case .end: break
        }
    }
}
