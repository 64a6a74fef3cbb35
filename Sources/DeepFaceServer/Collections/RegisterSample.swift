import DeepFace
import FaceStores

extension Route {
    static let registerSample = Route(
        .post, "/v1/collections/{collection}/people/{person}/samples", .role(.write)
    ) { call in
        let place = try await CollectionCall(call)
        let person = try call.parameter("person")
        let form = try await call.form()
        let options = try place.options(call, form)
        let image = try await call.backend.images.source("image", of: form)
        var registration = Registration()
        registration.collection = place.collection.name
        registration.keepsPhotos = try form.bool("keep_photo") ?? false
        if let attributes = try form.words("attributes") {
            registration.attributes = try form.attributeModels(attributes)
        }
        let added = try await call.backend.work { [registration] in
            try await call.backend.deepface.registerPhotos(
                [PhotoToRegister(image, person: person)], in: place.store, registration, options: options)[0].get()
        }
        return try Reply.json(RegisteredReply(added), added.faces.contains { $0.isNew } ? .created : .ok)
    }
}
