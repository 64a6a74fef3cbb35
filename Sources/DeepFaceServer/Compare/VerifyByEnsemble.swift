import DeepFace
import Ensemble
import Hummingbird

extension Call {
    /// What an ensemble says on two photos.
    func verdict(_ form: Form, of name: String) async throws -> Response {
        guard let ensemble = backend.ensembles[name] else {
            let known = backend.ensembles.keys.sorted().joined(separator: ", ")
            throw Problem.invalid(
                "no ensemble is called '\(name.prefix(100))'; "
                    + (known.isEmpty ? "the server was started without one" : "there are \(known)"))
        }
        for field in ["model", "detector", "align", "normalization", "expand", "metric"] {
            guard let value = form[field], value != .json(.null) else { continue }
            throw Problem.invalid("\(field) does not go with an ensemble, which says how faces are found and compared")
        }
        let look = try look(form, backend.deepface.options)
        let threshold = try form.number("threshold")
        let first = try await backend.images.source("image1", of: form)
        let second = try await backend.images.source("image2", of: form)
        return try Reply.json(
            await backend.work {
                try await ensemble.verify(first, second, look: look, threshold: threshold)
            })
    }
}
