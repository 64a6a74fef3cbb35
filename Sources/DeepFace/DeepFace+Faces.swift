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
        await faces(of: photos, options: options ?? self.options, chipSize: size) { face in
            ExtractedFace(image: face.image, facialArea: face.area, confidence: face.score.rounded(toPlaces: 2))
        }
    }

    /// Cuts the faces out of a photo.
    ///
    /// - Throws: `unreadableInput`, `noFace`, `weightsMissing`, `weightsDamaged`, `invalidOption`, `cancelled`.
    public func extractFaces(
        _ photo: ImageSource, size: Int? = nil, options: Options? = nil
    ) async throws(DeepFaceError) -> [ExtractedFace] {
        try await extractFaces([photo], size: size, options: options)[0].get()
    }

    /// Turns the faces of each photo into embeddings. One photo's failure leaves the others' results as they are.
    public func represent(
        _ photos: [ImageSource], options: Options? = nil
    ) async -> [Result<[Representation], DeepFaceError>] {
        let options = options ?? self.options
        // Only what the network takes is kept of each photo.
        let found = await faces(of: photos, options: options) { face throws(DeepFaceError) in
            PreparedFace(input: try face.input(for: options.model, options), area: face.area, score: face.score)
        }
        let embedded = await outcome { () async throws(DeepFaceError) in
            try await self.embed(found.compactMap { try? $0.get() }.flatMap { $0.map(\.input) }, options.model)
        }
        guard case .success(let embeddings) = embedded else {
            return found.map { result in result.flatMap { _ in embedded.map { _ in [] } } }
        }
        var next = embeddings.startIndex
        return found.map { result in
            result.map { faces in
                faces.map { face in
                    defer { next += 1 }
                    return Representation(
                        embedding: embeddings[next], facialArea: face.area,
                        faceConfidence: face.score.rounded(toPlaces: 2))
                }
            }
        }
    }

    /// Turns the faces of a photo into embeddings, one a face.
    ///
    /// - Throws: as `extractFaces`.
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

    /// The faces of each photo, side by side on the pool's threads, as `finish` makes them; a photo is in memory only while
    /// its turn lasts.
    private func faces<Face: Sendable>(
        of photos: [ImageSource], options: Options, chipSize: Int? = nil,
        _ finish: @escaping @Sendable (AlignedFace) throws(DeepFaceError) -> Face
    ) async -> [Result<[Face], DeepFaceError>] {
        let loaded = await outcome { () async throws(DeepFaceError) in
            try options.check()
            if let chipSize, !(16...4096).contains(chipSize) {
                throw DeepFaceError(.invalidOption, "a face of \(chipSize) pixels is not 16 to 4096")
            }
            return try await self.detector(for: options)
        }
        guard case .success(let detector) = loaded else { return photos.map { _ in loaded.map { _ in [] } } }
        return await withTaskGroup(of: (Int, Result<[Face], DeepFaceError>).self) { group in
            var results: [Result<[Face], DeepFaceError>] = Array(
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
                            try await self.faces(of: photo, options, detector, chipSize, finish)
                        }
                    )
                }
            }
            for await (done, result) in group { results[done] = result }
            return results
        }
    }

    private func faces<Face: Sendable>(
        of photo: ImageSource, _ options: Options, _ detector: any Detector, _ chipSize: Int?,
        _ finish: @escaping @Sendable (AlignedFace) throws(DeepFaceError) -> Face
    ) async throws(DeepFaceError) -> [Face] {
        let limits = configuration.limits
        let source = try await photo.fetched(with: configuration.fetcher, limits: limits)
        return try await pool.run { () throws(DeepFaceError) in
            let image = try source.image(limits)
            do throws(DeepFaceError) {
                return try AlignedFace.faces(in: image, options: options, detector: detector, chipSize: chipSize)
                    .map(finish)
            } catch {
                throw error.naming(photo.name)
            }
        }
    }

    /// The faces' embeddings, many at a time through the network.
    private func embed(_ faces: [FaceInput], _ model: RecognitionModel) async throws(DeepFaceError) -> [[Float]] {
        guard !faces.isEmpty else { return [] }
        let network = try await network(of: model)
        var embeddings: [[Float]] = []
        for start in stride(from: 0, to: faces.count, by: 32) {
            let part = Array(faces[start..<min(start + 32, faces.count)])
            embeddings += try await pool.run { () throws(DeepFaceError) in
                do throws(InferenceError) {
                    return try network(model.input.tensor(part))[0].rows.map { Array($0) }
                } catch {
                    throw DeepFaceError(.engine, "\(error)")
                }
            }
        }
        return embeddings
    }
}

/// A face ready for its model.
private struct PreparedFace: Sendable {
    let input: FaceInput
    let area: FacialArea
    let score: Double
}

extension AlignedFace {
    /// The face as the model takes it: the third room.
    fileprivate func input(for model: RecognitionModel, _ options: Options) throws(DeepFaceError) -> FaceInput {
        let (width, height) = (model.input.width, model.input.height)
        // Python scales a photo that was not searched as bytes, and faces that were cut out as real numbers.
        let parity = options.alignment != .landmarks
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
