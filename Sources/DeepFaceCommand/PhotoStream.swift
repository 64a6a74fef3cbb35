import ArgumentParser
import DeepFace
import Foundation

/// Works through the photos of a command line, a handful at a time, and prints each one's result as soon as it is
/// there.
struct PhotoStream {
    let images: [String]
    let pretty: Bool

    /// A photo's line when there are several.
    private struct Line<Face: Encodable>: Encodable {
        let img: String
        var results: [Face]?
        /// Left out where there is none.
        var rejected: [RejectedFace]?
        var error: String?
        /// In place of `error` where errors are wanted as JSON.
        var document: ErrorDocument?

        enum CodingKeys: CodingKey { case img, results, rejected, error }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(img, forKey: .img)
            try container.encodeIfPresent(results, forKey: .results)
            try container.encodeIfPresent(rejected, forKey: .rejected)
            if let document { try container.encode(document, forKey: .error) }
            if document == nil { try container.encodeIfPresent(error, forKey: .error) }
        }
    }

    /// Errors that every photo would meet.
    private static let hopeless: Set<DeepFaceError.Code> = [.weightsMissing, .weightsDamaged, .invalidOption]

    /// Faces that were turned away for their quality are told of on standard error, and in the lines.
    ///
    /// - Parameters:
    ///   - work: the results of photos, in their order.
    ///   - rows: a face's cells in the table for people, in one row or several.
    /// - Throws: after all photos, the first one's error; the others' are reported on their way.
    func run<Face: Encodable & Sendable>(
        _ work: ([ImageSource]) async -> [Result<PhotoFaces<Face>, DeepFaceError>], rows: (Face) -> [[String]]
    ) async throws {
        guard images.filter({ $0 == "-" }).count <= 1 else {
            throw ValidationError("only one photo can come from standard input")
        }
        var progress = Progress("photos", total: images.count)
        var firstFailure: DeepFaceError?
        let handful = 16
        for start in stride(from: 0, to: images.count, by: handful) {
            let names = Array(images[start..<min(start + handful, images.count)])
            let sources = names.map { name in
                Result { () throws(DeepFaceError) in try ImageSource(argument: name) }
            }
            var worked = await work(sources.compactMap { try? $0.get() }).makeIterator()
            for (name, source) in zip(names, sources) {
                let result = source.flatMap { _ in worked.next() ?? .success(PhotoFaces(faces: [])) }
                progress.advance()
                switch result {
                case .success(let photo):
                    let faces = photo.faces
                    if !photo.rejected.isEmpty { progress.clear() }
                    photo.rejected.tell(of: name)
                    if pretty {
                        try Output.print(table: faces.flatMap(rows).map { [name] + $0 })
                    } else if images.count == 1 {
                        try Output.print(faces)
                    } else {
                        try Output.print(
                            Line(
                                img: name, results: faces, rejected: photo.rejected.isEmpty ? nil : photo.rejected))
                    }
                case .failure(let error):
                    if images.count == 1 || Self.hopeless.contains(error.code) { throw error }
                    if firstFailure == nil { firstFailure = error }
                    progress.clear()
                    printToStandardError("deepface: \(error)")
                    let document = CommandLine.arguments.contains("--json-errors") ? ErrorDocument(error) : nil
                    if !pretty { try Output.print(Line<Face>(img: name, error: "\(error)", document: document)) }
                }
            }
        }
        progress.clear()
        if let firstFailure { throw ExitCode(ExitStatus(firstFailure.code).rawValue) }
    }

    /// The same with a row for each face.
    func run<Face: Encodable & Sendable>(
        _ work: ([ImageSource]) async -> [Result<PhotoFaces<Face>, DeepFaceError>], row: (Face) -> [String]
    ) async throws {
        try await run(work, rows: { [row($0)] })
    }
}

extension [RejectedFace] {
    /// Says on standard error which faces of a photo were turned away, and why.
    func tell(of photo: String) {
        for face in self { printToStandardError("deepface: \(face) (\(photo))") }
    }
}
