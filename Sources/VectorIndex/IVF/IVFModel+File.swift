import Foundation

extension IVFModel {
    static let kind = "ivf model"

    func write(to folder: URL) throws(VectorIndexError) {
        try IndexFile.write(to: folder.appending(path: settings.name), kind: Self.kind) {
            (file) throws(VectorIndexError) in
            try file.section("settings", json: settings)
            try file.section("mean", mean)
            try file.section("regions", topCentroids)
            try file.section("lists", centroids)
        }
    }

    /// Opens what `write` wrote; all of it is checked.
    ///
    /// - Throws: `unreadable`, `damaged`.
    convenience init(opening name: String, in folder: URL) throws(VectorIndexError) {
        let file = try IndexFile(opening: folder.appending(path: name), kind: Self.kind)
        try file.verify()
        let settings = try file.value("settings", as: Settings.self)
        guard settings.name == name, (1...1 << 20).contains(settings.dimensions), (2...8).contains(settings.bits),
            (1...1 << 20).contains(settings.tops), settings.branches.allSatisfy({ (1...1 << 20).contains($0) }),
            settings.alphaStep > 0, settings.offsetStep > 0, settings.byteScale > 0
        else { throw file.damaged("has settings that cannot be") }
        let width = settings.width
        self.init(
            settings: settings,
            mean: Array(try file.section("mean", of: Float.self, count: settings.dimensions)),
            topCentroids: Array(try file.section("regions", of: Float.self, count: settings.tops * width)),
            centroids: Array(try file.section("lists", of: Float.self, count: settings.lists * width)))
    }
}
