extension DetectorModel {
    /// No search: the whole image is one face, already cut out.
    public static let skip = DetectorModel(
        name: "skip", summary: "none; the whole image is one face", searches: false
    ) { _ in WholeImage() }
}

private struct WholeImage: Detector {
    func detect(in image: Image) -> [DetectedFace] {
        [DetectedFace(box: Box(x: 0, y: 0, width: image.width, height: image.height), score: 0)]
    }
}
