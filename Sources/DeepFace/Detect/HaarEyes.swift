/// OpenCV's eye cascade: two eyes inside a face's box.
struct HaarEyes: LandmarkRefiner {
    private let cascades: CascadePool

    init(_ cascades: CascadePool) {
        self.cascades = cascades
    }

    /// The centres of the two largest eyes found in the box; none unless there are two.
    func landmarks(of face: DetectedFace, in image: Image) throws(DeepFaceError) -> Landmarks {
        let box = face.box
        guard let cut = image.cropped(to: box) else { return Landmarks() }
        let hits = try cascades.hits(in: cut, levels: false)
        guard hits.count >= 2 else { return Landmarks() }
        // Largest first; of equals the one found first, as Python's sort keeps them.
        let largest = hits.enumerated().sorted {
            ($1.element.box.area, $0.offset) < ($0.element.box.area, $1.offset)
        }
        let pair = [largest[0].element.box, largest[1].element.box]
        let (right, left) = pair[0].x < pair[1].x ? (pair[0], pair[1]) : (pair[1], pair[0])
        func centre(_ eye: Box) -> Point {
            Point(
                x: Double(max(0, box.x) + eye.x + eye.width / 2), y: Double(max(0, box.y) + eye.y + eye.height / 2))
        }
        return Landmarks(leftEye: centre(left), rightEye: centre(right))
    }
}
