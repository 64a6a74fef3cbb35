/// What looks at the frames of a video: finds the faces of each, and tells more of those that it is asked about.
public protocol FrameReading: Sendable {
    /// Compares embeddings.
    var metric: DistanceMetric { get }
    /// The largest distance of one person; `nil` where there is none.
    var threshold: Double? { get }
    /// Whether faces are to be judged live or not.
    var judgesLiveness: Bool { get }
    /// Whether there is anything to read off faces.
    var readsAttributes: Bool { get }

    /// The faces of a frame.
    func faces(in frame: Image) async throws(DeepFaceError) -> [DetectedFace]
    /// The faces of a frame that are close to where some are expected; others may be among them.
    func faces(in frame: Image, near places: [Box]) async throws(DeepFaceError) -> [DetectedFace]
    /// The embeddings of faces that were found in this frame.
    func embeddings(of faces: [DetectedFace], in frame: Image) async throws(DeepFaceError) -> [FaceLook]
    /// Whether they are live.
    func liveness(of faces: [DetectedFace], in frame: Image) async throws(DeepFaceError) -> [Liveness]
    /// What they tell; `nil` for one that does not lie in the frame.
    func analyses(of faces: [DetectedFace], in frame: Image) async throws(DeepFaceError) -> [Analysis?]
}

/// A face of a frame looked at more closely.
public enum FaceLook: Sendable {
    case embedded(Representation)
    /// Its quality is below the least that is asked for.
    case rejected(RejectedFace)
    /// It does not lie in the frame.
    case outside

    public var representation: Representation? {
        if case .embedded(let representation) = self { representation } else { nil }
    }
}

/// The rooms of the pipeline one by one.
///
/// Faces are found in the frame as it is, also where alignment is by the eyes: Python's border is left out, for it makes
/// four times the work.
public struct FramePipeline: FrameReading {
    public let options: Options
    private let deepface: DeepFace
    private let finder: FaceFinder
    private let attributes: [AttributeModel]

    /// Loads all that will be needed.
    ///
    /// - Parameters:
    ///   - embeds: whether faces will be embedded.
    ///   - attributes: what is read off faces; at most one model of each attribute.
    /// - Throws: `invalidOption`, `weightsMissing`, `weightsDamaged`, `engine`, `cancelled`.
    public init(
        _ deepface: DeepFace, options: Options? = nil, embeds: Bool = true, attributes: [AttributeModel] = []
    ) async throws(DeepFaceError) {
        let options = options ?? deepface.options
        guard options.detector.searches else {
            throw DeepFaceError(
                .invalidOption, "the detector \(options.detector.name) finds no faces", advice: "choose another one")
        }
        (self.deepface, self.options, self.attributes) = (deepface, options, attributes)
        finder = try await deepface.finder(.recognition(), options)
        if embeds { _ = try await deepface.network(options.model.network) }
        for model in attributes { _ = try await deepface.network(model.network) }
    }

    public var metric: DistanceMetric { options.metric ?? options.model.metric }
    public var threshold: Double? { options.threshold ?? options.model.thresholds[metric] }
    public var judgesLiveness: Bool { finder.liveness != nil }
    public var readsAttributes: Bool { !attributes.isEmpty }

    /// How faces that this detector finds are followed.
    public var trackSettings: TrackSettings {
        var settings = TrackSettings()
        // Its scores are no shares of one: whatever it gives, it is sure of.
        if options.detector.name == DetectorModel.dlib.name { settings.sureScore = 0 }
        return settings
    }

    public func faces(in frame: Image) async throws(DeepFaceError) -> [DetectedFace] {
        let finder = finder
        return try await deepface.pool.run { () throws(DeepFaceError) in
            finder.largest(try finder.detector.detect(in: frame))
        }
    }

    public func faces(in frame: Image, near places: [Box]) async throws(DeepFaceError) -> [DetectedFace] {
        // It finds no faces below 80 pixels.
        let side = options.detector.name == DetectorModel.dlib.name ? 192 : NearbyFaces.side
        let nearby = NearbyFaces(finder.detector, side: side)
        return try await deepface.pool.run { () throws(DeepFaceError) in try nearby.detect(in: frame, near: places) }
    }

    public func embeddings(of faces: [DetectedFace], in frame: Image) async throws(DeepFaceError) -> [FaceLook] {
        let (finder, options, model) = (finder, options, options.model)
        let looks = try await deepface.pool.run { () throws(DeepFaceError) in
            try faces.map { face throws(DeepFaceError) -> (look: FaceLook, input: FaceInput?) in
                guard let aligned = try finder.aligned(face, in: frame) else { return (.outside, nil) }
                if let quality = aligned.quality, !options.admits(aligned) {
                    return (.rejected(RejectedFace(aligned, quality, bar: options.minimumQuality)), nil)
                }
                let empty = Representation(
                    embedding: [], facialArea: aligned.area, faceConfidence: face.score.rounded(toPlaces: 2))
                return (.embedded(empty), try aligned.input(for: model, options))
            }
        }
        var rows = try await deepface.run(
            model.network, length: model.dimensions, on: looks.compactMap(\.input), model.input.tensor)[...]
        return looks.map { look, _ in
            guard let found = look.representation, let row = rows.popFirst() else { return look }
            return .embedded(
                Representation(
                    embedding: Array(row), facialArea: found.facialArea, faceConfidence: found.faceConfidence))
        }
    }

    /// How well faces that were found in this frame can be recognised, where the options ask for that; `nil` for one that
    /// does not lie in the frame.
    public func qualities(of faces: [DetectedFace], in frame: Image) async throws(DeepFaceError) -> [FaceQuality?] {
        guard options.needsQuality else { return faces.map { _ in nil } }
        let finder = finder
        return try await deepface.pool.run { () throws(DeepFaceError) in
            try faces.map { face throws(DeepFaceError) in try finder.aligned(face, in: frame)?.quality }
        }
    }

    public func liveness(of faces: [DetectedFace], in frame: Image) async throws(DeepFaceError) -> [Liveness] {
        guard let judge = finder.liveness else { return [] }
        let areas = faces.map { FacialArea($0, width: frame.width, height: frame.height) }
        return try await deepface.pool.run { () throws(DeepFaceError) in try judge.judge(areas, in: frame) }
    }

    public func analyses(of faces: [DetectedFace], in frame: Image) async throws(DeepFaceError) -> [Analysis?] {
        let pose: FaceFinder.Pose = options.alignment == Alignment.none ? .box : .eyes
        let finder = FaceFinder(options: options, pose: pose, detector: finder.detector, liveness: nil)
        let attributes = attributes
        let read = try await deepface.pool.run { () throws(DeepFaceError) in
            try faces.map { face throws(DeepFaceError) -> (FacialArea, [[Float]])? in
                guard let aligned = try finder.aligned(face, in: frame) else { return nil }
                return (
                    aligned.area,
                    try attributes.map { model throws(DeepFaceError) in try model.picture.values(aligned, frame) }
                )
            }
        }
        var analyses = zip(faces, read).map { face, read in
            read.map { Analysis(region: $0.0, faceConfidence: face.score.rounded(toPlaces: 2)) }
        }
        let present = analyses.indices.filter { analyses[$0] != nil }
        for (index, model) in attributes.enumerated() {
            let rows = try await deepface.run(
                model.network, length: model.reading.length, on: read.compactMap { $0?.1[index] },
                model.picture.tensor)
            for (place, row) in zip(present, rows) { analyses[place]?.note(model.reading(row), by: model) }
        }
        return analyses
    }
}
