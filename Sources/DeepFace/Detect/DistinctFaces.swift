/// A detector without its repetitions: a face it finds twice counts once, where it is surest.
struct DistinctFaces: Detector {
    let detector: any Detector

    func detect(in image: Image) throws(DeepFaceError) -> [DetectedFace] {
        let found = try detector.detect(in: image)
        let kept = found.indices.sorted { (found[$1].score, $0) < (found[$0].score, $1) }
            .suppressed { Self.same(Rectangle(found[$0].box), Rectangle(found[$1].box)) }
        return kept.sorted().map { found[$0] }
    }

    /// Half of what both cover is shared, or nearly all of the smaller.
    private static func same(_ a: Rectangle, _ b: Rectangle) -> Bool {
        a.overlap(b) > 0.5 || a.shared(b) > 0.9 * min(a.width * a.height, b.width * b.height)
    }
}
