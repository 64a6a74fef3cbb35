import ArgumentParser
import DeepFace
import FaceStores
import Foundation

/// What every command that uses a store takes.
struct StoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The store: \(StoreRegistry.all.map { $0.addressForm }.joined(separator: ", ")). (default: what \
            DEEPFACE_DATABASE_TYPE and DEEPFACE_CONNECTION_DETAILS, DEEPFACE_POSTGRES_URI or DEEPFACE_MILVUS_URI say, else \
            sqlite:~/.deepface/faces.db)
            """, valueName: "url"))
    var store: String?

    @Option(help: "The collection: faces that were all embedded in the same way.")
    var collection = "default"

    @Option(
        help: ArgumentHelp(
            """
            File with the key of encrypted collections: 32 bytes in base64 or hexadecimal digits. (default: the key in \
            DEEPFACE_STORE_KEY)
            """, valueName: "file"))
    var keyFile: String?

    /// - Parameter creates: whether the store is made if it is not there.
    func open(creates: Bool = false) async throws(DeepFaceError) -> any FaceStore {
        try await StoreRegistry.open(try Self.address(store), key: try Self.key(keyFile), creates: creates)
    }

    /// The address that was given, that of Python's environment variables, or the standard one.
    static func address(_ text: String?) throws(DeepFaceError) -> StoreAddress {
        if let text { return try StoreAddress(text) }
        if let named = try StoreAddress.python() { return named }
        return .standard
    }

    /// The collection, which must be there.
    func collection(of store: any FaceStore) async throws(DeepFaceError) -> FaceCollection {
        try await store.known(collection)
    }

    /// The key in a file; where none is named, that in `DEEPFACE_STORE_KEY`.
    static func key(_ keyFile: String?) throws(DeepFaceError) -> StoreKey? {
        if let keyFile {
            guard let text = try? String(contentsOfFile: keyFile, encoding: .utf8) else {
                throw DeepFaceError(.unreadableInput, "the key file cannot be read", input: keyFile)
            }
            return try StoreKey(text)
        }
        guard let text = ProcessInfo.processInfo.environment["DEEPFACE_STORE_KEY"], !text.isEmpty else { return nil }
        return try StoreKey(text)
    }
}

extension FaceStore {
    /// The collection of this name.
    ///
    /// - Throws: `notFound`.
    func known(_ collection: String) async throws(DeepFaceError) -> FaceCollection {
        if let found = try await self.collection(named: collection) { return found }
        let names = try await collections().map(\.name)
        throw DeepFaceError(
            .notFound, "the store has no such collection", input: collection,
            advice: names.isEmpty ? "register faces first" : "choose one of \(names.joined(separator: ", "))")
    }
}

/// What commands take that only look into a store.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print a table for people instead of JSON.")
    var pretty = false

    @Flag(help: "Print an error as JSON on standard output too.")
    var jsonErrors = false
}
