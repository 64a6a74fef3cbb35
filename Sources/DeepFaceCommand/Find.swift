import ArgumentParser
import DeepFace
import Foundation

struct Find: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find the people of a photo in a folder of photos.",
        usage: "deepface find <img> ... <folder> [<options>]",
        discussion: """
            Compares each face of the photo with every face of the folder's photos, and of the folders in it. Prints a \
            list for each face of the photo, with a row for each match, nearest first; person is the sub-folder that \
            the match lies in. For several photos it prints a line for each: {"img": …, "results": […]}, or \
            {"img": …, "error": …} for a photo that failed.

            The first time, all photos of the folder are embedded and kept in a hidden file there. After that only what \
            is new or has changed is: photos that were moved or copied are known again. A run that is stopped goes on \
            where it was. Every combination of model, detector and other settings has a file of its own.

            --where looks only at faces that meet all conditions: age=20-29, age<40, gender=woman, emotion!=sad, \
            race='middle eastern'. What it asks for is read off the folder's faces once, and kept in that file, too. A face \
            whose attribute was read wrongly is missed.

            EXAMPLES
              deepface find a.jpg album
              deepface find a.jpg album --pretty
              deepface find a.jpg b.jpg album -k 1 --similarity-search
              deepface find a.jpg album --where "gender=woman age<40" --age-model ssrnet --gender-model oarriaga
              deepface find a.jpg /media/readonly/album --gallery album.gallery
            """)

    @Argument(
        help: ArgumentHelp("The photos whose people are looked for, then the folder.", valueName: "img> ... <folder"))
    var arguments: [String]

    @OptionGroup var shared: SharedOptions

    @OptionGroup var verdict: VerdictOptions

    @Option(
        name: .customShort("k"), help: ArgumentHelp("At most so many matches a face. (default: all)", valueName: "n"))
    var limit: Int?

    @Flag(help: "Give faces beyond the threshold too: the nearest, however far.")
    var similaritySearch = false

    @Flag(
        inversion: .prefixedNo,
        help: "Whether the folder is looked through for photos that are new, have changed or are gone.")
    var refresh = true

    @Flag(help: "Rows as of Python's batched search: without confidence, and no threshold with --similarity-search.")
    var batched = false

    @Option(
        help: ArgumentHelp("Keep the folder's embeddings in this file. (default: in the folder)", valueName: "file"))
    var gallery: String?

    @Option(
        help: ArgumentHelp(
            """
            File with the key that the gallery is encrypted with: 32 bytes in base64 or hexadecimal digits. (default: the \
            key in DEEPFACE_GALLERY_KEY)
            """, valueName: "file"))
    var galleryKey: String?

    @Flag(help: "With the key, only sign the gallery: changes to it are noticed, and everybody can read it.")
    var gallerySign = false

    @Option(help: ArgumentHelp("Only faces whose attributes meet these conditions.", valueName: "conditions"))
    var `where`: String?

    @OptionGroup var models: AttributeModelOptions

    private var images: [String] { Array(arguments.dropLast()) }
    private var folder: String { arguments[arguments.count - 1] }

    func validate() throws {
        if arguments.count < 2 { throw ValidationError("a photo and a folder are needed") }
        if let limit, limit < 1 { throw ValidationError("-k is a number from 1") }
        if gallerySign, galleryKey == nil, Self.environmentKey == nil {
            throw ValidationError("--gallery-sign needs a key: --gallery-key FILE")
        }
        if arguments.filter({ $0 == "-" }).count > 1 {
            throw ValidationError("only one photo can come from standard input")
        }
    }

    private static var environmentKey: String? {
        let text = ProcessInfo.processInfo.environment["DEEPFACE_GALLERY_KEY"]
        return text.flatMap { $0.isEmpty ? nil : $0 }
    }

    private func seal() throws(DeepFaceError) -> GallerySeal? {
        let kind: GallerySeal.Kind = gallerySign ? .signed : .encrypted
        if let galleryKey { return try GallerySeal(keyFile: galleryKey, kind) }
        guard let text = Self.environmentKey else { return nil }
        return try GallerySeal(key: text, kind)
    }

    func run() async throws {
        let filter = try self.where.map { text throws(DeepFaceError) in try AttributeFilter(text) }
        let models = try models.models(filter?.attributes ?? [])
        let deepface = try shared.deepface()
        let options = try verdict.options(of: deepface, shared)
        try await shared.tellPrecision(of: deepface, on: images)
        var progress = Progress("photos of \(folder)", total: 0)
        defer { progress.clear() }
        var gallery = try await deepface.gallery(
            of: folder, options: options, refresh: refresh, file: gallery.map { URL(fileURLWithPath: $0) },
            seal: seal()
        ) { done, total in progress.show(done, of: total) }
        progress.clear()
        gallery.tellChanges()
        if filter != nil {
            gallery = try await gallery.reading(models) { done, total in progress.show(done, of: total) }
            progress.clear()
        }
        let find = FindOptions(similaritySearch: similaritySearch, limit: limit, filter: filter)
        try await PhotoStream(images: images, pretty: shared.faces.pretty).run { [batched, gallery] photos in
            await gallery.findPhotos(photos, find).map { result in
                batched ? result.map { photo in photo.map { $0.map { $0.asBatched(find) } } } : result
            }
        } rows: { matches in
            matches.isEmpty ? [["nobody"]] : matches.map(\.cells)
        }
    }
}

extension Match {
    fileprivate func asBatched(_ find: FindOptions) -> Match {
        var match = self
        match.confidence = nil
        if find.similaritySearch { match.threshold = nil }
        return match
    }

    fileprivate var cells: [String] {
        [
            identity, "distance \(distance)\(threshold.map { " of \($0)" } ?? "")",
            confidence.map { "\($0) % sure" } ?? "-",
            "\(target.w) x \(target.h) at (\(target.x), \(target.y))",
        ]
    }
}

extension Gallery {
    /// Says on standard error what looking through the folder has changed, and what was left out.
    func tellChanges() {
        guard !changes.isEmpty else { return }
        if let damage = changes.damage {
            printToStandardError("deepface: the gallery was damaged and has been made anew: it \(damage) (\(url.path))")
        }
        if changes.wasUnsealed {
            printToStandardError("deepface: the gallery was not sealed, and has been made anew (\(url.path))")
        }
        var parts = ["\(photoCount) photos with \(faceCount) faces", "\(changes.embedded) embedded"]
        if changes.recognised > 0 { parts.append("\(changes.recognised) known again") }
        if changes.removed > 0 { parts.append("\(changes.removed) gone") }
        if changes.rejected > 0 {
            parts.append("\(changes.rejected) more turned away below --min-quality \(options.minimumQuality)")
        }
        let faceless = photosWithoutFace
        if !faceless.isEmpty {
            let good = options.minimumQuality > 0 ? " good enough" : ""
            parts.append("\(faceless.count) without a face\(good)")
        }
        if !unreadable.isEmpty {
            let shown = unreadable.prefix(3).map { "\($0.path): \($0.reason)" }.joined(separator: "; ")
            parts.append("\(unreadable.count) unreadable (\(shown)\(unreadable.count > 3 ? "; …" : ""))")
        }
        let line = "deepface: gallery of \(folder): \(parts.joined(separator: ", "))"
        printToStandardError(String(line.map { $0.isNewline ? "?" : $0 }))
    }
}
