import Foundation
import Inference

/// A network and how it is used: it takes a batch of inputs and gives `length` numbers for each.
struct NetworkUse<Input: Sendable>: Sendable {
    let stored: StoredNetwork
    let length: Int
    let tensor: @Sendable ([Input]) -> Tensor
}

extension DeepFace {
    /// Finds the faces of each photo and runs networks on them: all faces of all photos through a network together. One
    /// photo's failure leaves the others' results as they are; missing weights fail all before any photo is looked at.
    ///
    /// - Parameters:
    ///   - prepare: a face's input for each network. Only that is kept of its photo.
    ///   - result: of a face without its picture, and each network's numbers.
    func read<Input: Sendable, Output: Sendable>(
        _ photos: [ImageSource], with networks: [NetworkUse<Input>], for purpose: Purpose, options: Options,
        prepare: @escaping @Sendable (AlignedFace, Image) throws(DeepFaceError) -> [Input],
        result: (FoundFace, [ArraySlice<Float>]) -> Output
    ) async -> [Result<PhotoFaces<Output>, DeepFaceError>] {
        let ready = await outcome { () async throws(DeepFaceError) in
            let finder = try await self.finder(purpose, options)
            for use in networks { _ = try await self.network(use.stored) }
            return finder
        }
        guard case .success(let finder) = ready else {
            return photos.map { _ in ready.map { _ in PhotoFaces(faces: []) } }
        }
        let found = await faces(of: photos, with: finder) { face, photo throws(DeepFaceError) in
            try face.refuseSpoof()
            return (inputs: try prepare(face, photo), face: FoundFace(face))
        }
        let rows = await outcome { () async throws(DeepFaceError) in
            let faces = found.compactMap { try? $0.get() }.flatMap(\.faces)
            var rows: [[ArraySlice<Float>]] = []
            for (index, use) in networks.enumerated() {
                rows.append(
                    try await self.run(use.stored, length: use.length, on: faces.map { $0.inputs[index] }, use.tensor))
            }
            return rows
        }
        var next = 0
        return found.map { photo in
            photo.flatMap { photo in
                rows.map { rows in
                    photo.map { face in
                        defer { next += 1 }
                        return result(face.face, rows.map { $0[next] })
                    }
                }
            }
        }
    }
}

/// What is told of a face besides what networks read.
struct FoundFace: Sendable {
    let area: FacialArea
    /// How sure the detector is, two decimals.
    let confidence: Double
    let quality: FaceQuality?

    init(_ face: AlignedFace) {
        (area, confidence, quality) = (face.area, face.score.rounded(toPlaces: 2), face.quality)
    }
}
