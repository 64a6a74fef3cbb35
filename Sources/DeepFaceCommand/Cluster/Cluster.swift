import ArgumentParser
import DeepFace
import FaceStores
import Foundation

struct Cluster: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Group the faces of a folder of photos, or of a store, into people.",
        discussion: """
            Prints the people of the folder's photos, and of the folders in it, the one with the most faces first: a \
            number, a name where one is known, and the faces. Two faces of one photo are never one person. People keep \
            their numbers and names when photos come and go. The folder's embeddings are kept in it, as find does.

            With --store people get the names of those registered there. Without a folder the store's own faces are \
            grouped: duplicates are people who seem to be one, misplaced are faces that seem to be somebody else's.

            EXAMPLES
              deepface cluster album --pretty
              deepface cluster album --sheet people.html --links people
              deepface cluster album --store sqlite:team.db
              deepface cluster --store sqlite:team.db --pretty
            """)

    @Argument(help: ArgumentHelp("The folder of photos.", valueName: "folder"))
    var folder: String?

    @Option(help: ArgumentHelp("Fewer faces than this are nobody.", valueName: "n"))
    var minSize = 2

    @Option(help: "Distance: cosine, euclidean, euclidean_l2, angular. (default: the model's own)")
    var metric: DistanceMetric?

    @Option(
        help: ArgumentHelp(
            "Largest mean distance of one person's faces. (default: the model's for the metric)", valueName: "x"))
    var threshold: Double?

    @Flag(help: "Sub-folders are people's names.")
    var folderNames = false

    @Option(help: ArgumentHelp("Make a folder for each person in this one, with links to photos.", valueName: "dir"))
    var links: String?

    @Option(help: ArgumentHelp("Write a page with a row of faces for each person.", valueName: "file.html"))
    var sheet: String?

    @Option(
        help: ArgumentHelp("Keep the folder's embeddings in this file. (default: in the folder)", valueName: "file"))
    var gallery: String?

    @OptionGroup var store: StoreOptions
    @OptionGroup var shared: SharedOptions

    func validate() throws {
        if minSize < 1 { throw ValidationError("--min-size is a number from 1") }
        if let threshold, !(threshold >= 0 && threshold.isFinite) {
            throw ValidationError("--threshold is a number from 0")
        }
        if folder == nil, store.store == nil { throw ValidationError("a folder, or --store, is needed") }
        if folder == nil, links != nil || sheet != nil || gallery != nil || folderNames {
            throw ValidationError("--links, --sheet, --gallery and --folder-names go with a folder")
        }
        if let sheet, !sheet.hasSuffix(".html"), !sheet.hasSuffix(".htm") {
            throw ValidationError("--sheet is a page, whose name ends with .html")
        }
        if shared.faces.antiSpoofing { throw ValidationError("--anti-spoofing is for photos that are looked for") }
        if let sheet, links.map({ sheet.hasPrefix($0 + "/") }) ?? false {
            throw ValidationError("--sheet lies in the folder of --links, which is made anew")
        }
    }

    func run() async throws {
        var clustering = ClusterOptions(leastSize: minSize, threshold: threshold)
        clustering.namesFromFolders = folderNames
        if let folder {
            try await group(folder, clustering)
        } else {
            try await groupStore(clustering)
        }
    }

    private func group(_ folder: String, _ clustering: ClusterOptions) async throws {
        let links = try links.map { path throws(DeepFaceError) in
            try ClusterLinks(URL(fileURLWithPath: path, isDirectory: true), photos: folder)
        }
        let deepface = try shared.deepface()
        var options = deepface.options
        options.metric = metric
        var naming: FaceNaming?
        if store.store != nil {
            let opened = try await store.open()
            let collection = try await store.collection(of: opened)
            naming = try FaceSearcher(opened).naming(by: collection, options, deepface.configuration)
        }
        var bar = Progress("photos of \(folder)", total: 0)
        defer { bar.clear() }
        let gallery = try await deepface.gallery(
            of: folder, options: options, file: gallery.map { URL(fileURLWithPath: $0) }
        ) { done, total in bar.show(done, of: total) }
        bar.clear()
        gallery.tellChanges()
        let compared = SharedProgress("% of the faces compared", total: 100)
        defer { compared.clear() }
        let clusters = try await gallery.clusters(clustering, naming: naming) { compared.show(Int(100 * $0)) }
        compared.clear()
        try links?.write(clusters)
        if let sheet {
            var pages = Progress("photos for \(sheet)", total: 0)
            defer { pages.clear() }
            try await ClusterSheet(clusters, deepface).write(to: URL(fileURLWithPath: sheet)) { done, total in
                pages.show(done, of: total)
            }
        }
        try shared.faces.pretty
            ? Output.print(table: clusters.table) : Output.print(clusters, spread: true)
    }

    private func groupStore(_ clustering: ClusterOptions) async throws {
        let opened = try await store.open()
        let collection = try await store.collection(of: opened)
        let clusters = try await CollectionClusters(of: collection, in: opened, clustering, metric: metric)
        try shared.faces.pretty
            ? Output.print(table: clusters.table) : Output.print(clusters, spread: true)
    }
}

extension FaceClusters {
    fileprivate var table: [[String]] {
        var rows = clusters.map { cluster in
            [
                "\(cluster.id)", cluster.name ?? "-",
                "\(cluster.members.count) face\(cluster.members.count == 1 ? "" : "s")",
                cluster.members.prefix(3).map(\.identity).joined(separator: ", ")
                    + (cluster.members.count > 3 ? ", …" : ""),
            ]
        }
        rows.append(["-", "nobody", "\(unclustered.count) face\(unclustered.count == 1 ? "" : "s")"])
        return rows
    }
}

extension CollectionClusters {
    fileprivate var table: [[String]] {
        var rows = clusters.map { cluster in
            [
                "\(cluster.id)", "\(cluster.members.count) face\(cluster.members.count == 1 ? "" : "s")",
                cluster.people.map { "\($0.person) (\($0.faces))" }.joined(separator: ", "),
            ]
        }
        rows.append(["-", "\(unclustered.count) face\(unclustered.count == 1 ? "" : "s")", "near nobody's"])
        rows += duplicates.map { ["one person?", $0.people.joined(separator: ", ")] }
        rows += misplaced.map { ["misplaced?", "face \($0.id) of \($0.person)", "rather \($0.nearer): \($0.image)"] }
        return rows
    }
}
