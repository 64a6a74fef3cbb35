import DeepFaceServer
import Foundation
import Testing

/// Work that is asked for until it is done.
@Suite(.serialized) struct JobTests {
    @Test(.needsPhotos) func aCollectionIsGrouped() async throws {
        try await ServerRun.with { server in
            _ = try await server.checked("POST", "/v1/collections", json: ["name": "c"])
            for (person, photo) in [("A", "img1"), ("A", "img2"), ("B", "img4"), ("B", "img5"), ("C", "img16")] {
                let made = try await server.checked(
                    "/v1/collections/c/people/\(person)/samples", files: [("image", photo, try Photos.data(photo))])
                #expect(made.status == 201)
            }
            var job = try await server.checked("POST", "/v1/collections/c/cluster")
            #expect(job.status == 202)
            let place = try #require(job.headers["location"])
            #expect(place == "/v1/jobs/\(job.json["id"] as? String ?? "")")
            for _ in 0..<400 where job.json["status"] as? String != "done" {
                try await Task.sleep(for: .milliseconds(25))
                job = try await server.checked("GET", place)
                #expect(job.status == 200)
            }
            let result = try #require(job.json["result"] as? [String: Any], "\(job.text)")
            #expect((result["clusters"] as? [[String: Any]])?.count == 1 && result["faces"] as? Int == 5)
            #expect((result["unclustered"] as? [[String: Any]])?.map { $0["person"] as? String } == ["C"])
            let duplicates = result["duplicates"] as? [[String: Any]]
            #expect(duplicates?.map { $0["people"] as? [String] } == [["A", "B"]])
            for body: [String: any Sendable] in [["min_size": 0], ["threshold": -1], ["metric": "feet"]] {
                #expect(try await server.checked("POST", "/v1/collections/c/cluster", json: body).status == 400)
            }
            #expect(try await server.checked("POST", "/v1/collections/none/cluster").status == 404)
            for id in ["x", UUID().uuidString] {
                #expect(try await server.checked("GET", "/v1/jobs/\(id)").status == 404)
            }
        }
    }

    @Test func fewAtOnceAndNoneAfterTheEnd() async throws {
        let jobs = Jobs()
        let begin = { () throws(Problem) in
            try jobs.begin("test") { progress in
                progress(0.5)
                try await Task.sleep(for: .seconds(600))
                return "never"
            }
        }
        let ids = [try begin(), try begin()]
        #expect(throws: Problem.self) { try begin() }
        jobs.close()
        for id in ids {
            while jobs.report(id)?.outcome == nil { try await Task.sleep(for: .milliseconds(5)) }
            #expect(throws: Problem.self) { try jobs.report(id)?.outcome?.get() }
        }
        #expect(throws: Problem.self) { try begin() }
        #expect(jobs.report(UUID())?.outcome == nil)
    }
}
