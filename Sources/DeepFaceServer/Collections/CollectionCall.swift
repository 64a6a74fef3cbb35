import DeepFace
import FaceStores
import Hummingbird

/// A request about a collection of registered faces.
struct CollectionCall {
    let searcher: FaceSearcher
    let collection: FaceCollection

    var store: any FaceStore { searcher.store }

    /// - Throws: `not_found` when there is no collection of the name in the path, `no_store`.
    init(_ call: Call) async throws {
        searcher = try call.searcher
        let name = try call.parameter("collection")
        guard let found = try await searcher.store.collection(named: name) else {
            throw Problem.notFound("no collection is called so (\(name))")
        }
        collection = found
    }

    /// The person in the path.
    func person(_ call: Call) async throws -> Person {
        let name = try call.parameter("person")
        guard let person = try await store.person(named: name, in: collection) else {
            throw Problem.notFound("nobody is called so (\(name))")
        }
        return person
    }

    /// The sample in the path.
    func sample(_ call: Call) async throws -> Sample {
        guard let id = Int64(try call.parameter("sample")), id > 0 else {
            throw Problem.invalid("a sample is a whole number from 1")
        }
        guard let sample = try await store.samples([id], of: collection).first else {
            throw Problem.notFound("there is no such sample (\(id))")
        }
        return sample
    }

    /// How the collection's faces were embedded, and what the request says besides.
    func options(_ call: Call, _ form: Form) throws -> Options {
        var options = try call.look(form, Options(collection.recipe))
        if let metric: DistanceMetric = try form.choice("metric") { options.metric = metric }
        if let threshold = try form.number("threshold") { options.threshold = threshold }
        return options
    }
}

extension Call {
    /// - Throws: `no_store`.
    var searcher: FaceSearcher {
        get throws(Problem) {
            guard let searcher = backend.searcher else {
                throw Problem(.serviceUnavailable, "no_store", "this server was started without a store")
            }
            return searcher
        }
    }
}

extension Options {
    /// Options that make embeddings of this recipe.
    ///
    /// - Throws: `invalidOption` when it is of a model or detector that is not known.
    init(_ recipe: EmbeddingRecipe) throws(DeepFaceError) {
        self.init()
        model = try RecognitionRegistry.model(knownAs: recipe.model)
        detector = try DetectorRegistry.detector(named: recipe.detector)
        alignment = recipe.align
        normalization = recipe.normalization
        expand = recipe.expand
        anyRotation = recipe.anyRotation
        landmarks = LandmarkSource(rawValue: recipe.landmarks) ?? .detector
        switch recipe.detectionSize {
        case "full": detectionSize = .full
        case let text: detectionSize = Int(text).map { .longestSide($0) } ?? .automatic
        }
    }
}
