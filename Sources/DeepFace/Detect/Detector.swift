/// Finds faces in an image.
///
/// The unit is one image: photos differ in size, and detectors that can work on several at once do so inside.
public protocol Detector: Sendable {
    /// The faces of `image`, in the detector's own order; blocks while it computes.
    func detect(in image: Image) throws(DeepFaceError) -> [DetectedFace]
}

/// A face a detector found.
public struct DetectedFace: Sendable, Equatable {
    /// In pixels of the image it was found in; may leave it.
    public var box: Box
    /// In the same pixels; what the detector gives, possibly nothing.
    public var landmarks: Landmarks
    /// How sure the detector is; 0 to 1 for most. Comparable within one detector only.
    public var score: Double

    public init(box: Box, landmarks: Landmarks = Landmarks(), score: Double) {
        self.box = box
        self.landmarks = landmarks
        self.score = score
    }

    func moved(x dx: Int, y dy: Int) -> DetectedFace {
        DetectedFace(
            box: box.moved(x: dx, y: dy), landmarks: landmarks.moved(x: Double(dx), y: Double(dy)), score: score)
    }
}

/// A detector users can choose: its name, what it needs and how it is made.
public struct DetectorModel: Sendable {
    /// As Python DeepFace calls it.
    public let name: String
    /// What it is, in a few words.
    public let summary: String
    /// The weights it needs.
    public let files: [PublishedFile]
    /// The networks it is made of, where it is made of some.
    let networks: [StoredNetwork]
    /// Whether it looks for faces; otherwise the whole image is taken for one.
    package let searches: Bool
    /// Whether it gives the eyes of the faces it finds; otherwise something else has to.
    let givesLandmarks: Bool
    /// The longer side, in pixels, above which photos are scaled down for it unless the options say otherwise; `nil`
    /// where it takes any size, or scales them itself.
    let workingSide: Int?
    /// Whether Python DeepFace has it, and so numbers to agree with.
    let isPythons: Bool
    /// The detector with its weights loaded.
    let load: @Sendable (DetectorResources) throws(DeepFaceError) -> any Detector

    init(
        name: String, summary: String, files: [PublishedFile] = [], networks: [StoredNetwork] = [],
        searches: Bool = true, givesLandmarks: Bool = true, workingSide: Int? = nil, isPythons: Bool = true,
        load: @escaping @Sendable (DetectorResources) throws(DeepFaceError) -> any Detector
    ) {
        self.name = name
        self.summary = summary
        self.files =
            files + networks.flatMap(\.files) + (givesLandmarks || !searches ? [] : [.haarEye, .fivePointPredictor])
        self.networks = networks
        self.searches = searches
        self.givesLandmarks = givesLandmarks
        self.workingSide = workingSide
        self.isPythons = isPythons
        self.load = load
    }
}

/// What a detector is made with.
struct DetectorResources: Sendable {
    let store: WeightStore
    /// Makes networks that are called many times at once.
    let compiled: CompiledModels
    /// Makes networks for whose one call all threads work together.
    let alone: CompiledModels
    /// Whether faces are to be found exactly as Python DeepFace finds them.
    let parity: Bool
    /// Whether a size was asked for: the detector is then not to choose a smaller one.
    let thorough: Bool
}
