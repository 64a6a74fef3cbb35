import Foundation
import Inference

/// The places at which a network of the RetinaFace family looks for faces, and how its numbers are read.
///
/// On each level there is a cell every so many pixels, and around its centre square anchors of two sizes. For each
/// anchor the network tells a probability, how the face's box differs from the anchor, and five points.
package struct AnchorGrid: Sendable {
    /// A resolution at which the network looks.
    struct Level: Sendable {
        /// From cell to cell, in pixels.
        let stride: Int
        /// The anchors' sides, in pixels.
        let sides: [Double]
        /// The first cell's centre, in pixels.
        let first: Double
    }

    let levels: [Level]
    /// An offset of one, in sides of the anchor.
    let position: Double
    /// A change of size by one, as a power of e.
    let size: Double
    /// 1 where a box of `width` pixels goes from its first pixel to its last, and so to `width` − 1 beyond it.
    let edge: Double

    /// The faces that a network is sure enough of, in pixels of the picture that it saw; many overlap.
    ///
    /// - Parameters:
    ///   - outputs: for each level probabilities, box offsets and points, as `KerasNetwork.retinaFace` gives them.
    ///   - width: the picture's width in pixels; boxes are cut to it.
    ///   - height: the picture's height in pixels; boxes are cut to it.
    ///   - threshold: the least probability.
    package func faces(in outputs: [Tensor], width: Int, height: Int, threshold: Float) -> [AnchorFace] {
        var faces: [AnchorFace] = []
        for (number, level) in levels.enumerated() {
            let (scores, boxes, points) = (outputs[3 * number], outputs[3 * number + 1], outputs[3 * number + 2])
            let columns = scores.shape[3]
            let count = scores.shape[2] * columns
            for (anchor, side) in level.sides.enumerated() {
                // The anchors' background comes first.
                let start = (level.sides.count + anchor) * count
                for (place, score) in scores.values[start..<start + count].enumerated() where score >= threshold {
                    let center = Point(
                        x: level.first + Double(place % columns * level.stride),
                        y: level.first + Double(place / columns * level.stride))
                    func numbers(_ tensor: Tensor, _ length: Int) -> [Double] {
                        (0..<length).map { Double(tensor.values[(length * anchor + $0) * count + place]) }
                    }
                    let face = face(center, side, score, offsets: numbers(boxes, 4), points: numbers(points, 10))
                    if let inside = face.cut(width: width, height: height) { faces.append(inside) }
                }
            }
        }
        return faces
    }

    private func face(
        _ center: Point, _ side: Double, _ score: Float, offsets: [Double], points: [Double]
    ) -> AnchorFace {
        let unit = side * position
        let (x, y) = (center.x + offsets[0] * unit, center.y + offsets[1] * unit)
        let (width, height) = (exp(offsets[2] * size) * side - edge, exp(offsets[3] * size) * side - edge)
        return AnchorFace(
            box: Rectangle(left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2),
            points: (0..<5).map { Point(x: center.x + points[2 * $0] * unit, y: center.y + points[2 * $0 + 1] * unit) },
            score: score)
    }
}
