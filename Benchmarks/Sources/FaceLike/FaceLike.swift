import CFaceLike
import Dispatch

/// Numbers like a face network's embeddings, without photos: persons, and a few pictures of each.
///
/// Vector `n` of a gallery is of person `n / picturesPerPerson`; the probe of a person is one picture more, which the
/// gallery does not have. Every vector follows from the seed and its index alone, so any part of a billion can be
/// made at any time, on any machine, with the same bits. `Benchmarks/README.md` says what the shapes are fitted to.
public struct FaceLike: Sendable {
    public let dimensions: Int
    public let picturesPerPerson: Int
    let seed: UInt64
    let shape: Shape
    private let tables: Tables

    /// - Parameters:
    ///   - dimensions: a power of two, 8 to 4096.
    ///   - picturesPerPerson: in the gallery; the probe is one more.
    ///   - shape: `nil`: like Dlib's embeddings up to 256 dimensions, like ArcFace's above.
    public init(dimensions: Int = 128, seed: UInt64 = 1, picturesPerPerson: Int = 5, shape: Shape? = nil) {
        precondition((8...4096).contains(dimensions) && dimensions & (dimensions - 1) == 0)
        let shape = shape ?? (dimensions <= 256 ? .dlib : .arcFace)
        (self.dimensions, self.seed, self.picturesPerPerson) = (dimensions, seed, picturesPerPerson)
        (self.shape, tables) = (shape, Tables(dimensions: dimensions, seed: seed, shape: shape))
    }

    /// Whose picture vector `index` is.
    public func person(of index: Int) -> Int { index / picturesPerPerson }

    /// The vectors of the gallery with these indices, row by row.
    public func vectors(_ range: Range<Int>) -> [Float] {
        let indices = Array(range)
        return pictures(
            persons: indices.map { Int64(person(of: $0)) },
            pictures: indices.map { Int32($0 % picturesPerPerson) })
    }

    /// A picture of this person that is not in the gallery.
    public func probe(_ person: Int) -> [Float] { probes([person]) }

    /// A picture of each of these persons that is not in the gallery, row by row.
    public func probes(_ persons: [Int]) -> [Float] {
        pictures(
            persons: persons.map(Int64.init), pictures: persons.map { _ in Int32(picturesPerPerson) })
    }

    /// On all processors when there are many.
    private func pictures(persons: [Int64], pictures: [Int32]) -> [Float] {
        let piece = 8192
        return [Float](unsafeUninitializedCapacity: persons.count * dimensions) { out, filled in
            nonisolated(unsafe) let out = out
            DispatchQueue.concurrentPerform(iterations: (persons.count + piece - 1) / piece) { number in
                let first = number * piece
                let count = min(piece, persons.count - first)
                persons.withUnsafeBufferPointer { persons in
                    pictures.withUnsafeBufferPointer { pictures in
                        tables.withModel(seed: seed, shape: shape) { model in
                            facelike_fill(
                                model, persons.baseAddress! + first, pictures.baseAddress! + first, Int64(count),
                                out.baseAddress! + first * dimensions)
                        }
                    }
                }
            }
            filled = persons.count * dimensions
        }
    }
}
