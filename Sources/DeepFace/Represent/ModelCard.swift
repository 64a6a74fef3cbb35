import Foundation
import Yams

/// What there is to know about a network of one's own, in a YAML or JSON file beside it: `Face.onnx` and `Face.yaml`.
///
/// ```yaml
/// name: MobileFaceNet
/// dimensions: 128
/// input: {width: 112, height: 112, channels: rgb, means: [123.675, 116.28, 103.53], deviations: [58.395, 57.12, 57.375]}
/// template: arcface
/// thresholds: {cosine: 0.6}
/// ```
struct ModelCard: Decodable {
    /// Default: the network's file name.
    var name: String?
    /// Numbers in an embedding.
    let dimensions: Int
    let input: Input
    /// The template that faces are laid on; without one they are aligned by the eyes.
    var template: Template?
    /// Largest distances of one person. `euclidean_l2` and `angular` follow from `cosine` when they are missing.
    var thresholds: Thresholds?
    /// The metric used when none is asked for. Default: cosine.
    var metric: DistanceMetric?

    struct Input: Decodable {
        let width, height: Int
        let channels: Channels
        /// Taken from the levels of 0 to 255, in the order of `channels`. Default: 0.
        var means: [Float]?
        /// What the rest is divided by. Default: 1.
        var deviations: [Float]?
    }

    enum Channels: String, Decodable { case rgb, bgr }
    enum Template: String, Decodable { case arcface, dlib }

    struct Thresholds: Decodable {
        var cosine, euclidean, euclideanL2, angular: Double?

        enum CodingKeys: String, CodingKey {
            case cosine, euclidean, angular
            case euclideanL2 = "euclidean_l2"
        }
    }
}

extension RecognitionModel {
    /// A network of one's own: an ONNX file that takes faces as batch × 3 × rows × columns and gives an embedding each, and
    /// a card of the same name beside it that ends in yaml, yml or json (see `ModelCard`).
    ///
    /// - Throws: `invalidOption` when there is no card, or it cannot be read or makes no sense. The network itself is
    ///   looked at on first use.
    public init(onnx path: String) throws(DeepFaceError) {
        let card = try ModelCard(beside: path)
        let input = card.input
        let templates: [ModelCard.Template: AlignmentTemplate] = [.arcface: .arcFace, .dlib: .dlibChip]
        let file = PublishedFile(
            name: URL(fileURLWithPath: path).lastPathComponent, licence: "LicenseRef-Own", source: .own(path: path))
        let name = card.name ?? URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        self.init(
            name: name, summary: "your own, \(card.dimensions) numbers", dimensions: card.dimensions,
            input: Input(
                width: input.width, height: input.height, channels: input.channels == .rgb ? .rgb : .bgr,
                levels: .bytes, means: input.means ?? [0, 0, 0], deviations: input.deviations ?? [1, 1, 1]),
            network: StoredNetwork(
                name: "onnx:\(path)", files: [file],
                form: .ready(input: [3, input.height, input.width], output: card.dimensions)),
            template: card.template.flatMap { templates[$0] }, training: "unknown", lfw: nil,
            thresholds: card.thresholds?.table
                ?? MetricTable(
                    cosine: nil, euclidean: nil, euclideanL2: nil, angular: nil),
            metric: card.metric ?? .cosine)
    }
}

extension ModelCard {
    init(beside network: String) throws(DeepFaceError) {
        let stem = URL(fileURLWithPath: network).deletingPathExtension()
        let places = ["yaml", "yml", "json"].map { stem.appendingPathExtension($0).path }
        guard let place = places.first(where: { RegularFile.size(of: $0) != nil }) else {
            throw DeepFaceError(
                .invalidOption, "there is no card that describes the network", input: network,
                advice: "write \(places[0]); the README shows one")
        }
        do {
            // JSON is YAML too.
            let text = String(decoding: try RegularFile.bytes(of: place, limit: 1 << 20), as: UTF8.self)
            self = try YAMLDecoder().decode(ModelCard.self, from: text)
            try check()
            try Self.refuseUnknown(in: Yams.load(yaml: text))
        } catch {
            throw DeepFaceError(
                .invalidOption, "the card cannot be used: \(Self.words(error))", input: place,
                advice: "the README shows one")
        }
    }

    private struct Nonsense: Error, CustomStringConvertible {
        let description: String
    }

    private func check() throws {
        guard (1...65536).contains(dimensions) else { throw Nonsense(description: "\(dimensions) dimensions") }
        for side in [input.width, input.height] where !(8...4096).contains(side) {
            throw Nonsense(description: "an input of \(side) pixels is not 8 to 4096")
        }
        for numbers in [input.means, input.deviations].compactMap(\.self) {
            guard numbers.count == 3, numbers.allSatisfy(\.isFinite) else {
                throw Nonsense(description: "means and deviations are three numbers each")
            }
        }
        // Smaller ones make levels that are no numbers any more.
        if input.deviations?.contains(where: { abs($0) < 1e-6 }) ?? false {
            throw Nonsense(description: "a deviation of 0")
        }
        let limits: [(Double?, Double)] = [
            (thresholds?.cosine, 2), (thresholds?.angular, 1), (thresholds?.euclideanL2, 2),
            (thresholds?.euclidean, 1e9),
        ]
        for case (let threshold?, let most) in limits where !(0...most).contains(threshold) {
            throw Nonsense(description: "a threshold of \(threshold) is not 0 to \(most)")
        }
    }

    /// A misspelt key would silently do nothing.
    private static func refuseUnknown(in card: Any?) throws {
        let known = [
            "": ["name", "dimensions", "input", "template", "thresholds", "metric"],
            "input": ["width", "height", "channels", "means", "deviations"],
            "thresholds": ["cosine", "euclidean", "euclidean_l2", "angular"],
        ]
        let whole = card as? [String: Any] ?? [:]
        for (part, keys) in known {
            let found = part.isEmpty ? whole : whole[part] as? [String: Any] ?? [:]
            if let stray = found.keys.sorted().first(where: { !keys.contains($0) }) {
                throw Nonsense(description: "'\(stray)' is no key of a card")
            }
        }
    }

    private static func words(_ error: any Error) -> String {
        let reason: String
        switch error {
        case DecodingError.keyNotFound(let key, _): reason = "'\(key.stringValue)' is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            let place = context.codingPath.map(\.stringValue).joined(separator: ".")
            reason = "\(place.isEmpty ? "" : "'\(place)': ")\(context.debugDescription)"
        default: reason = "\(error)"
        }
        return WeightFileError.printable(reason.split(whereSeparator: \.isNewline).joined(separator: " "), limit: 240)
    }
}

extension ModelCard.Thresholds {
    /// Of embeddings of length 1, ‖a − b‖² = 2 × cosine distance, and the angle is the arc cosine of what is left of 1.
    var table: MetricTable<Double?> {
        MetricTable(
            cosine: cosine, euclidean: euclidean, euclideanL2: euclideanL2 ?? cosine.map { (2 * $0).squareRoot() },
            angular: angular ?? cosine.map { acos(max(-1, min(1, 1 - $0))) / .pi })
    }
}
