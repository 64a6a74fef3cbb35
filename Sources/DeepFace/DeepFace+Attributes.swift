import Inference

extension DeepFace {
    /// What faces tell whose places are known: they are not looked for again. One photo's failure leaves the others'
    /// results as they are.
    ///
    /// - Parameters:
    ///   - faces: for each photo, where its faces are. The eyes are made level where they are known.
    ///   - models: at most one of each attribute.
    /// - Returns: for each photo its faces, in their order; `nil` for one of which nothing lies in the photo.
    public func attributes(
        of faces: [[FacialArea]], in photos: [ImageSource], by models: [AttributeModel]
    ) async -> [Result<[FaceAttributes?], DeepFaceError>] {
        let ready = await outcome { () async throws(DeepFaceError) in
            if let twice = Self.twice(models.map(\.attribute)) {
                throw DeepFaceError(.invalidOption, "two models were given for \(twice.rawValue)")
            }
            for model in models { _ = try await self.network(model.network) }
        }
        guard case .success = ready else { return photos.map { _ in ready.map { _ in [] } } }
        let inputs = await self.inputs(of: faces, in: photos, for: models)
        let rows = await outcome { () async throws(DeepFaceError) in
            let all = inputs.compactMap { try? $0.get() }.flatMap { $0.compactMap(\.self) }
            var rows: [[ArraySlice<Float>]] = []
            for (place, model) in models.enumerated() {
                rows.append(
                    try await self.run(
                        model.network, length: model.reading.length, on: all.map { $0[place] }, model.picture.tensor))
            }
            return rows
        }
        var next = 0
        return inputs.map { inputs in
            inputs.flatMap { faces in
                rows.map { rows in
                    faces.map { face in
                        guard face != nil else { return nil }
                        defer { next += 1 }
                        var analysis = Analysis(region: FacialArea(x: 0, y: 0, w: 0, h: 0), faceConfidence: 0)
                        for (model, row) in zip(models, rows) { analysis.note(model.reading(row[next]), by: model) }
                        return FaceAttributes(analysis)
                    }
                }
            }
        }
    }

    /// What each model is shown of each face.
    private func inputs(
        of faces: [[FacialArea]], in photos: [ImageSource], for models: [AttributeModel]
    ) async -> [Result<[[[Float]]?], DeepFaceError>] {
        await withTaskGroup(of: (Int, Result<[[[Float]]?], DeepFaceError>).self) { group in
            var results: [Result<[[[Float]]?], DeepFaceError>] = photos.map { _ in .failure(.cancelled) }
            for (index, (photo, areas)) in zip(photos, faces).enumerated() {
                if index >= 2 * configuration.threads, let (done, result) = await group.next() {
                    results[done] = result
                }
                group.addTask {
                    (
                        index,
                        await outcome { () async throws(DeepFaceError) in
                            let image = try await self.photo(photo)
                            return try await self.pool.run { () throws(DeepFaceError) in
                                try areas.map { area throws(DeepFaceError) in
                                    try AlignedFace(level: area, in: image).map { face throws(DeepFaceError) in
                                        try Self.inputs(of: face, in: image, for: models)
                                    }
                                }
                            }
                        }
                    )
                }
            }
            for await (done, result) in group { results[done] = result }
            return results
        }
    }

    /// What each model is shown of a face; what several are shown is made once.
    static func inputs(
        of face: AlignedFace, in photo: Image, for models: [AttributeModel]
    ) throws(DeepFaceError) -> [[Float]] {
        var pictures: [String: [Float]] = [:]
        for picture in models.map(\.picture) where pictures[picture.name] == nil {
            pictures[picture.name] = try picture.values(face, photo)
        }
        return models.map { pictures[$0.picture.name, default: []] }
    }
}

extension AlignedFace {
    /// The face at a place that is known, its eyes made level; `nil` when nothing of it lies in the photo.
    fileprivate init?(level area: FacialArea, in photo: Image) throws(DeepFaceError) {
        func point(_ place: [Int]?) -> Point? {
            guard let place, place.count == 2 else { return nil }
            return Point(x: Double(place[0]), y: Double(place[1]))
        }
        let eyes = Landmarks(leftEye: point(area.leftEye), rightEye: point(area.rightEye))
        let box = Box(x: area.x, y: area.y, width: area.w, height: area.h)
        guard let image = try EyeRotation.face(in: box, landmarks: eyes, of: photo) else { return nil }
        self.init(image: image, area: area, score: 0, isChip: false)
    }
}
