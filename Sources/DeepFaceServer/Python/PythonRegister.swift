import DeepFace
import FaceStores
import Foundation

extension Route {
    static let pythonRegister = Route(
        .post, "/register", .role(.write), style: .python(doing: "registering")
    ) { call in
        let python = try await PythonCall(call)
        let store = try PythonStore(python)
        let image = try await python.image("img")
        let name = try python.form.text("img_name") ?? image.registeredName
        let file = try await call.backend.deepface.photoFile(image)
        var registration = Registration()
        registration.collection = store.collection
        let photo = PhotoToRegister(.data(file, name: ImageIntake.displayName(name)))
        let added = try await call.backend.work {
            try await call.backend.deepface.register(
                [photo], in: store.searcher.store, registration, options: store.options)[0].get()
        }
        return try Reply.json(["inserted": added.count { $0.isNew }])
    }
}

extension ImageSource {
    /// What the photo is called where nobody said: its own name where it has one, as Python, else a random one.
    fileprivate var registeredName: String {
        let isNamed = [".jpg", ".jpeg", ".png"].contains { name.lowercased().hasSuffix($0) }
        return isNamed ? name : UUID().uuidString.lowercased()
    }
}
