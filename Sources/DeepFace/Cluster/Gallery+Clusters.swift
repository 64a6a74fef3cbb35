import Foundation
import VectorIndex

extension Gallery {
    /// Faces that are named at a time.
    private static let portion = 256

    /// Groups the gallery's faces into people. Two faces of one photo are never one person.
    ///
    /// People keep the numbers and names of the run before, which lie in a file beside the gallery's.
    ///
    /// - Parameters:
    ///   - naming: says whose faces these are; somebody gets the name that more than half of the faces are known by.
    ///   - progress: hears which share of the work is done, on any thread.
    /// - Throws: `invalidOption`, `invalidEmbedding`, `unreadableInput` and `unwritableOutput` for the file of numbers,
    ///   `cancelled`; what `naming` throws.
    public func clusters(
        _ clustering: ClusterOptions = ClusterOptions(), naming: FaceNaming? = nil,
        progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) async throws(DeepFaceError) -> FaceClusters {
        let metric = options.metric ?? options.model.metric
        let threshold = try clustering.threshold(options.model, metric)
        var kept = try ClusterFile(of: url)
        let before = kept
        let groups = try await groups(clustering, metric, threshold, progress)
        var names = [String?](repeating: nil, count: faceCount)
        if clustering.namesFromFolders { for face in names.indices { names[face] = subfolder(of: face) } }
        if let naming {
            for start in stride(from: 0, to: faceCount, by: Self.portion) {
                let faces = start..<min(start + Self.portion, faceCount)
                let known = try await naming(faces.map(file.embedding))
                for (face, name) in zip(faces, known) where name != nil { names[face] = name }
            }
        }
        var numbers = ClusterNumbers(kept.numbers, next: kept.next)
        let ids = numbers.update(groups.clusters.map { $0.map(key) }, rest: groups.rest.map(key))
        (kept.numbers, kept.next) = (numbers.numbers, numbers.next)
        let votes = groups.clusters.map { faces in NameVote(faces.map { names[$0] }) }
        let used = Set(kept.numbers.values)
        kept.names = before.names.filter { used.contains($0.key) }
        for ((id, vote), faces) in zip(zip(ids, votes), groups.clusters) {
            // Where two have become one, the older may have had no name.
            let earlier = kept.names[id] ?? NameVote(faces.map { face in before.name(of: key(face)) })?.name
            kept.names[id] = vote?.name ?? earlier
        }
        if kept != before { try kept.write(beside: url) }
        var clusters: [FaceCluster] = []
        for (place, faces) in groups.clusters.enumerated() {
            var members: [ClusteredFace] = []
            for face in faces {
                let distance = try metric.roundedDistance(file.embedding(face), groups.centers[place])
                members.append(clustered(face, distance: distance))
            }
            members.sort { ($0.distance ?? 0, $0.identity) < ($1.distance ?? 0, $1.identity) }
            clusters.append(
                FaceCluster(
                    id: ids[place], name: kept.names[ids[place]], votes: votes[place]?.votes ?? 0, members: members))
        }
        return FaceClusters(
            folder: folder, model: options.model.name, detector: options.detector.name, metric: metric,
            threshold: threshold, photos: photoCount, faces: faceCount, clusters: clusters,
            unclustered: groups.rest.map { clustered($0, distance: nil) })
    }

    private func groups(
        _ clustering: ClusterOptions, _ metric: DistanceMetric, _ threshold: Double,
        _ progress: @escaping @Sendable (Double) -> Void
    ) async throws(DeepFaceError) -> VectorClusters {
        var settings = ClusterSettings(distance: metric.inIndex(threshold), leastSize: clustering.leastSize)
        settings.threads = deepface.configuration.threads
        let (file, model, pool) = (file, options.model, deepface.pool)
        return try await ClusterWork.run(progress) { [settings] (work) async throws(DeepFaceError) in
            try await pool.run { () throws(DeepFaceError) in
                var vectors = VectorBatch(dimensions: model.dimensions)
                vectors.values.reserveCapacity(file.faces.count * model.dimensions)
                for face in file.faces.indices { vectors.values += file.embedding(face) }
                return try work.clusters(
                    of: vectors, origins: file.faces.map { Int($0.photo) }, metric: metric.indexed, settings)
            }
        }
    }

    /// What a face is known by, wherever its photo lies.
    private func key(_ face: Int) -> String {
        let row = file.faces[face]
        return "\(file.photos[Int(row.photo)].digest.hexadecimal) \(row.x) \(row.y) \(row.w) \(row.h)"
    }

    private func subfolder(of face: Int) -> String? {
        let names = file.path(file.photos[Int(file.faces[face].photo)]).split(separator: "/")
        return names.count > 1 ? String(names[names.count - 2]) : nil
    }

    private func clustered(_ face: Int, distance: Double?) -> ClusteredFace {
        let row = file.faces[face]
        let photo = file.photos[Int(row.photo)]
        let path = file.path(photo)
        return ClusteredFace(
            identity: folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)", hash: photo.digest.hexadecimal,
            box: FaceBox(x: Int(row.x), y: Int(row.y), w: Int(row.w), h: Int(row.h)), confidence: row.confidence,
            distance: distance)
    }
}
