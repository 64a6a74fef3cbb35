import DeepFace
import DeepFaceServer
import Foundation
import TestSupport
import Testing

struct AccessTests {
    @Test func keysAreKeptByTheirDigestOnly() throws {
        let folder = try TemporaryFolder()
        let file = KeyFile(url: folder.file("keys.json"))
        #expect(try file.keys().isEmpty)
        let made = try file.create(name: "camera", role: .write)
        #expect(made.text.count == 67)
        let text = try String(contentsOf: file.url, encoding: .utf8)
        #expect(!text.contains(made.text) && !text.contains(made.text.dropFirst(3)))
        #expect(try file.keys() == [made.key])
        let mode = try FileManager.default.attributesOfItem(atPath: file.url.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let other = try file.create(name: "camera", role: .read)
        #expect(other.text != made.text)
        #expect(throws: DeepFaceError.self) { try file.revoke("camera") }
        #expect(throws: DeepFaceError.self) { try file.revoke("nobody") }
        #expect(try file.revoke(made.key.id) == made.key)
        #expect(try file.revoke("camera") == other.key)
        #expect(try file.keys().isEmpty)
    }

    @Test func aDamagedFileOfKeysKeepsTheServerFromStarting() async throws {
        await #expect(throws: DeepFaceError.self) {
            try await ServerRun.with(warm: false) { settings, folder in
                settings.keys = KeyFile(url: folder.file("keys.json"))
                try Data("{".utf8).write(to: folder.file("keys.json"))
            } _: { _ in
            }
        }
    }

    @Test func keysOfAllProcessesAreKept() async throws {
        let folder = try TemporaryFolder()
        let file = KeyFile(url: folder.file("keys.json"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask { _ = try file.create(name: "key \(number)", role: .read) }
            }
            try await group.waitForAll()
        }
        #expect(Set(try file.keys().map(\.name)).count == 20)
    }

    @Test func rolesReachAsFarAsTheySay() async throws {
        let folder = try TemporaryFolder()
        let file = KeyFile(url: folder.file("keys.json"))
        let (read, write, admin) = (
            try file.create(name: "r", role: .read).text, try file.create(name: "w", role: .write),
            try file.create(name: "a", role: .admin).text
        )
        try await ServerRun.with(warm: false) { settings, _ in
            settings.keys = file
            settings.token = "the token"
        } _: { server in
            func status(_ method: String, _ path: String, _ key: String?, _ body: String? = nil) async throws -> Int {
                var headers = ["Content-Type": "application/json"]
                headers["Authorization"] = key.map { "Bearer \($0)" }
                return try await server.checked(method, path, headers, body.map { Data($0.utf8) }).status
            }
            for key in [nil, "", "nonsense", "the toke", "the token!"] {
                #expect(try await status("GET", "/v1/collections", key) == 401)
            }
            let name = #"{"name": "team"}"#
            #expect(try await status("POST", "/v1/collections", read, name) == 403)
            #expect(try await status("POST", "/v1/collections", write.text, name) == 201)
            #expect(try await status("GET", "/v1/collections/team", read) == 200)
            #expect(try await status("DELETE", "/v1/collections/team", read) == 403)
            #expect(try await status("DELETE", "/v1/collections/team", write.text) == 403)
            #expect(try await status("DELETE", "/v1/collections/team", admin) == 204)
            #expect(try await status("GET", "/v1/models", "the token") == 200)
            #expect(try await status("GET", "/metrics", nil) == 401)
            #expect(try await status("GET", "/health", nil) == 200)
            #expect(try await status("GET", "/openapi.json", nil) == 200)
            #expect(try await server.get("/").status == 200)
            let python = try await server.post("/represent", ["img": "x"])
            #expect(python.status == 401)
            #expect(python.json["message"] as? String == "Invalid or missing authentication token")
            // A key that is revoked is none within a second or so.
            _ = try file.revoke(write.key.id)
            try await Task.sleep(for: .milliseconds(1200))
            #expect(try await status("GET", "/v1/collections", write.text) == 401)
            #expect(try await status("GET", "/v1/collections", read) == 200)
        }
    }

    @Test func theServerStaysClosedWhenTheLastKeyIsRevoked() async throws {
        try await ServerRun.with(warm: false) { settings, folder in
            settings.keys = KeyFile(url: folder.file("keys.json"))
            _ = try settings.keys?.create(name: "only", role: .admin)
        } _: { server in
            #expect(try await server.get("/v1/collections").status == 401)
            _ = try KeyFile(url: server.folder.file("keys.json")).revoke("only")
            try await Task.sleep(for: .milliseconds(1200))
            #expect(try await server.get("/v1/collections").status == 401)
        }
    }

    @Test(arguments: ["0.0.0.0", "::"])
    func strangersNeedKeys(_ host: String) async throws {
        let error = await #expect(throws: DeepFaceError.self) {
            try await ServerRun.with(warm: false) { settings, _ in
                settings.host = host
            } _: { _ in
            }
        }
        #expect(error?.code == .invalidOption)
        #expect(error?.advice?.contains("deepface keys create") == true)
        let status = try await ServerRun.with(warm: false) { settings, _ in
            settings.host = host
            settings.servesStrangersWithoutKeys = true
        } _: { server in
            try await server.get("/health").status
        }
        #expect(status == 200)
    }

    @Test func pagesOfOtherSitesAreTurnedAway() async throws {
        try await ServerRun.with(warm: false) { settings, _ in
            settings.allowedOrigins = ["https://example.org"]
        } _: { server in
            func answer(_ headers: [String: String]) async throws -> Answer {
                try await server.checked("GET", "/v1/collections", headers)
            }
            #expect(try await answer(["Origin": "https://evil.example"]).status == 403)
            #expect(try await answer(["Origin": "null"]).status == 403)
            #expect(try await answer(["Origin": "http://127.0.0.1:\(server.port)"]).status == 200)
            let allowed = try await answer(["Origin": "https://example.org"])
            #expect(allowed.status == 200)
            #expect(allowed.headers["access-control-allow-origin"] == "https://example.org")
            // A name that somebody has made lead here.
            #expect(try await answer(["Host": "evil.example"]).status == 403)
            #expect(try await answer(["Host": "localhost:\(server.port)"]).status == 200)
        }
    }

    @Test func pagesOfAllowedSitesMayAskFirst() async throws {
        try await ServerRun.with(warm: false) { settings, _ in
            settings.allowedOrigins = ["https://example.org"]
            settings.token = "secret"
        } _: { server in
            func ask(_ path: String, _ headers: [String: String]) async throws -> Answer {
                try await server.send("OPTIONS", path, headers)
            }
            let wanted = [
                "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization",
            ]
            let asked = wanted.merging(["Origin": "https://Example.org"]) { $1 }
            let told = try await ask("/v1/collections/c/people/p", asked)
            #expect(told.status == 204 && told.body.isEmpty)
            #expect(told.headers["access-control-allow-origin"] == "https://Example.org")
            #expect(told.headers["access-control-allow-methods"] == "DELETE, GET, HEAD, PATCH")
            #expect(told.headers["access-control-allow-headers"]?.contains("Authorization, Content-Type") == true)
            #expect(told.headers["access-control-max-age"] == "7200" && told.headers["vary"] == "Origin")
            #expect(try await ask("/v1/nothing", asked).status == 404)
            // Nothing for others.
            for headers in [
                wanted.merging(["Origin": "https://evil.example"]) { $1 }, wanted, ["Origin": "https://evil.example"],
                asked.merging(["Host": "evil.example"]) { $1 },
            ] {
                let answer = try await ask("/v1/collections", headers)
                #expect([403, 405].contains(answer.status), "\(headers)")
                #expect(answer.headers["access-control-allow-methods"] == nil)
            }
            let read = try await server.send("GET", "/v1/collections", ["Origin": "https://example.org"])
            #expect(read.status == 401 && read.headers["access-control-expose-headers"] == "Retry-After, X-Request-Id")
        }
    }

    @Test func whoAsksTooOftenWaits() throws {
        let limiter = RateLimiter(rate: 2)
        let start = ContinuousClock.now
        for _ in 0..<4 { try limiter.check("a", now: start) }
        #expect(throws: Problem.self) { try limiter.check("a", now: start) }
        try limiter.check("b", now: start)
        try limiter.check("a", now: start + .milliseconds(600))
        let refusal = #expect(throws: Problem.self) { try limiter.check("a", now: start + .milliseconds(600)) }
        #expect(refusal?.status == .tooManyRequests)
        #expect(refusal?.retryAfter == 1)
        try RateLimiter(rate: 0).check("a")
    }

    @Test func requestIDsAreTakenOverOnlyIfHarmless() {
        #expect(RequestID.choose("abc-1.2_X") == "abc-1.2_X")
        for given in ["", "a b", "a\nb", "a\r\nSet-Cookie: x", "é", "<script>", String(repeating: "a", count: 65)] {
            let chosen = RequestID.choose(given)
            #expect(chosen != given && chosen.count == 32)
        }
        #expect(RequestID.choose(nil) != RequestID.choose(nil))
    }
}
