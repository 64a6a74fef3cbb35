import ArgumentParser
import DeepFace
import Foundation
import Inference
import RemoteSources

/// What every command that looks at faces takes.
struct SharedOptions: ParsableArguments {
    @Option(help: "Recognition model: \(RecognitionRegistry.all.map(\.name).joined(separator: ", ")).")
    var model = Options().model.name

    @Option(help: "Detector: \(DetectorRegistry.all.map(\.name).joined(separator: ", ")).")
    var detector = Options().detector.name

    @Option(help: "Alignment: landmarks (onto the model's template), eyes (exactly Python DeepFace's), none.")
    var align = Options().alignment

    @Option(help: "Pixel scaling: \(Normalization.allCases.map(\.rawValue).joined(separator: ", ")).")
    var normalization = Options().normalization

    @Option(help: ArgumentHelp("Show this much more around each face.", valueName: "percent"))
    var expand = 0

    @Option(help: ArgumentHelp("At most so many faces an image, the largest first.", valueName: "n"))
    var maxFaces: Int?

    @Flag(
        inversion: .prefixedNo,
        help: "Whether an image without a face is an error; otherwise all of it is taken for one.")
    var enforceDetection = true

    @Option(help: "Numbers the recognition network computes with: f32, bf16.")
    var precision = Precision.f32

    @Option(help: ArgumentHelp("Threads that compute. (default: as many as cores)", valueName: "n"))
    var threads: Int?

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
        options.model = try RecognitionRegistry.model(named: model)
        options.detector = try DetectorRegistry.detector(named: detector)
        options.alignment = align
        options.normalization = normalization
        options.expand = expand
        options.maximumFaces = maxFaces
        options.enforceDetection = enforceDetection
        return options
    }

    func deepface() throws(DeepFaceError) -> DeepFace {
        var configuration = Configuration()
        configuration.fetcher = HTTPImageFetcher()
        configuration.precision = precision
        if let threads { configuration.threads = threads }
        return try DeepFace(options: options(), configuration: configuration)
    }
}

extension Alignment: ExpressibleByArgument {}
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
