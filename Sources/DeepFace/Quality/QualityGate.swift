extension Options {
    /// Whether faces' quality has to be measured.
    var needsQuality: Bool { measuresQuality || minimumQuality > 0 }

    /// The faces that are good enough, and the others.
    ///
    /// - Throws: `lowQuality` when there are faces and none of them is.
    func gate(_ faces: [AlignedFace]) throws(DeepFaceError) -> (faces: [AlignedFace], rejected: [RejectedFace]) {
        guard minimumQuality > 0 else { return (faces, []) }
        var (kept, rejected): ([AlignedFace], [RejectedFace]) = ([], [])
        for face in faces {
            if let quality = face.quality, !admits(face) {
                rejected.append(RejectedFace(face, quality, bar: minimumQuality))
            } else {
                kept.append(face)
            }
        }
        if kept.isEmpty, !rejected.isEmpty { throw .allRejected(rejected) }
        return (kept, rejected)
    }

    /// Whether a face is good enough, as far as its quality is known.
    func admits(_ face: AlignedFace) -> Bool { face.quality.map { $0.score >= minimumQuality } ?? true }
}

extension ArraySlice<Float> {
    /// The embedding's length, four decimals.
    var norm: Double { reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot().rounded(toPlaces: 4) }
}
