import DeepFaceServer
import Foundation
import Testing

struct FormTests {
    private static let body =
        "preamble\r\n--b-o\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\na\r\n--b-\r\nb\r\n"
        + "--b-o  \r\nContent-Type: image/png\r\nCONTENT-DISPOSITION: form-data; name=\"file\"; filename=\"C:\\x\\a \\\"b\\\".png\"\r\n"
        + "\r\n\r\n--b--o\r\n--b-o\r\nContent-Disposition: form-data; name=empty; filename*=UTF-8''na%C3%AFve.jpg\r\n\r\n"
        + "\r\n--b-o--\r\nwhatever --b-o follows"

    private struct Part: Equatable {
        var name: String
        var file: String?
        var content = ""
    }

    private static let expected = [
        Part(name: "text", content: "a\r\n--b-\r\nb"),
        Part(name: "file", file: "a \"b\".png", content: "\r\n--b--o"),
        Part(name: "empty", file: "naïve.jpg"),
    ]

    private static func parts(_ pieces: [ArraySlice<UInt8>]) throws -> [Part] {
        var parser = try MultipartParser(contentType: "multipart/form-data; charset=utf-8; boundary=\"b-o\"")
        var parts: [Part] = []
        for piece in pieces {
            try parser.feed(piece) { event in
                switch event {
                case .part(let head): parts.append(Part(name: head.name, file: head.fileName))
                case .content(let bytes): parts[parts.count - 1].content += String(decoding: bytes, as: UTF8.self)
                case .endOfPart, .end: break
                }
            }
        }
        try parser.finish()
        return parts
    }

    @Test func multipartIsTheSameHoweverItIsCut() throws {
        let bytes = Array(Self.body.utf8)
        #expect(try Self.parts([bytes[...]]) == Self.expected)
        #expect(try Self.parts(bytes.indices.map { bytes[$0...$0] }) == Self.expected)
        for cut in bytes.indices { #expect(try Self.parts([bytes[..<cut], bytes[cut...]]) == Self.expected, "\(cut)") }
    }

    @Test func multipartThatEndsTooEarlyIsRefused() throws {
        let bytes = Array(Self.body.utf8)
        let end = bytes.count - "--\r\nwhatever --b-o follows".utf8.count
        for cut in 0...end { #expect(throws: Problem.self, "\(cut)") { try Self.parts([bytes[..<cut]]) } }
    }

    @Test(arguments: [
        "--b-o\r\nContent-Type: text/plain\r\n\r\nx\r\n--b-o--", "--b-o garbage\r\n\r\n", "--b-o-x",
        "--b-o\r\nContent-Disposition: form-data; name=\"\u{FF}" + String(repeating: "x", count: 9000),
        "--b-o" + String(repeating: " ", count: 300),
    ])
    func brokenMultipartIsRefused(_ body: String) {
        #expect(throws: Problem.self) { try Self.parts([ArraySlice(body.utf8)]) }
    }

    @Test(arguments: ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=é"])
    func aBoundaryIsNeeded(_ type: String) {
        #expect(throws: Problem.self) { try MultipartParser(contentType: type) }
    }

    @Test func urlEncodedFormsAreDecoded() throws {
        let fields = try URLEncodedForm.fields(of: Array("a=1+2&b=%C3%A9%26&c&d=x=y".utf8), maximum: 8)
        #expect(fields == ["a": .text("1 2"), "b": .text("é&"), "c": .text(""), "d": .text("x=y")])
    }

    @Test(arguments: ["a=%", "a=%4", "a=%zz", "a=%+1", "a=%FF", "a=1&a=2", "a&b&c&d&e"])
    func brokenURLEncodedFormsAreRefused(_ body: String) {
        #expect(throws: Problem.self) { try URLEncodedForm.fields(of: Array(body.utf8), maximum: 4) }
    }

    @Test func jsonIsReadAsFoundationReadsIt() throws {
        let text = #" {"a": [1, -2.5e3, true, false, null, "x\ny\u00e9\ud83d\ude00/\/"], "b": {"c": ""}, "é": 0} "#
        let expected: JSONValue = .object([
            "a": .array([.number(1), .number(-2500), .bool(true), .bool(false), .null, .string("x\nyé😀//")]),
            "b": .object(["c": .string("")]), "é": .number(0),
        ])
        #expect(try JSONReader.value(of: Array(text.utf8)) == expected)
    }

    @Test(arguments: [
        "", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "01", "1.", ".5", "+1", "1e", "1e999", "NaN", "tru",
        "\"",
        "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\n\"", "1 2",
        "{\"a\":1,\"a\":2}", "'a'",
        "[", "]", "nul", "-", "\u{FEFF}{}",
    ])
    func brokenJSONIsRefused(_ text: String) {
        #expect(throws: Problem.self) { try JSONReader.value(of: Array(text.utf8)) }
    }

    @Test func jsonIsBounded() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(try JSONReader.value(of: nested(JSONReader.maximumDepth)) != .null)
        #expect(throws: Problem.self) { try JSONReader.value(of: nested(JSONReader.maximumDepth + 1)) }
        #expect(throws: Problem.self) { try JSONReader.value(of: nested(1_000_000)) }
        let many = "[" + String(repeating: "1,", count: JSONReader.maximumValues) + "1]"
        #expect(throws: Problem.self) { try JSONReader.value(of: Array(many.utf8)) }
        #expect(throws: Problem.self) { try JSONReader.value(of: [0x22, 0xFF, 0x22]) }
    }
}
