import DeepFace
import Foundation

/// Where registered faces live: collections of people, their samples (a face of a photo each) and the samples' vectors.
///
/// A store keeps and gives back; looking for neighbours is `FaceSearcher`'s work, which follows a store by
/// `vectors(of:after:limit:)` and `removals(of:after:)`. A call that changes something is done as a whole or not at
/// all, and what it has done survives the process.
///
/// All calls throw `storeUnavailable` when the store cannot be reached or is full, and `storeInconsistent` when its
/// content is not what it should be.
public protocol FaceStore: Sendable {
    /// The beginning of its addresses, as `sqlite`.
    static var scheme: String { get }
    /// Other words for the scheme. Default: none.
    static var aliases: [String] { get }
    /// What an address looks like, for people.
    static var addressForm: String { get }
    /// The environment variable in which Python DeepFace expects the address. Default: none.
    static var pythonVariable: String? { get }

    /// Opens the store.
    ///
    /// - Parameters:
    ///   - key: what encrypted collections are encrypted with; not needed for the others.
    ///   - creates: whether the store is made if it is not there; otherwise that is `storeUnavailable`.
    init(_ address: StoreAddress, key: StoreKey?, creates: Bool) async throws(DeepFaceError)

    /// Where the files of indexes may be kept; `nil`: nowhere, indexes stay in memory.
    var indexFolder: URL? { get }

    /// What is wrong with the store's content, a line each; none: it is whole. Reads all of it.
    func problems() async throws(DeepFaceError) -> [String]

    // MARK: Collections

    func collections() async throws(DeepFaceError) -> [FaceCollection]
    /// `nil` where there is none of that name.
    func collection(named name: String) async throws(DeepFaceError) -> FaceCollection?
    /// Makes a collection, or gives back the one of that name that is there already.
    func makeCollection(_ plan: CollectionPlan) async throws(DeepFaceError) -> FaceCollection
    /// Takes a collection away with all that is in it.
    func delete(_ collection: FaceCollection) async throws(DeepFaceError)

    // MARK: Samples

    /// Adds faces, and the people they belong to where those are new. A face that is there already (the same place of
    /// the same photo) stays as it is.
    ///
    /// - Returns: for each face, the sample it has become or was.
    func add(_ faces: [NewFace], to collection: FaceCollection) async throws(DeepFaceError) -> [AddedFace]
    /// The samples of these ids, in their order; those that are not there are left out.
    func samples(_ ids: [Int64], of collection: FaceCollection) async throws(DeepFaceError) -> [Sample]
    func samples(of person: Person, in collection: FaceCollection) async throws(DeepFaceError) -> [Sample]
    /// The samples cut from the photo of this SHA-256.
    func samples(ofPhoto hash: String, in collection: FaceCollection) async throws(DeepFaceError) -> [Sample]
    /// The ids of the samples whose attributes meet all of a filter's conditions, in no order.
    func sampleIDs(
        where filter: AttributeFilter, of collection: FaceCollection
    ) async throws(DeepFaceError) -> [Int64]
    func sampleCount(of collection: FaceCollection) async throws(DeepFaceError) -> Int
    /// The photo a sample was cut from; `nil` where it was not kept.
    func photo(of sample: Sample, in collection: FaceCollection) async throws(DeepFaceError) -> Data?
    /// Those of these photos, named by their SHA-256, that were kept.
    func keptPhotos(_ hashes: Set<String>, in collection: FaceCollection) async throws(DeepFaceError) -> Set<String>
    /// Takes samples away with their vectors, and with the photos no other sample was cut from. Somebody whose last
    /// sample goes, goes too. Ids that are not there are left out.
    func delete(samples ids: [Int64], of collection: FaceCollection) async throws(DeepFaceError)

    // MARK: People

    /// People by name, those after `name`, at most `limit`.
    ///
    /// - Parameter part: only those whose names have it in them, as `NamePart` sees it; `nil`: all.
    func people(
        of collection: FaceCollection, containing part: String?, after name: String?, limit: Int
    ) async throws(DeepFaceError) -> [Person]
    /// Of each of these people, by id, the first sample whose photo was kept; nothing where there is none.
    func portraits(of people: [Person], in collection: FaceCollection) async throws(DeepFaceError) -> [Int64: Int64]
    func peopleCount(of collection: FaceCollection) async throws(DeepFaceError) -> Int
    func person(named name: String, in collection: FaceCollection) async throws(DeepFaceError) -> Person?
    /// - Throws: `invalidOption` when the name is empty or somebody else's.
    func rename(_ person: Person, to name: String, in collection: FaceCollection) async throws(DeepFaceError) -> Person
    /// Takes people away with their samples, vectors and photos.
    func delete(_ people: [Person], of collection: FaceCollection) async throws(DeepFaceError)

    // MARK: Vectors

    /// The vectors of samples after `id`, by id, at most `limit`.
    func vectors(
        of collection: FaceCollection, after id: Int64, limit: Int
    ) async throws(DeepFaceError) -> [StoredVector]
    /// The vectors of these samples, in their order; those that are not there are left out.
    func vectors(_ ids: [Int64], of collection: FaceCollection) async throws(DeepFaceError) -> [StoredVector]
    /// What was taken away after removal `number`, in order.
    func removals(of collection: FaceCollection, after number: Int64) async throws(DeepFaceError) -> Removals

    // MARK: In one go

    /// What a search asks before it looks: `vectors(of:after:limit:)`, and then `removals(of:after:)`. Default: the two.
    func changes(
        of collection: FaceCollection, after id: Int64, removal number: Int64, limit: Int
    ) async throws(DeepFaceError) -> Changes
    /// What it asks of those it has found: `samples(_:of:)` with their vectors. Default: that and `vectors(_:of:)`.
    func faces(_ ids: [Int64], of collection: FaceCollection) async throws(DeepFaceError) -> [StoredFace]
}

extension FaceStore {
    public static var aliases: [String] { [] }
    public static var addressForm: String { "\(scheme)://…" }
    public static var pythonVariable: String? { nil }

    public func changes(
        of collection: FaceCollection, after id: Int64, removal number: Int64, limit: Int
    ) async throws(DeepFaceError) -> Changes {
        let vectors = try await vectors(of: collection, after: id, limit: limit)
        return Changes(vectors: vectors, removals: try await removals(of: collection, after: number))
    }

    public func faces(
        _ ids: [Int64], of collection: FaceCollection
    ) async throws(DeepFaceError) -> [StoredFace] {
        var vectorOf: [Int64: [Float]] = [:]
        for vector in try await vectors(ids, of: collection) { vectorOf[vector.id] = vector.vector }
        return try await samples(ids, of: collection).compactMap { sample in
            vectorOf[sample.id].map { StoredFace(sample: sample, vector: $0) }
        }
    }

    /// People by name, those after `name`, at most `limit`.
    public func people(
        of collection: FaceCollection, after name: String?, limit: Int
    ) async throws(DeepFaceError) -> [Person] {
        try await people(of: collection, containing: nil, after: name, limit: limit)
    }
}
