import Foundation

/// Knows who faces are.
public protocol FaceRecognizer: Sendable {
    /// Who each face is; `nil` for a face like nobody's that is known.
    func recognize(_ faces: [Representation]) async throws(DeepFaceError) -> [Recognition?]
}

extension Gallery: FaceRecognizer {
    /// People are called as the sub-folder that their photo lies in, or as the photo where it lies in none.
    public func recognize(_ faces: [Representation]) async throws(DeepFaceError) -> [Recognition?] {
        try matches(of: faces, FindOptions(limit: 1)).map { matches in
            matches.first.map { match in
                let photo = URL(fileURLWithPath: match.identity).deletingPathExtension().lastPathComponent
                return Recognition(person: match.person ?? photo, distance: match.distance)
            }
        }
    }
}
