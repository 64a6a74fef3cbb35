import DeepFace
import DeepFaceServer
import Foundation
import Testing

/// Many at once, the beginning and the end.
@Suite(.serialized) struct LoadTests {
    @Test func theLineIsBoundedAndKeepsItsOrder() async throws {
        let admission = Admission(concurrency: 1, maximumWaiting: 2)
        let (gate, opener) = AsyncStream.makeStream(of: Void.self)
        let order = Order()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await admission.run { for await _ in gate { break } } }
            while admission.running < 1 { await Task.yield() }
            for number in 1...2 {
                group.addTask { try await admission.run { await order.append(number) } }
                while admission.waiting < number { await Task.yield() }
            }
            let refusal = await #expect(throws: Problem.self) { try await admission.run {} }
            #expect(refusal?.status == .tooManyRequests && refusal?.retryAfter == 1)
            opener.yield()
            try await group.waitForAll()
        }
        #expect(await order.numbers == [1, 2])
        #expect(admission.running == 0 && admission.waiting == 0)
    }

    private actor Order {
        var numbers: [Int] = []
        func append(_ number: Int) { numbers.append(number) }
    }

    @Test(.needsPhotos) func tooManyAreAnswered429() async throws {
        try await ServerRun.with { settings, _ in
            settings.limits.concurrency = 1
            settings.limits.queue = 2
        } _: { server in
            let photo = try Photos.data("img1")
            let statuses = try await withThrowingTaskGroup(of: Answer.self) { group in
                for _ in 0..<30 {
                    group.addTask { try await server.post("/v1/represent", files: [("image", "a.jpg", photo)]) }
                }
                return try await group.reduce(into: [Answer]()) { $0.append($1) }
            }
            let (served, refused) = (statuses.filter { $0.status == 200 }, statuses.filter { $0.status == 429 })
            #expect(served.count + refused.count == 30 && served.count >= 3 && !refused.isEmpty)
            #expect(refused.allSatisfy { $0.headers["retry-after"] == "1" && $0.code == "busy" })
            #expect(try await server.get("/metrics").text.contains(#"status="429"} \#(refused.count)"#))
        }
    }

    @Test func manyLargeBodiesAreBounded() async throws {
        try await ServerRun.with(warm: false) { settings, _ in
            settings.limits.memoryBytes = 3 << 20
        } _: { server in
            let port = server.port
            // Each sends two thirds of what there is, and holds it.
            let answers = try await RawConnection.talk(to: port) { connection in
                let head =
                    "POST /v1/represent HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 4000000\r\n\r\n"
                let other = try RawConnection(port: port)
                connection.send(head + String(repeating: " ", count: 2 << 20))
                Thread.sleep(forTimeInterval: 0.5)
                other.send(head + String(repeating: " ", count: 2 << 20))
                return other.receive()
            }
            #expect(String(decoding: answers, as: UTF8.self).hasPrefix("HTTP/1.1 429 "))
            let metrics = try await server.get("/metrics").text
            #expect(metrics.contains("deepface_body_bytes"))
        }
    }

    @Test func whatIsUnderWayEndsBeforeTheServer() async throws {
        let answer = try await ServerRun.with(warm: false) { server in
            let port = server.port
            async let late = RawConnection.talk(to: port) { connection in
                connection.send(
                    "POST /v1/collections HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 16\r\nConnection: close\r\n\r\n")
                Thread.sleep(forTimeInterval: 3)
                connection.send(#"{"name": "late"}"#)
                return connection.receive()
            }
            try await Task.sleep(for: .milliseconds(300))
            await server.drain()
            // Who comes now is not let in.
            var isOpen = true
            for _ in 0..<20 where isOpen {
                try await Task.sleep(for: .milliseconds(100))
                isOpen = (try? await RawConnection.talk(to: port) { _ in true }) ?? false
            }
            #expect(!isOpen)
            return try await late
        }
        #expect(String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.1 201 "))
    }

    @Test(.needsWeights) func itIsReadyWhenItSaysSo() async throws {
        try await ServerRun.with(warm: false) { server in
            var statuses: Set<Int> = []
            for _ in 0..<400 {
                let answer = try await server.checked("GET", "/ready")
                statuses.insert(answer.status)
                if answer.status == 200 { break }
                #expect(answer.status == 503 && answer.code == "warming_up" && answer.headers["retry-after"] != nil)
                try await Task.sleep(for: .milliseconds(25))
            }
            #expect(statuses.contains(200))
        }
    }

    @Test func missingModelsAreTold() async throws {
        try await ServerRun.with(warm: false) { settings, folder in
            settings.configuration.home = folder.url
        } _: { server in
            var answer = try await server.checked("GET", "/ready")
            while answer.code == "warming_up" {
                try await Task.sleep(for: .milliseconds(25))
                answer = try await server.checked("GET", "/ready")
            }
            #expect(answer.status == 503 && answer.code == "weights_missing")
            #expect(!answer.text.contains(server.folder.url.path))
            #expect(try await server.checked("GET", "/health").status == 200)
            let photo = [("image", "a.png", Photos.grey)]
            #expect(try await server.checked("/v1/represent", files: photo).code == "weights_missing")
        }
    }

    @Test func metricsAreTold() async throws {
        try await ServerRun.with(warm: false) { server in
            _ = try await server.get("/health")
            _ = try await server.get("/v1/collections/secret-name/people")
            _ = try await server.send("PROPFIND", "/nothing")
            let answer = try await server.checked("GET", "/metrics")
            #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            let text = answer.text
            #expect(text.contains(#"deepface_requests_total{method="GET",route="/health",status="200"}"#))
            #expect(text.contains(#"route="/v1/collections/{collection}/people",status="404"} 1"#))
            #expect(text.contains(#"deepface_requests_total{method="other",route="none",status="404"} 1"#))
            #expect(!text.contains("secret-name"))
            let memory = text.firstMatch(of: /process_resident_memory_bytes (\d+)/).flatMap { Int($0.1) }
            #expect((memory ?? 0) > 1 << 20)
            for line in text.split(separator: "\n") where !line.hasPrefix("#") {
                #expect(
                    line.wholeMatch(of: /[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? [-+.eE0-9]+|.*Inf.*/) != nil,
                    "\(line)")
            }
            // A histogram's buckets add up.
            let buckets = text.matches(
                of: /deepface_request_duration_seconds_bucket\{.*route="\/health",le="([^"]+)"\} (\d+)/
            )
            .map { Int($0.2) ?? 0 }
            #expect(buckets.count > 5 && buckets == buckets.sorted())
        }
    }
}
