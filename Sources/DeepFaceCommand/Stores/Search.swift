import ArgumentParser
import DeepFace
import FaceStores
import Foundation

struct Search: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find the people of a photo among those registered in a store.",
        discussion: """
            Prints, for each face of the photo, a list of registered faces, nearest first; for several photos a line \
            each: {"img": …, "results": […]}. The settings must be those that the faces were registered with.

            Without --ann the neighbours are the true ones. With it the index of `deepface index build` answers, which \
            may pass over one in a hundred, or as its --recall says.

            --where looks only at faces that were registered with --attributes and meet all conditions: age=20-29, \
            age<40, gender=woman, emotion!=sad, race='middle eastern'. A face whose attribute was read wrongly is missed, \
            and one without attributes too.

            EXAMPLES
              deepface search who.jpg
              deepface search who.jpg -k 3 --pretty
              deepface search who.jpg --among Alice --among Bob
              deepface search who.jpg --store sqlite:team.db --ann
              deepface search who.jpg --where "gender=woman age<40"
            """)

    @Argument(help: ArgumentHelp("The photos.", valueName: "img"))
    var images: [String]

    @Option(
        name: .short,
        help: ArgumentHelp(
            "At most so many matches a face. (default: all within the threshold; with --similarity-search 20)",
            valueName: "n"))
    var k: Int?

    @Flag(help: "The nearest, even those beyond the threshold.")
    var similaritySearch = false

    @Flag(help: "Let the approximate index answer, where there is one.")
    var ann = false

    @Option(help: ArgumentHelp("Only this person's faces count. May be repeated.", valueName: "name"))
    var among: [String] = []

    @Option(help: ArgumentHelp("Only faces whose attributes meet these conditions.", valueName: "conditions"))
    var `where`: String?

    @OptionGroup var verdict: VerdictOptions

    @OptionGroup var store: StoreOptions
    @OptionGroup var shared: SharedOptions

    func validate() throws {
        if let k, k < 1 { throw ValidationError("-k is a number from 1") }
    }

    func run() async throws {
        let filter = try self.where.map { text throws(DeepFaceError) in try AttributeFilter(text) }
        let store = try await store.open()
        let collection = try await self.store.collection(of: store)
        let deepface = try shared.deepface()
        let options = try verdict.options(of: deepface, shared)
        var search = RegisteredSearch()
        search.limit = k
        search.beyondThreshold = similaritySearch
        search.approximate = ann
        search.filter = filter
        if !among.isEmpty {
            var people: [Person] = []
            for name in among { people.append(try await store.known(name, in: collection)) }
            search.people = people
        }
        let searcher = FaceSearcher(store)
        try await PhotoStream(images: images, pretty: shared.faces.pretty).run { [search] photos in
            await deepface.searchPhotos(photos, in: collection, with: searcher, search, options: options)
                .map { result in result.map { photo in photo.map(\.matches) } }
        } row: { (rows: [RegisteredMatch]) in
            rows.first.map {
                ["\($0.source.w) x \($0.source.h)", $0.person, "\($0.distance)", "\($0.confidence) %", $0.image]
            } ?? ["nobody"]
        }
    }
}

extension FaceStore {
    /// The person of this name.
    ///
    /// - Throws: `notFound`.
    func known(_ name: String, in collection: FaceCollection) async throws(DeepFaceError) -> Person {
        guard let person = try await person(named: name, in: collection) else {
            throw DeepFaceError(.notFound, "nobody is called so", input: name, advice: "see: deepface people list")
        }
        return person
    }
}
