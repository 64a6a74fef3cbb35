import Foundation
import Inference

extension LivenessModel {
    /// Silent-Face-Anti-Spoofing: two networks that look at the face with little and with much around it
    /// (github.com/minivision-ai/Silent-Face-Anti-Spoofing; Python DeepFace's models/spoofing/FasNet.py).
    public static let fasNet = LivenessModel(
        name: "FasNet", summary: "two MiniFASNets", networks: [.miniFASNetV2, .miniFASNetV1SE]
    ) { networks in
        FasNet(views: [FasNet.View(network: networks[0], scale: 2.7), FasNet.View(network: networks[1], scale: 4)])
    }
}

package struct FasNet: LivenessDetector {
    /// A network and how many times as large as the face what it sees is.
    struct View: Sendable {
        let network: any Network
        let scale: Double
    }

    let views: [View]

    private static let side = 80
    /// The class of live faces, of three.
    private static let live = 1

    package func judge(_ areas: [FacialArea], in photo: Image) throws(DeepFaceError) -> [Liveness] {
        guard !areas.isEmpty else { return [] }
        var sums = Array(repeating: [Float](repeating: 0, count: 3), count: areas.count)
        for view in views {
            let size = [areas.count, 3, Self.side, Self.side]
            var values: [Float] = []
            values.reserveCapacity(size.reduce(1, *))
            for area in areas {
                let box = Self.surroundings(of: area, scale: view.scale, in: photo)
                // A face of no pixels leaves a box of at least one.
                let cut = photo.cropped(to: box) ?? photo
                let seen = try cut.resized(width: Self.side, height: Self.side, .linear)
                values += channelPlanes(seen.pixels) { Float($0) }
            }
            let rows: [ArraySlice<Float>]
            do throws(InferenceError) {
                let outputs = try view.network(Tensor(shape: size, values: values))
                rows = outputs[0].rows
            } catch {
                throw DeepFaceError(.engine, "\(error)")
            }
            for (index, row) in rows.enumerated() { sums[index] = zip(sums[index], row).map { $0 + $1 } }
        }
        return sums.map { sum in
            let best = sum.indices.max { sum[$0] < sum[$1] } ?? 0
            return Liveness(isReal: best == Self.live, score: Double(sum[best]) / Double(views.count))
        }
    }

    /// The box `scale` times as large about the same middle, smaller where the photo is, moved into it where it sticks
    /// out.
    package static func surroundings(of area: FacialArea, scale: Double, in photo: Image) -> Box {
        let (width, height) = (Double(photo.width), Double(photo.height))
        let (w, h) = (Double(max(1, area.w)), Double(max(1, area.h)))
        let scale = min((height - 1) / h, (width - 1) / w, scale)
        let (newWidth, newHeight) = (w * scale, h * scale)
        var (left, top) = (w / 2 + Double(area.x) - newWidth / 2, h / 2 + Double(area.y) - newHeight / 2)
        var (right, bottom) = (left + newWidth, top + newHeight)
        if left < 0 { (left, right) = (0, right - left) }
        if top < 0 { (top, bottom) = (0, bottom - top) }
        if right > width - 1 { (left, right) = (left - (right - width + 1), width - 1) }
        if bottom > height - 1 { (top, bottom) = (top - (bottom - height + 1), height - 1) }
        return Box(
            x: Int(left), y: Int(top), width: Int(right) - Int(left) + 1, height: Int(bottom) - Int(top) + 1)
    }
}
