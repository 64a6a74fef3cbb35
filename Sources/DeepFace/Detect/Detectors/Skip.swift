extension DetectorModel {
    /// No search: the whole image is one face, already cut out.
    public static let skip = DetectorModel(
        name: "skip", summary: "none; the whole image is one face", searches: false
    ) { _ in NoSearch() }
}

/// Finds nothing: whoever sees `searches` false takes the whole image.
private struct NoSearch: Detector {
    func detect(in image: Image) -> [DetectedFace] { [] }
}
