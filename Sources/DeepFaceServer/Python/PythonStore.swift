import DeepFace
import FaceStores
import Foundation
import Hummingbird

/// Registered faces as Python's routes know them: a collection for each way of embedding.
///
/// Whether embeddings are brought to length 1 is no matter of keeping here: `euclidean` of such is `euclidean_l2`.
struct PythonStore {
    let options: Options
    let isNormalized: Bool
    let collection: String
    let searcher: FaceSearcher

    /// - Throws: `no_store`.
    init(_ python: PythonCall) throws {
        guard let searcher = python.backend.searcher else { throw Problem.noPythonStore }
        self.searcher = searcher
        var options = try python.options()
        isNormalized = try python.form.bool("l2_normalize") ?? false
        if isNormalized, options.metric == .euclidean { options.metric = .euclideanL2 }
        self.options = options
        var words = [
            options.model.name, options.detector.name, options.alignment == .eyes ? "aligned" : "unaligned",
        ]
        if options.normalization != .base { words.append(options.normalization.rawValue) }
        if options.expand != 0 { words.append("expand \(options.expand)") }
        collection = words.joined(separator: " ")
    }

    /// - Throws: `not_found` when nothing was registered in this way.
    func registered() async throws -> FaceCollection {
        guard let found = try await searcher.store.collection(named: collection) else {
            throw DeepFaceError(.notFound, "nobody is registered with these settings", input: collection)
        }
        return found
    }
}

extension Problem {
    /// Python's words.
    static let noPythonStore = Problem(
        .internalServerError, "no_store",
        "Database connection details must be provided in `DEEPFACE_CONNECTION_DETAILS` environment variables")
}
