import DeepFace
import FaceStores
import Foundation
import HTTPTypes
import Hummingbird

extension Route {
    static let clusterCollection = Route(.post, "/v1/collections/{collection}/cluster", .role(.read)) { call in
        let place = try await CollectionCall(call)
        // Nothing has to be said.
        let form = call.request.headers[.contentType] == nil ? Form() : try await call.form()
        var clustering = ClusterOptions()
        if let least = try form.whole("min_size", in: 1...1000) { clustering.leastSize = least }
        clustering.threshold = try form.number("threshold")
        let metric: DistanceMetric? = try form.choice("metric")
        // What is wrong with the request is said now.
        let model = try RecognitionRegistry.model(knownAs: place.collection.recipe.model)
        _ = try clustering.threshold(model, metric ?? model.metric)
        let id = try call.backend.jobs.begin("cluster") { [clustering] progress in
            try await CollectionClusters(
                of: place.collection, in: place.store, clustering, metric: metric, progress: progress)
        }
        guard let report = call.backend.jobs.report(id) else { throw Problem.notFound("the job is gone already") }
        var reply = try Reply.json(report, .accepted)
        reply.headers[.location] = "/v1/jobs/\(id.uuidString.lowercased())"
        return reply
    }
}
