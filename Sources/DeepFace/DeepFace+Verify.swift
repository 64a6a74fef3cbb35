import Foundation

extension DeepFace {
    /// Judges whether two photos show the same person: the smallest distance between a face of one and a face of the
    /// other, against the model's threshold.
    ///
    /// - Throws: `unreadableInput`, `noFace`, `weightsMissing`, `weightsDamaged`, `invalidOption`, `invalidEmbedding`,
    ///   `spoofDetected`, `cancelled`.
    public func verify(
        _ first: ImageSource, _ second: ImageSource, options: Options? = nil
    ) async throws(DeepFaceError) -> Verification {
        try await verify([(first, second)], options: options)[0].get()
    }

    /// Judges many pairs. A file or address that stands in several pairs is read once. One pair's failure leaves the
    /// others' results as they are.
    public func verify(
        _ pairs: [(ImageSource, ImageSource)], options: Options? = nil
    ) async -> [Result<Verification, DeepFaceError>] {
        let options = options ?? self.options
        let start = ContinuousClock.now
        var photos: [ImageSource] = []
        var places: [String: Int] = [:]
        func place(_ source: ImageSource) -> Int {
            if let key = source.identity, let known = places[key] { return known }
            if let key = source.identity { places[key] = photos.count }
            photos.append(source)
            return photos.count - 1
        }
        let indices = pairs.map { (place($0.0), place($0.1)) }
        let faces = await represent(photos, options: options)
        let seconds = (ContinuousClock.now - start) / .seconds(1) / Double(max(1, pairs.count))
        return indices.map { first, second in
            Result { () throws(DeepFaceError) in
                try judge(faces[first].get(), faces[second].get(), options, seconds: seconds)
            }
        }
    }

    /// Judges whether two photos show the same person, given the embeddings of their faces, both made with `options`.
    ///
    /// - Throws: `noFace` when one has none, `invalidEmbedding`.
    public func verify(
        _ first: [Representation], _ second: [Representation], options: Options? = nil
    ) throws(DeepFaceError) -> Verification {
        try judge(first, second, options ?? self.options, seconds: 0)
    }

    private func judge(
        _ first: [Representation], _ second: [Representation], _ options: Options, seconds: Double
    ) throws(DeepFaceError) -> Verification {
        let model = options.model
        let metric = options.metric ?? model.metric
        let closest = try metric.closest(first.map(\.embedding), second.map(\.embedding))
        guard let closest else { throw DeepFaceError(.noFace, "no face was found") }
        guard let threshold = options.threshold ?? model.thresholds[metric] else {
            throw DeepFaceError(
                .invalidOption, "\(model.name) has no threshold for \(metric.rawValue)",
                advice: "give one with --threshold, or choose another metric")
        }
        // Python judges by the model's own threshold here, whatever the caller's.
        let confidence = model.confidence(
            metric, distance: closest.distance, verified: closest.distance <= model.thresholds[metric] ?? threshold)
        return Verification(
            verified: closest.distance <= threshold, distance: closest.distance, threshold: threshold,
            confidence: confidence, model: model.name, detectorBackend: options.detector.name, similarityMetric: metric,
            align: options.modelAlignment,
            facialAreas: .init(img1: first[closest.first].facialArea, img2: second[closest.second].facialArea),
            time: seconds.rounded(toPlaces: 2))
    }
}

extension ImageSource {
    /// The same for two sources that surely hold the same image.
    fileprivate var identity: String? {
        switch self {
        case .path(let path): "path \(path)"
        case .url(let url): "url \(url)"
        case .data, .dataURL, .pixels: nil
        }
    }
}
