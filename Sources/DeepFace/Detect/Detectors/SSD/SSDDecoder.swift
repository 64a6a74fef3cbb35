import Foundation
import Inference

/// Makes boxes of what the network gives, as Caffe's DetectionOutput layer does.
struct SSDDecoder: Sendable {
    let priors: SSDPriors
    /// The least probability of a face.
    let leastScore: Float
    /// Whether boxes are cut to the image.
    let clips: Bool

    struct Candidate: Sendable, Equatable {
        /// In shares of the image's sides.
        let area: Rectangle
        let score: Double
    }

    /// How offsets of the centre and logarithms of sizes are scaled.
    private static let variances = (centre: 0.1, size: 0.2)
    /// How many candidates are compared, and how many kept.
    private static let limits = (compared: 400, kept: 200)
    private static let mostOverlap = 0.45

    /// The faces in one image, the surest first.
    ///
    /// - Parameter outputs: a box's four offsets each, and the probabilities of anything else and of a face.
    /// - Throws: `weightsDamaged` when the outputs have other shapes.
    func candidates(_ outputs: [Tensor]) throws(DeepFaceError) -> [Candidate] {
        let count = priors.boxes.count
        guard outputs.map(\.shape) == [[1, count, 4], [1, count, 2]] else {
            throw DeepFaceError(.weightsDamaged, "the network ssd does not give the boxes of a single-shot detector")
        }
        let (offsets, probabilities) = (outputs[0].values, outputs[1].values)
        func score(_ index: Int) -> Float { probabilities[2 * index + 1] }
        var surest = (0..<count).filter { score($0) >= leastScore }
        surest.sort { first, second in
            score(first) == score(second) ? first < second : score(first) > score(second)
        }
        let found: [Candidate] = surest.prefix(Self.limits.compared).compactMap { index in
            let area = area(priors.boxes[index], offsets[(4 * index)..<(4 * index + 4)].map(Double.init))
            let sides = [area.left, area.top, area.right, area.bottom]
            guard sides.allSatisfy({ abs($0) < 1e3 }) else { return nil }
            return Candidate(area: area, score: Double(score(index)))
        }
        return Array(found.suppressed { $0.area.overlap($1.area) > Self.mostOverlap }.prefix(Self.limits.kept))
    }

    private func area(_ prior: SSDPriors.Prior, _ offsets: [Double]) -> Rectangle {
        let x: Double = prior.x + Self.variances.centre * offsets[0] * prior.width
        let y: Double = prior.y + Self.variances.centre * offsets[1] * prior.height
        let width: Double = prior.width * exp(Self.variances.size * offsets[2])
        let height: Double = prior.height * exp(Self.variances.size * offsets[3])
        let area = Rectangle(left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2)
        guard clips else { return area }
        func inside(_ value: Double) -> Double { min(max(value, 0), 1) }
        return Rectangle(
            left: inside(area.left), top: inside(area.top), right: inside(area.right), bottom: inside(area.bottom))
    }
}
