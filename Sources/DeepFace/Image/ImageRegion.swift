import CVision
import Foundation
import Inference

/// A square of an image, possibly turned and partly outside it: what a network that looks at one face or one photo at a
/// time is shown.
///
/// Lengths are in pixels; the image's top left corner is (0, 0), so that its first pixel's centre is (0.5, 0.5).
struct ImageRegion: Sendable, Equatable {
    var x, y: Double
    var side: Double
    /// Clockwise, in radians.
    var angle = 0.0

    /// The whole image, and what makes it square, black, on both sides of it.
    init(around image: Image) {
        x = Double(image.width) / 2
        y = Double(image.height) / 2
        side = Double(max(image.width, image.height))
    }

    /// A square about a centre.
    init(x: Double, y: Double, side: Double, angle: Double = 0) {
        (self.x, self.y, self.side, self.angle) = (x, y, side, angle)
    }

    /// Where a place of the region lies in the image, given in sides from the region's top left corner.
    func point(_ u: Double, _ v: Double) -> Point {
        let (across, down) = ((u - 0.5) * side, (v - 0.5) * side)
        return Point(
            x: x + across * cos(angle) - down * sin(angle), y: y + across * sin(angle) + down * cos(angle))
    }
}

/// What becomes of a region's pixels on their way into a network: batch × rows × columns × channels,
/// value × scale + shift.
struct RegionLayout: Sendable {
    /// Of the network's input, in pixels.
    let side: Int
    let scale, shift: Float
    /// Whether red comes first, else blue.
    var redFirst = true
    /// Whether pixels are looked up at their corners rather than averaged around their centres, as MediaPipe does.
    var atCorners = false
    /// Whether the image's edge goes on outside it; otherwise that is black.
    var replicatesEdge = false
    /// How many places are looked at in a row and in a column of each pixel.
    var samples = 2
}

extension Image {
    /// A region as a batch of one.
    func tensor(of region: ImageRegion, _ layout: RegionLayout) throws(DeepFaceError) -> Tensor {
        let (side, step) = (layout.side, region.side / Double(layout.side))
        // Without corners the first pixel's centre is meant, and pixels of the image are counted from their centres.
        let first = layout.atCorners ? 0 : 0.5 / Double(side)
        let start = region.point(first, first)
        let half = layout.atCorners ? 0 : 0.5
        let place = df_region_place(
            x: start.x - half, y: start.y - half, x_per_column: step * cos(region.angle),
            y_per_column: step * sin(region.angle), x_per_row: -step * sin(region.angle),
            y_per_row: step * cos(region.angle))
        let count = side * side * 3
        var failure: DeepFaceError?
        let values = [Float](unsafeUninitializedCapacity: count) { target, initialized in
            do throws(DeepFaceError) {
                try vision { message in
                    df_region(
                        pixels, Int32(width), Int32(height), place, Int32(side),
                        Int32(layout.atCorners ? 1 : layout.samples),
                        layout.replicatesEdge ? 1 : 0, layout.redFirst ? 1 : 0, layout.scale, layout.shift,
                        target.baseAddress, message)
                }
                initialized = count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return Tensor(shape: [1, side, side, 3], values: values)
    }
}
