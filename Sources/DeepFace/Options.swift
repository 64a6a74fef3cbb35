import Foundation
import Inference

/// How faces are found, aligned and compared. The defaults are the most accurate of what installs from package
/// registries alone.
public struct Options: Sendable {
    /// Finds the faces. Default: MTCNN.
    public var detector: DetectorModel = .mtcnn
    /// Turns faces into embeddings. Default: Dlib.
    public var model: RecognitionModel = .dlib
    /// Compares embeddings. Default: `nil`, the model's own.
    public var metric: DistanceMetric?
    /// How faces are brought into the model's pose. Default: `nil`, by landmarks where the model has a template for
    /// them, else by the eyes.
    public var alignment: Alignment?
    /// How pixel values are scaled. Default: `base`.
    public var normalization: Normalization = .base
    /// At which size photos are searched for faces. Default: `automatic`.
    public var detectionSize = DetectionSize.automatic
    /// Where landmarks come from. Default: `detector`.
    public var landmarks = LandmarkSource.detector
    /// Whether faces on their side and upside down are found too, for four times the work. Default: false.
    public var anyRotation = false
    /// Percent by which the face's box (or, with `landmarks`, the chip) shows more than it would. Default: 0.
    public var expand = 0
    /// Below which distance (inclusive) two faces are the same person. Default: `nil`, the model's for the metric.
    public var threshold: Double?
    /// At most so many faces an image, the largest first. Default: `nil`, all.
    public var maximumFaces: Int?
    /// Whether an image without a face is an error; otherwise the whole image is taken for one. Default: true.
    public var enforceDetection = true
    /// Whether faces are judged live or not: a face that is not is an error, except for `extractFaces`, which reports
    /// it. Default: false.
    public var antiSpoofing = false
    /// Faces of a lower quality (`FaceQuality.score`, 0 to 1) are turned away; where none is left that is an error.
    /// Default: 0, none are.
    public var minimumQuality = 0.0
    /// Whether the quality of faces is told. Default: false.
    public var measuresQuality = false

    public init() {}

    /// Refuses values that make no sense.
    func check() throws(DeepFaceError) {
        func refuse(_ message: String) throws(DeepFaceError) { throw DeepFaceError(.invalidOption, message) }
        if !(0...1000).contains(expand) { try refuse("expand is \(expand) percent, not 0 to 1000") }
        if let maximumFaces, maximumFaces < 1 { try refuse("at most \(maximumFaces) faces leaves none") }
        if let threshold, !threshold.isFinite || threshold < 0 {
            try refuse("the threshold \(threshold) is not a distance")
        }
        if !(0...1).contains(minimumQuality) { try refuse("the lowest quality is \(minimumQuality), not 0 to 1") }
        if case .longestSide(let side) = detectionSize, !(16...65_536).contains(side) {
            try refuse("a photo is searched at 16 to 65536 pixels, not \(side)")
        }
        if alignment == .landmarks, model.template == nil {
            throw DeepFaceError(
                .invalidOption, "\(model.name) has no template to lay landmarks on",
                advice: "align by eyes or none, or choose another model")
        }
    }

    /// The alignment for the model.
    var modelAlignment: Alignment { alignment ?? model.alignment }
}

/// How a face is brought into the pose a model knows.
public enum Alignment: String, Sendable, CaseIterable, Codable {
    /// Its landmarks are laid on the template the model was trained with. Faces without landmarks get them from dlib's
    /// 5-point predictor.
    case landmarks
    /// The eyes are made level, exactly as Python DeepFace does it, border and all.
    case eyes
    /// The box is cut out as it is.
    case none
}

/// What a `DeepFace` is made with.
public struct Configuration: Sendable {
    /// The folder that `.deepface` is in. Default: the environment's `DEEPFACE_HOME`, else the user's home folder.
    public var home: URL?
    /// Threads that compute. Default: as many as the machine has cores.
    public var threads = ProcessInfo.processInfo.activeProcessorCount
    /// Numbers the recognition and attribute networks compute with. Detectors always use `f32`. Default: `f32`.
    public var precision: Precision = .f32
    /// Whether weights must be the published ones, by their SHA-256. Turn off to use weights of your own training; they
    /// must still fit the model. Default: true.
    public var checksDigests = true
    /// What an image may cost.
    public var limits = ImageLimits()
    /// Brings images from web addresses. Default: none, such sources are refused.
    public var fetcher: (any RemoteImageFetcher)?
    /// Hears how long the parts of the work take. Default: nobody.
    public var observer: (any PipelineObserver)?

    public init() {}
}
