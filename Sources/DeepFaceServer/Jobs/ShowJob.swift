import Foundation

extension Route {
    static let showJob = Route(.get, "/v1/jobs/{job}", .role(.read)) { call in
        let name = try call.parameter("job")
        guard let id = UUID(uuidString: name), let report = call.backend.jobs.report(id) else {
            throw Problem.notFound("no job has this number, or it was done long ago (\(name))")
        }
        return try Reply.json(report)
    }
}
