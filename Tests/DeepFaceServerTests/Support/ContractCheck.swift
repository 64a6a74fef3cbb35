import Foundation
import Testing

/// Holds answers against the contract: the part of OpenAPI 3.1 and JSON Schema that it uses.
struct ContractCheck {
    private let document: [String: Any]

    init(_ document: [String: Any]) { self.document = document }

    /// What is wrong with an answer, a line each.
    func problems(_ method: String, _ path: String, _ answer: Answer) -> [String] {
        guard let operation = operation(method, path) else { return ["\(method) \(path) is not in the contract"] }
        guard let responses = operation["responses"] as? [String: Any],
            let found = (responses["\(answer.status)"] ?? responses["default"]) as? [String: Any]
        else { return ["\(answer.status) is not among the responses"] }
        let response = resolved(found)
        if responses["\(answer.status)"] == nil, answer.status < 400 { return ["\(answer.status) is not named"] }
        guard let content = response["content"] as? [String: Any] else {
            return answer.body.isEmpty ? [] : ["a body where there is none"]
        }
        let type = (answer.headers["content-type"] ?? "").split(separator: ";").first.map(String.init) ?? ""
        guard let media = (content[type] ?? content[type.split(separator: "/")[0] + "/*"]) as? [String: Any] else {
            return ["the Content-Type \(type) is not named"]
        }
        guard let schema = media["schema"] as? [String: Any] else { return [] }
        if type == "text/plain" { return [] }
        let parts = type == "application/x-ndjson" ? answer.body.split(separator: 0x0A) : [answer.body]
        return parts.flatMap { part -> [String] in
            guard let value = try? JSONSerialization.jsonObject(with: part, options: .fragmentsAllowed) else {
                return ["the body is not JSON"]
            }
            return problems(value, schema, at: "$")
        }
    }

    private func operation(_ method: String, _ path: String) -> [String: Any]? {
        let parts = path.split(separator: "?")[0].split(separator: "/")
        let paths = document["paths"] as? [String: Any] ?? [:]
        let found = paths.first { pattern, _ in
            let pattern = pattern.split(separator: "/")
            return pattern.count == parts.count && zip(pattern, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
        return (found?.value as? [String: Any])?[method.lowercased()] as? [String: Any]
    }

    private func resolved(_ schema: [String: Any]) -> [String: Any] {
        guard let reference = schema["$ref"] as? String else { return schema }
        var value: Any = document
        for part in reference.split(separator: "/").dropFirst() {
            value = (value as? [String: Any])?[String(part)] ?? [:]
        }
        return value as? [String: Any] ?? [:]
    }

    private func problems(_ value: Any, _ schema: [String: Any], at place: String) -> [String] {
        let schema = resolved(schema)
        var found: [String] = []
        for part in schema["allOf"] as? [[String: Any]] ?? [] { found += problems(value, part, at: place) }
        if let choices = schema["oneOf"] as? [[String: Any]] {
            let fitting = choices.count { problems(value, $0, at: place).isEmpty }
            if fitting != 1 { found.append("\(place) fits \(fitting) of its forms") }
        }
        if let types = (schema["type"] as? String).map({ [$0] }) ?? schema["type"] as? [String],
            !types.contains(where: { Self.isOf($0, value) })
        {
            return found + ["\(place) is not of type \(types.joined(separator: " or "))"]
        }
        if let choices = schema["enum"] as? [String], let text = value as? String, !choices.contains(text) {
            found.append("\(place) is \(text)")
        }
        if let object = value as? [String: Any] { found += membersProblems(object, schema, at: place) }
        if let list = value as? [Any] {
            if let minimum = schema["minItems"] as? Int, list.count < minimum { found.append("\(place) is too short") }
            if let maximum = schema["maxItems"] as? Int, list.count > maximum { found.append("\(place) is too long") }
            if let items = schema["items"] as? [String: Any] {
                for (index, item) in list.enumerated() { found += problems(item, items, at: "\(place)[\(index)]") }
            }
        }
        if let number = (value as? NSNumber)?.doubleValue, !(value is String) {
            if let minimum = schema["minimum"] as? Double, number < minimum { found.append("\(place) is too small") }
            if let maximum = schema["maximum"] as? Double, number > maximum { found.append("\(place) is too large") }
        }
        return found
    }

    private func membersProblems(_ object: [String: Any], _ schema: [String: Any], at place: String) -> [String] {
        var found: [String] = []
        for name in schema["required"] as? [String] ?? [] where object[name] == nil {
            found.append("\(place).\(name) is missing")
        }
        let properties = schema["properties"] as? [String: Any] ?? [:]
        for (name, member) in object {
            if let known = properties[name] as? [String: Any] {
                found += problems(member, known, at: "\(place).\(name)")
            } else if let other = schema["additionalProperties"] as? [String: Any] {
                found += problems(member, other, at: "\(place).\(name)")
            } else if schema["additionalProperties"] as? Bool == false {
                found.append("\(place).\(name) is not allowed")
            }
        }
        return found
    }

    private static func isOf(_ type: String, _ value: Any) -> Bool {
        // In Foundation a truth value is a number too.
        let isTruth =
            (value as? NSNumber).map { "\(Swift.type(of: $0))".contains("Boolean") || $0.objCType.pointee == 0x63 }
            ?? false
        switch type {
        case "object": return value is [String: Any]
        case "array": return value is [Any]
        case "string": return value is String
        case "null": return value is NSNull
        case "boolean": return isTruth
        case "integer":
            return !isTruth && (value as? NSNumber).map { $0.doubleValue == $0.doubleValue.rounded() } ?? false
        case "number": return !isTruth && value is NSNumber
        default: return false
        }
    }
}

extension ServerRun {
    /// Sends a request, and holds the answer against the contract.
    func checked(
        _ method: String, _ path: String, _ headers: [String: String] = [:], _ body: Data? = nil,
        location: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        let answer = try await send(method, path, headers, body)
        try await check(method, path, answer, location)
        return answer
    }

    func checked(
        _ method: String, _ path: String, json: [String: any Sendable], _ headers: [String: String] = [:],
        location: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        try await checked(
            method, path, headers.merging(["Content-Type": "application/json"]) { $1 },
            JSONSerialization.data(withJSONObject: json), location: location)
    }

    func checked(
        _ path: String, files: [(name: String, file: String, content: Data)], fields: [String: String] = [:],
        _ headers: [String: String] = [:], location: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        let form = MultipartText(files: files, fields: fields)
        return try await checked(
            "POST", path, headers.merging(["Content-Type": form.contentType]) { $1 }, form.body, location: location)
    }

    private func check(_ method: String, _ path: String, _ answer: Answer, _ location: SourceLocation) async throws {
        let problems = ContractCheck(try await get("/openapi.json").json).problems(method, path, answer)
        #expect(
            problems.isEmpty, "\(method) \(path) \(answer.status): \(problems) \(answer.text.prefix(300))",
            sourceLocation: location)
    }
}
