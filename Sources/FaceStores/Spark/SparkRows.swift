import DeepFace
import Foundation

/// Rows that a job of Spark's has written as JSON: a folder of files, in order.
package struct SparkRows {
    private let folder: URL

    package init(_ folder: URL) { self.folder = folder }

    /// Hands on the rows, a portion at a time.
    ///
    /// - Throws: `engine` when the job did not come to its end, or wrote something else; what `body` throws.
    package func read(_ body: ([MatchedFace]) throws(DeepFaceError) -> Void) throws(DeepFaceError) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        guard names.contains("_SUCCESS") else {
            throw DeepFaceError(.engine, "the Spark job has written no whole result", input: folder.path)
        }
        let decoder = JSONDecoder()
        for name in names.sorted() where name.hasPrefix("part-") {
            let file = folder.appending(path: name)
            var portion: [MatchedFace] = []
            do {
                var lines = LineReader(handle: try FileHandle(forReadingFrom: file), name: file.path)
                while let line = try lines.next() {
                    portion.append(try decoder.decode(Row.self, from: line).face)
                    if portion.count == 1024 {
                        try body(portion)
                        portion = []
                    }
                }
            } catch let error as DeepFaceError {
                throw error
            } catch {
                throw DeepFaceError(.engine, "the Spark job's result is damaged: \(error)", input: file.path)
            }
            try body(portion)
        }
    }

    /// A face without matches has no key for them.
    private struct Row: Decodable {
        let id: Int64
        let person, image: String
        let matches: [MatchedFace.Match]?

        enum CodingKeys: String, CodingKey {
            case id, person, matches
            case image = "img_name"
        }

        var face: MatchedFace { MatchedFace(id: id, person: person, image: image, matches: matches ?? []) }
    }
}
