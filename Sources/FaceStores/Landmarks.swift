import DeepFace
import Foundation

/// The points of a facial area, as a column holds them: JSON, with the points that were found.
private struct Landmarks: Codable {
    var leftEye, rightEye, nose, mouthLeft, mouthRight: [Int]?
}

extension FacialArea {
    /// Written by hand: an encoder takes longer than a database for all the rest of the row.
    var landmarksJSON: String {
        let points = [
            ("leftEye", leftEye), ("mouthLeft", mouthLeft), ("mouthRight", mouthRight), ("nose", nose),
            ("rightEye", rightEye),
        ]
        var parts: [String] = []
        for case (let name, let point?) in points {
            parts.append("\"\(name)\":[\(point.map(String.init).joined(separator: ","))]")
        }
        return "{\(parts.joined(separator: ","))}"
    }

    /// - Throws: when it is not what `landmarksJSON` gives.
    mutating func setLandmarks(json: Data) throws {
        if json.count == 2 { return }
        let points = try JSONDecoder().decode(Landmarks.self, from: json)
        (leftEye, rightEye, nose) = (points.leftEye, points.rightEye, points.nose)
        (mouthLeft, mouthRight) = (points.mouthLeft, points.mouthRight)
    }
}
