import ArgumentParser
import DeepFace
import Foundation
import Inference

/// What every command that turns faces into embeddings takes.
struct SharedOptions: ParsableArguments {
    @Option(
        help:
            "Recognition model: \(RecognitionRegistry.all.map(\.name).joined(separator: ", ")); or onnx:PATH, your own."
    )
    var model = Options().model.name

    @Option(help: "Pixel scaling: \(Normalization.allCases.map(\.rawValue).joined(separator: ", ")).")
    var normalization = Options().normalization

    @OptionGroup var faces: FaceOptions

    func options() throws(DeepFaceError) -> Options {
        var options = try faces.options()
        options.model = try RecognitionRegistry.model(named: model)
        options.normalization = normalization
        return options
    }

    func deepface() throws(DeepFaceError) -> DeepFace { try faces.deepface(options()) }

    /// With `--precision bf16`, says on standard error what that does to the first photo's embeddings.
    func tellPrecision(of deepface: DeepFace, on images: [String]) async throws {
        guard faces.precision != .f32, let image = images.first(where: { $0 != "-" }) else { return }
        var exact = self
        exact.faces.precision = .f32
        var options = deepface.options
        options.enforceDetection = false
        options.antiSpoofing = false
        let photo = ImageSource(image)
        // A photo that cannot be used is told of when its turn comes.
        guard let coarse = try? await deepface.represent(photo, options: options) else { return }
        let fine = try await exact.deepface().represent(photo, options: options)
        let distances = try zip(coarse, fine).map { try DistanceMetric.cosine.distance($0.embedding, $1.embedding) }
        guard let worst = distances.max() else { return }
        printToStandardError(
            "deepface: \(faces.precision.rawValue): cosine to f32 \(String(format: "%.6f", 1 - worst)) "
                + "on \(distances.count) face\(distances.count == 1 ? "" : "s") of \(image)")
    }
}

/// What every command that looks at faces takes.
struct FaceOptions: ParsableArguments {
    @Option(help: "Detector: \(DetectorRegistry.all.map(\.name).joined(separator: ", ")).")
    var detector = Options().detector.name

    @Option(
        help: """
            Alignment: landmarks (onto the model's template), eyes (exactly Python DeepFace's), none. (default: landmarks \
            where the model has a template, else eyes)
            """)
    var align: Alignment?

    @Option(
        help: ArgumentHelp(
            "Search photos at this size: auto (as the detector does best), full, or the longer side in pixels.",
            valueName: "size"))
    var detectSize = DetectionSize.automatic

    @Option(help: "Landmarks: \(LandmarkSource.allCases.map(\.rawValue).joined(separator: ", ")).")
    var landmarks = Options().landmarks

    @Flag(help: "Find faces on their side and upside down too, for four times the work.")
    var anyRotation = false

    @Option(help: ArgumentHelp("Show this much more around each face.", valueName: "percent"))
    var expand = 0

    @Option(help: ArgumentHelp("At most so many faces an image, the largest first.", valueName: "n"))
    var maxFaces: Int?

    @Option(
        help: ArgumentHelp(
            "Turn away faces of a lower quality, 0 to 1, and say why: small, blurred, turned, dark, bright, flat, cut, "
                + "occluded.", valueName: "x"))
    var minQuality = 0.0

    @Flag(
        inversion: .prefixedNo,
        help: "Whether an image without a face is an error; otherwise all of it is taken for one.")
    var enforceDetection = true

    @Flag(help: "Refuse faces that are not live: photos, screens, masks. (extract reports them)")
    var antiSpoofing = false

    @Option(help: "Numbers the networks behind the detector compute with: f32, bf16.")
    var precision = Precision.f32

    @Option(help: ArgumentHelp("Threads that compute. (default: as many as cores)", valueName: "n"))
    var threads: Int?

    @Flag(help: "Use weights that are not the published ones, as long as they fit the model.")
    var anyWeights = false

    @Flag(help: "Print a table for people instead of JSON.")
    var pretty = false

    @Flag(help: "Print an error as JSON on standard output too.")
    var jsonErrors = false

    func validate() throws {
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads is a number from 1 to 1024") }
    }

    /// Refuses to write a picture over a photo that is read.
    static func refuse(_ output: String?, over inputs: [String]) throws {
        func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
        if let output, inputs.contains(where: { resolved($0) == resolved(output) }) {
            throw ValidationError("--annotate would write over the photo \(output)")
        }
    }

    func options() throws(DeepFaceError) -> Options {
        var options = Options()
        options.detector = try DetectorRegistry.detector(named: detector)
        options.alignment = align
        options.detectionSize = detectSize
        options.landmarks = landmarks
        options.anyRotation = anyRotation
        options.expand = expand
        options.maximumFaces = maxFaces
        options.minimumQuality = minQuality
        options.enforceDetection = enforceDetection
        options.antiSpoofing = antiSpoofing
        return options
    }

    func deepface(_ options: Options) throws(DeepFaceError) -> DeepFace {
        try DeepFace(options: options, configuration: configuration())
    }
}

extension Alignment: ExpressibleByArgument {}
extension LandmarkSource: ExpressibleByArgument {}

extension DetectionSize: ExpressibleByArgument {
    public init?(argument: String) {
        switch argument {
        case "auto": self = .automatic
        case "full": self = .full
        default:
            guard let side = Int(argument) else { return nil }
            self = .longestSide(side)
        }
    }

    public var defaultValueDescription: String {
        switch self {
        case .automatic: "auto"
        case .full: "full"
        case .longestSide(let side): String(side)
        }
    }
}
extension Normalization: ExpressibleByArgument {}
extension DistanceMetric: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}

extension ImageSource {
    /// The source an argument names; `-` is standard input, read now and at most `limits` of it.
    init(argument: String, limits: ImageLimits = ImageLimits()) throws(DeepFaceError) {
        guard argument == "-" else {
            self.init(argument)
            return
        }
        var data = Data()
        while true {
            let chunk: Data?
            do {
                chunk = try FileHandle.standardInput.read(upToCount: 1 << 16)
            } catch {
                throw DeepFaceError(
                    .unreadableInput, "cannot be read: \(error.localizedDescription)", input: "standard input")
            }
            guard let chunk, !chunk.isEmpty else { break }
            data += chunk
            guard data.count <= limits.maximumBytes else {
                throw DeepFaceError(
                    .unreadableInput, "there are more than the \(limits.maximumBytes) bytes allowed",
                    input: "standard input")
            }
        }
        self = .data(data, name: "standard input")
    }
}
