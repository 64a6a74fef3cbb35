import Inference

extension DetectorModel {
    /// OpenCV's face detector: a single-shot detector (Liu et al., ECCV 2016) on a ResNet of 10 layers, which sees
    /// every photo at 300 × 300 pixels. The least of its boxes is a tenth of that: faces much smaller escape it.
    public static let ssd = DetectorModel(
        name: "ssd", summary: "OpenCV's SSD on a ResNet-10, boxes only", networks: [.ssd], givesLandmarks: false
    ) { resources throws(DeepFaceError) in
        // What scores less than 0.9 are small faces and those that the photo's edge cuts.
        resources.parity
            ? SSDDetector(
                network: try resources.compiled.network(.ssdPadded),
                decoder: SSDDecoder(priors: .padded, leastScore: 0.9, clips: false), parity: true)
            : SSDDetector(
                network: try resources.compiled.network(.ssd),
                decoder: SSDDecoder(priors: .plain, leastScore: 0.4, clips: true), parity: false)
    }
}

private struct SSDDetector: Detector {
    let network: any Network
    let decoder: SSDDecoder
    let parity: Bool

    func detect(in image: Image) throws(DeepFaceError) -> [DetectedFace] {
        let side = SSDPriors.side
        let small = try image.resized(width: side, height: side, .linear)
        // The network was trained with these means; Python does not subtract them.
        let layout = PlaneLayout(mean: parity ? [0, 0, 0] : [104, 177, 123])
        return try decoder.candidates(network.outputs(for: small.planes(layout))).map { candidate in
            let area = candidate.area
            guard parity else {
                return DetectedFace(
                    box: area.scaled(by: Double(image.width), Double(image.height))
                        .box(width: image.width, height: image.height),
                    score: candidate.score)
            }
            // Python cuts off fractions, before it scales up and after.
            func grown(_ value: Double, _ length: Int) -> Int {
                let place = Double(Float(value) * Float(side)).rounded(.towardZero)
                return Int(place * (Double(length) / Double(side)))
            }
            let (left, top) = (grown(area.left, image.width), grown(area.top, image.height))
            return DetectedFace(
                box: Box(
                    x: left, y: top, width: grown(area.right, image.width) - left,
                    height: grown(area.bottom, image.height) - top),
                score: candidate.score)
        }
    }
}
