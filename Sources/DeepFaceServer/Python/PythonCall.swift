import DeepFace
import Foundation
import Hummingbird
import NIOCore

/// A request of one of Python's routes: its fields, read as Python's server means them.
struct PythonCall {
    let form: Form
    let backend: Backend

    /// - Throws: `missing_image` when there is no body.
    init(_ call: Call, image: String? = nil) async throws {
        backend = call.backend
        guard FormReader.kind(of: call.request) == nil else {
            form = try await call.form(urlEncoded: true)
            return
        }
        // Without a body the defaults count, where they are all that is needed.
        guard call.request.headers[.contentType] == nil else {
            throw Problem.unsupported(
                call.request.headers[.contentType],
                "application/json, multipart/form-data or application/x-www-form-urlencoded")
        }
        if let image {
            throw Problem(
                .badRequest, "missing_image", "'\(image)' not found in request in either json or form data")
        }
        form = Form()
    }

    /// The image of a field.
    func image(_ field: String) async throws -> ImageSource {
        switch form[field] {
        case nil, .json(.null):
            throw Problem(
                .badRequest, "missing_image", "'\(field)' not found in either json or form data request")
        default: return try await backend.images.source(field, of: form)
        }
    }

    /// Python's defaults, and what the request says instead.
    func options() throws -> Options {
        var options = Options()
        options.model = try RecognitionRegistry.model(knownAs: form.text("model_name") ?? "VGG-Face")
        options.detector = try DetectorRegistry.detector(named: form.text("detector_backend") ?? "opencv")
        options.alignment = try form.bool("align") ?? true ? .eyes : Alignment.none
        options.enforceDetection = try form.bool("enforce_detection") ?? true
        options.antiSpoofing = try form.bool("anti_spoofing") ?? false
        options.metric = try form.choice("distance_metric") ?? .cosine
        options.expand = try form.whole("expand_percentage", in: 0...1000) ?? 0
        options.normalization = try form.choice("normalization") ?? .base
        let faces = backend.settings.limits.faces
        options.maximumFaces = min(try form.whole("max_faces", in: 1...1_000_000) ?? faces, faces)
        return options
    }
}

extension RecognitionRegistry {
    /// The model called `name`; a path of the server's own is no name here.
    static func model(knownAs name: String) throws(DeepFaceError) -> RecognitionModel {
        guard !name.lowercased().hasPrefix("onnx:") else {
            throw DeepFaceError(.invalidOption, "models are not loaded from paths here")
        }
        return try model(named: name)
    }
}
