import FaceLike
import Foundation
import VectorIndex

/// A gallery and its probes, and the same as files for Python.
struct SearchData: Sendable {
    let gallery: FaceLike
    let count: Int
    let metric: VectorMetric
    /// Whose picture each probe is: spread over the gallery.
    let persons: [Int]
    let probes: VectorBatch

    init(gallery: FaceLike, count: Int, probes: Int) {
        (self.gallery, self.count) = (gallery, count)
        metric = gallery.dimensions <= 256 ? .euclidean : .cosine
        let people = count / gallery.picturesPerPerson
        persons = (0..<probes).map { ($0 * 2 + 1) * people / (2 * probes) }
        self.probes = VectorBatch(dimensions: gallery.dimensions, values: gallery.probes(persons))
    }

    /// Ranges of the gallery, one after the other, of a size that is handy in memory.
    var pieces: some Sequence<Range<Int>> {
        stride(from: 0, to: count, by: 65536).map { $0..<min($0 + 65536, count) }
    }

    /// Writes `gallery.npy`, `probes.npy` and `search.json` into a folder.
    func write(to folder: URL) throws {
        let file = try NumpyFile(folder.appending(path: "gallery.npy"), rows: count, columns: gallery.dimensions)
        for piece in pieces { try file.append(gallery.vectors(piece)) }
        try NumpyFile(folder.appending(path: "probes.npy"), rows: probes.count, columns: gallery.dimensions)
            .append(probes.values)
        struct About: Encodable {
            let persons: [Int]
            let picturesPerPerson: Int
            let metric: VectorMetric
        }
        let about = About(persons: persons, picturesPerPerson: gallery.picturesPerPerson, metric: metric)
        try JSONEncoder().encode(about).write(to: folder.appending(path: "search.json"))
    }
}
