import DeepFace
import Foundation

/// The points of a facial area, as a column holds them: a JSON object with the points that were found. Written and read by
/// hand, because an encoder and a decoder take longer than a database for all the rest of the row.
extension FacialArea {
    private static let points: [(name: String, path: WritableKeyPath<FacialArea, [Int]?> & Sendable)] = [
        ("leftEye", \.leftEye), ("mouthLeft", \.mouthLeft), ("mouthRight", \.mouthRight), ("nose", \.nose),
        ("rightEye", \.rightEye),
    ]

    var landmarksJSON: String {
        let parts = Self.points.compactMap { name, path in
            self[keyPath: path].map { "\"\(name)\":[\($0.map(String.init).joined(separator: ","))]" }
        }
        return "{\(parts.joined(separator: ","))}"
    }

    /// - Throws: `storeInconsistent` when it is not what `landmarksJSON` gives.
    mutating func setLandmarks(json: Data) throws(DeepFaceError) {
        if json.elementsEqual("{}".utf8) { return }
        for point in json.dropFirst().split(separator: UInt8(ascii: "]")) {
            let words = point.split(separator: UInt8(ascii: "\""))
            guard let numbers = words.last?.dropFirst(2), let name = words.dropLast().last,
                let path = Self.points.first(where: { name.elementsEqual($0.name.utf8) })?.path
            else { continue }
            self[keyPath: path] = numbers.split(separator: UInt8(ascii: ",")).compactMap {
                Int(String(decoding: $0, as: UTF8.self))
            }
        }
        guard json.elementsEqual(landmarksJSON.utf8) else {
            throw DeepFaceError(.storeInconsistent, "the points of a face are damaged")
        }
    }
}
