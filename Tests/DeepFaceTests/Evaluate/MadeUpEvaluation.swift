import DeepFace
import Foundation

/// Results without photos: everybody's embedding is one number, and the distance is the difference.
enum MadeUpEvaluation {
    static func result(
        _ pairs: [LabelledPair], _ places: [String: Float?]
    ) -> EvaluationResult {
        let photos = places.mapValues { place in
            EmbeddedPhoto(
                photo: "", seconds: 0.25, faces: place.map { [[$0]] } ?? [], failure: place == nil ? .noFace : nil)
        }
        return EvaluationResult(
            EmbeddingRecipe(Options()), .dlib, .euclidean, pairs, Folds(pairs), photos, rates: [0.5, 0.1])
    }

    /// Pairs of these distances, and the result over them.
    static func result(same: [Float?], different: [Float?]) -> EvaluationResult {
        var pairs: [LabelledPair] = []
        var places: [String: Float?] = ["zero": 0]
        for (distances, kind) in [(same, true), (different, false)] {
            for (index, distance) in distances.enumerated() {
                let name = "\(kind) \(index)"
                places.updateValue(distance, forKey: name)
                pairs.append(LabelledPair("zero", name, same: kind))
            }
        }
        return result(pairs, places)
    }
}
