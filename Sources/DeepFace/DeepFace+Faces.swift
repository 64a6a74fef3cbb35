import Foundation
import Inference

extension DeepFace {
    /// Cuts the faces out of each photo. One photo's failure leaves the others' results as they are.
    ///
    /// With alignment by landmarks a face is a square chip on the model's template, of `size` pixels (default: the
    /// template's); otherwise it has the size it has in the photo.
    public func extractFaces(
        _ photos: [ImageSource], size: Int? = nil, options: Options? = nil
    ) async -> [Result<[ExtractedFace], DeepFaceError>] {
        await extractPhotos(photos, size: size, options: options).map { $0.map(\.faces) }
    }

    /// As `extractFaces`, and the faces that were turned away for their quality.
    public func extractPhotos(
        _ photos: [ImageSource], size: Int? = nil, options: Options? = nil
    ) async -> [Result<PhotoFaces<ExtractedFace>, DeepFaceError>] {
        let options = options ?? self.options
        let ready = await outcome { () async throws(DeepFaceError) in
            try await self.finder(.recognition(chipSize: size), options)
        }
        guard case .success(let finder) = ready else {
            return photos.map { _ in ready.map { _ in PhotoFaces(faces: []) } }
        }
        return await faces(of: photos, with: finder) { face, _ in
            ExtractedFace(
                image: face.image, facialArea: face.area, confidence: face.score.rounded(toPlaces: 2),
                liveness: face.liveness, quality: options.measuresQuality ? face.quality : nil)
        }
    }

    /// Cuts the faces out of a photo.
    ///
    /// - Throws: `unreadableInput`, `noFace`, `lowQuality`, `weightsMissing`, `weightsDamaged`, `invalidOption`,
    ///   `cancelled`.
    public func extractFaces(
        _ photo: ImageSource, size: Int? = nil, options: Options? = nil
    ) async throws(DeepFaceError) -> [ExtractedFace] {
        try await extractFaces([photo], size: size, options: options)[0].get()
    }

    /// Turns the faces of each photo into embeddings. One photo's failure leaves the others' results as they are.
    public func represent(
        _ photos: [ImageSource], options: Options? = nil
    ) async -> [Result<[Representation], DeepFaceError>] {
        await representPhotos(photos, options: options).map { $0.map(\.faces) }
    }

    /// As `represent`, and the faces that were turned away for their quality.
    public func representPhotos(
        _ photos: [ImageSource], options: Options? = nil
    ) async -> [Result<PhotoFaces<Representation>, DeepFaceError>] {
        let options = options ?? self.options
        let model = options.model
        let use = NetworkUse(stored: model.network, length: model.dimensions, tensor: model.input.tensor)
        return await read(photos, with: [use], for: .recognition(), options: options) { face, _ throws(DeepFaceError) in
            [try face.input(for: model, options)]
        } result: { face, rows in
            var quality = options.measuresQuality ? face.quality : nil
            if model.normTellsQuality { quality?.embeddingNorm = rows[0].norm }
            return Representation(
                embedding: Array(rows[0]), facialArea: face.area, faceConfidence: face.confidence, quality: quality)
        }
    }

    /// Turns the faces of a photo into embeddings, one a face.
    ///
    /// - Throws: as `extractFaces`, and `spoofDetected`.
    public func represent(
        _ photo: ImageSource, options: Options? = nil
    ) async throws(DeepFaceError) -> [Representation] {
        try await represent([photo], options: options)[0].get()
    }

    /// Fetches and decodes a photo within the configured limits.
    ///
    /// - Throws: `unreadableInput`, `cancelled`.
    public func photo(_ source: ImageSource) async throws(DeepFaceError) -> Image {
        let limits = configuration.limits
        let source = try await source.fetched(with: configuration.fetcher, limits: limits)
        return try await pool.run { () throws(DeepFaceError) in try source.image(limits) }
    }

    /// Fetches a photo's file within the configured limits; pixels become a PNG.
    ///
    /// - Throws: `unreadableInput`, `cancelled`.
    public func photoFile(_ source: ImageSource) async throws(DeepFaceError) -> Data {
        let limits = configuration.limits
        let source = try await source.fetched(with: configuration.fetcher, limits: limits)
        return try await pool.run { () throws(DeepFaceError) in try source.file(limits) }
    }

    /// What faces are found for.
    enum Purpose: Sendable {
        /// Aligned as the options and their model have it; chips of `chipSize` pixels (default: the template's).
        case recognition(chipSize: Int? = nil)
        /// Aligned by the eyes or not at all.
        case attributes(Alignment)
    }

    /// The faces of each photo, side by side on the pool's threads, as `finish` makes them from a face and its photo; a
    /// photo is in memory only while its turn lasts.
    func faces<Face: Sendable>(
        of photos: [ImageSource], with finder: FaceFinder,
        _ finish: @escaping @Sendable (AlignedFace, Image) throws(DeepFaceError) -> Face
    ) async -> [Result<PhotoFaces<Face>, DeepFaceError>] {
        return await withTaskGroup(of: (Int, Result<PhotoFaces<Face>, DeepFaceError>).self) { group in
            var results: [Result<PhotoFaces<Face>, DeepFaceError>] = Array(
                repeating: .failure(.cancelled), count: photos.count)
            for (index, photo) in photos.enumerated() {
                // A few more than the pool runs, so that it never waits and no more is held than needed.
                if index >= 2 * configuration.threads, let (done, result) = await group.next() {
                    results[done] = result
                }
                group.addTask {
                    (
                        index,
                        await outcome { () async throws(DeepFaceError) in
                            try await self.faces(of: photo, finder, finish)
                        }
                    )
                }
            }
            for await (done, result) in group { results[done] = result }
            return results
        }
    }

    /// What finds the faces, its weights loaded.
    func finder(_ purpose: Purpose, _ options: Options) async throws(DeepFaceError) -> FaceFinder {
        try options.check()
        let pose: FaceFinder.Pose
        switch purpose {
        case .recognition(let chipSize):
            if let chipSize, !(16...4096).contains(chipSize) {
                throw DeepFaceError(.invalidOption, "a face of \(chipSize) pixels is not 16 to 4096")
            }
            switch (options.modelAlignment, options.model.template) {
            case (.landmarks, let template?): pose = .template(template, size: chipSize ?? template.size)
            case (.none, _): pose = .box
            default: pose = .eyes
            }
        case .attributes(let alignment):
            pose = alignment == .eyes ? .eyes : .box
        }
        let search = FaceSearch(
            parity: !pose.usesTemplate, size: options.detectionSize, landmarks: options.landmarks,
            anyRotation: options.anyRotation)
        let detector = try await detector(options.detector, search)
        let liveness = options.antiSpoofing ? try await livenessDetector(.fasNet) : nil
        return FaceFinder(options: options, pose: pose, detector: detector, liveness: liveness)
    }

    private func faces<Face: Sendable>(
        of photo: ImageSource, _ finder: FaceFinder,
        _ finish: @escaping @Sendable (AlignedFace, Image) throws(DeepFaceError) -> Face
    ) async throws(DeepFaceError) -> PhotoFaces<Face> {
        let limits = configuration.limits
        let source = try await photo.fetched(with: configuration.fetcher, limits: limits)
        let configuration = configuration
        return try await pool.run { () throws(DeepFaceError) in
            let image = try configuration.timing(.decode) { () throws(DeepFaceError) in try source.image(limits) }
            do throws(DeepFaceError) {
                return try configuration.timing(.find) { () throws(DeepFaceError) in
                    let (faces, rejected) = try finder.options.gate(finder.faces(in: image))
                    return PhotoFaces(
                        faces: try faces.map { face throws(DeepFaceError) in try finish(face, image) },
                        rejected: rejected)
                }
            } catch {
                throw error.naming(photo.name)
            }
        }
    }
}

extension AlignedFace {
    /// The face as the model takes it: the third room.
    func input(for model: RecognitionModel, _ options: Options) throws(DeepFaceError) -> FaceInput {
        let (width, height) = (model.input.width, model.input.height)
        // Python scales a photo that was not searched as bytes, and faces that were cut out as real numbers.
        let parity = options.modelAlignment != .landmarks
        var input =
            isChip && image.width == width && image.height == height
            ? ResizePad.input(chip: image)
            : try ResizePad.input(
                image, width: width, height: height, parity && options.detector.searches ? .real : .bytes)
        input.isExact = !parity
        if options.normalization != .base {
            input.values = options.normalization.apply(to: input.values)
            input.isExact = false
        }
        return input
    }
}
