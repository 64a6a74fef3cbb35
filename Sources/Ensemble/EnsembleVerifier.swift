import DeepFace

/// An ensemble whose members are at hand, to judge pairs of photos with.
public struct EnsembleVerifier: Sendable {
    public let ensemble: Ensemble
    private let deepface: DeepFace
    /// A member's each.
    private let options: [Options]

    /// - Parameter deepface: embeds; its options do not matter.
    /// - Throws: `invalidOption`, `weightsMissing`; `recipeMismatch` when weights are other ones than those that the
    ///   ensemble was made with.
    public init(_ ensemble: Ensemble, _ deepface: DeepFace) throws(DeepFaceError) {
        self.ensemble = ensemble
        self.deepface = deepface
        var options: [Options] = []
        for member in ensemble.members { options.append(try member.options(deepface.configuration)) }
        self.options = options
    }

    /// Loads what the members need.
    ///
    /// - Throws: `weightsMissing`, `weightsDamaged`, `engine`, `cancelled`.
    public func warm() async throws(DeepFaceError) {
        let grey = Image(filledWith: Color(blue: 128, green: 128, red: 128), width: 128, height: 128)
        for var options in options {
            options.enforceDetection = false
            _ = try await deepface.represent(.pixels(grey), options: options)
        }
    }

    /// Judges whether two photos show the same person. Each distance is that of the two closest faces, as it was in training;
    /// one for which a member found no face is missing.
    ///
    /// - Parameters:
    ///   - look: which faces count: its face limit and lowest quality besides those of training, whether a photo without a
    ///     face is an error, and whether faces must be live. Default: as in training.
    ///   - threshold: from which probability on it is one person. Default: the ensemble's.
    /// - Throws: `noFace` or `lowQuality` when no member finds a face in both photos; `unreadableInput`, `spoofDetected`,
    ///   `weightsMissing`, `weightsDamaged`, `invalidOption`, `engine`, `cancelled`.
    public func verify(
        _ first: ImageSource, _ second: ImageSource, look: Options? = nil, threshold: Double? = nil
    ) async throws(DeepFaceError) -> EnsembleVerification {
        let threshold = (threshold ?? ensemble.threshold).rounded(toPlaces: 6)
        guard (0...1).contains(threshold) else {
            throw DeepFaceError(.invalidOption, "the threshold \(threshold) is not a probability, 0 to 1")
        }
        let start = ContinuousClock.now
        let photos = [try await brought(first), try await brought(second)]
        var faces: [[[Representation]]] = []
        var nobody: DeepFaceError?
        for var options in options {
            if let look { options.look(as: look) }
            var found: [[Representation]] = []
            for result in await deepface.represent(photos, options: options) {
                do throws(DeepFaceError) {
                    found.append(try result.get())
                } catch {
                    guard error.code == .noFace || error.code == .lowQuality else { throw error }
                    nobody = nobody ?? error
                    found.append([])
                }
            }
            faces.append(found)
        }
        return try judge(faces, threshold, nobody, seconds: (ContinuousClock.now - start) / .seconds(1))
    }

    /// - Parameter faces: for each member, those of the first photo and those of the second.
    private func judge(
        _ faces: [[[Representation]]], _ threshold: Double, _ nobody: DeepFaceError?, seconds: Double
    ) throws(DeepFaceError) -> EnsembleVerification {
        var distances: [Double?] = []
        var areas: EnsembleVerification.FacialAreas?
        for feature in ensemble.features {
            let (one, other) = (faces[feature.member][0], faces[feature.member][1])
            // An embedding of zeros has no direction, and no distance by most metrics.
            let closest = try? feature.metric.closest(one.map(\.embedding), other.map(\.embedding))
            distances.append(closest?.distance)
            guard let closest, areas == nil else { continue }
            areas = .init(img1: one[closest.first].facialArea, img2: other[closest.second].facialArea)
        }
        guard let areas, let probability = try ensemble.probabilities([distances])[0] else {
            throw nobody ?? DeepFaceError(.noFace, "no face was found")
        }
        return EnsembleVerification(
            verified: probability >= threshold, probability: probability, threshold: threshold, kind: ensemble.kind,
            features: zip(ensemble.features, distances).map { .init(name: $0.name, distance: $1) },
            facialAreas: areas, time: seconds.rounded(toPlaces: 2))
    }

    /// The photo, fetched once for all members where it lies elsewhere.
    private func brought(_ source: ImageSource) async throws(DeepFaceError) -> ImageSource {
        guard case .url = source else { return source }
        return .data(try await deepface.photoFile(source), name: source.name)
    }
}

/// Whether two photos show the same person, as an ensemble judges.
public struct EnsembleVerification: Sendable, Encodable {
    /// Whether `probability` is at least `threshold`.
    public let verified: Bool
    /// How likely they show one person, 0 to 1, six decimals.
    public let probability: Double
    public let threshold: Double
    public let kind: Ensemble.Kind
    public let features: [Feature]
    /// The two faces that were compared, as the first member that saw both found them.
    public let facialAreas: FacialAreas
    /// Seconds, two decimals.
    public let time: Double

    public struct Feature: Sendable, Encodable {
        public let name: String
        /// `nil` where a photo has no face.
        public let distance: Double?

        enum CodingKeys: CodingKey { case name, distance }

        /// What is missing is written as `null`.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(name, forKey: .name)
            try container.encode(distance, forKey: .distance)
        }
    }

    public struct FacialAreas: Sendable, Encodable {
        public let img1, img2: FacialArea
    }

    enum CodingKeys: String, CodingKey {
        case verified, probability, threshold, kind, features, time
        case facialAreas = "facial_areas"
    }
}
