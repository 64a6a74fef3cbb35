import DeepFaceServer
import Foundation
import Testing
import Yams

struct ContractTests {
    private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/DeepFaceServer")

    @Test func theDocumentIsServedAsItIsWritten() async throws {
        try await ServerRun.with(warm: false) { server in
            let answer = try await server.checked("GET", "/openapi.json")
            #expect(answer.headers["content-type"] == "application/json")
            let text = try String(contentsOf: Self.sources.appending(path: "Contract/openapi.yaml"), encoding: .utf8)
            let written = try #require(try Yams.load(yaml: text) as? NSDictionary)
            #expect(answer.json as NSDictionary == written)
        }
    }

    /// Each route of the contract is answered by something other than "there is no such address".
    @Test func everyRouteIsThere() async throws {
        try await ServerRun.with(warm: false) { server in
            let paths = try #require(try await server.get("/openapi.json").json["paths"] as? [String: [String: Any]])
            #expect(paths.count > 15)
            for (path, operations) in paths {
                let place = path.replacing(/\{[a-z]+\}/, with: "1")
                for method in operations.keys where method != "parameters" {
                    let answer = try await server.send(method.uppercased(), place)
                    #expect(
                        !answer.text.contains("nothing is at this address") && answer.status != 405, "\(method) \(path)"
                    )
                }
            }
        }
    }

    /// References lead somewhere, and what is required exists.
    @Test func theDocumentIsWhole() async throws {
        try await ServerRun.with(warm: false) { server in
            let document = try await server.get("/openapi.json").json
            var references = 0
            func look(_ value: Any, _ place: String) {
                if let object = value as? [String: Any] {
                    if let reference = object["$ref"] as? String {
                        references += 1
                        var found: Any? = document
                        for part in reference.split(separator: "/").dropFirst() {
                            found = (found as? [String: Any])?[String(part)]
                        }
                        #expect(found != nil, "\(place): \(reference)")
                    }
                    if let required = object["required"] as? [String],
                        let known = object["properties"] as? [String: Any]
                    {
                        #expect(Set(required).isSubset(of: known.keys), "\(place)")
                    }
                    for (name, member) in object { look(member, "\(place)/\(name)") }
                } else if let list = value as? [Any] {
                    for item in list { look(item, place) }
                }
            }
            look(document, "")
            #expect(references > 50)
        }
    }

    /// The checker itself finds what is wrong.
    @Test func theCheckCanFail() async throws {
        try await ServerRun.with(warm: false) { server in
            let check = ContractCheck(try await server.get("/openapi.json").json)
            func problems(_ body: String, _ path: String = "/health", type: String = "application/json") -> [String] {
                check.problems("GET", path, Answer(status: 200, headers: ["content-type": type], body: Data(body.utf8)))
            }
            #expect(problems(#"{"status":"ok"}"#).isEmpty)
            #expect(!problems(#"{"status":"bad"}"#).isEmpty)
            #expect(!problems(#"{}"#).isEmpty)
            #expect(!problems(#"{"status":1}"#).isEmpty)
            #expect(!problems(#"{"status":"ok"}"#, type: "text/html").isEmpty)
            #expect(
                !problems(
                    #"{"people":[{"name":"a","faces":true,"created":""}],"next":null}"#, "/v1/collections/c/people"
                ).isEmpty)
            #expect(
                problems(#"{"people":[{"name":"a","faces":1,"created":""}],"next":null}"#, "/v1/collections/c/people")
                    .isEmpty)
        }
    }

    @Test func thePageIsServedWhole() async throws {
        let folder = Self.sources.appending(path: "Web")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(WebPage.files.map(\.name).sorted() == names, "a new file needs a line in WebPage.files")
        try await ServerRun.with(warm: false) { server in
            for name in names {
                let answer = try await server.get("/ui/\(name)")
                #expect(answer.body == (try Data(contentsOf: folder.appending(path: name))), "\(name)")
                let tag = try #require(answer.headers["etag"])
                let again = try await server.get("/ui/\(name)", ["If-None-Match": "\"x\", W/\(tag)"])
                #expect(again.status == 304 && again.body.isEmpty)
                #expect(
                    answer.headers["content-security-policy"]?.hasPrefix("default-src 'none'; script-src 'self';")
                        == true)
                #expect(answer.headers["referrer-policy"] == "no-referrer")
                #expect(answer.headers["x-content-type-options"] == "nosniff")
            }
            let page = try await server.get("/ui/")
            #expect(page.headers["content-type"] == "text/html; charset=utf-8")
            for path in ["/ui/../openapi.yaml", "/ui/%2e%2e/x", "/ui/nothing.js", "/ui/index.html/x"] {
                #expect([400, 404].contains(try await server.get(path).status), "\(path)")
            }
        }
    }
}
