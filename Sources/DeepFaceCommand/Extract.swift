import ArgumentParser
import DeepFace
import Foundation

struct Extract: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Cut the faces out of photos.",
        discussion: """
            Prints where each face is, and with --out writes each as a PNG: aligned onto the model's template (--align \
            landmarks), or at the size it has in the photo (--align eyes, none). For several photos it prints a line \
            for each, in the order given.

            EXAMPLES
              deepface extract group.jpg --out faces/
              deepface extract group.jpg --align none --annotate found.png
              deepface extract group.jpg --out faces/ --size 512
              deepface extract door.jpg --anti-spoofing
              deepface extract album/*.jpg --quality --pretty
            """)

    @Argument(help: ArgumentHelp("The photos.", valueName: "img"))
    var images: [String]

    @OptionGroup var shared: SharedOptions

    @Option(help: ArgumentHelp("Write the faces into this folder.", valueName: "dir"))
    var out: String?

    @Option(
        help: ArgumentHelp(
            "Side of a face aligned by landmarks, in pixels. (default: the model's)", valueName: "pixels"))
    var size: Int?

    @Flag(help: "Tell how good each face's picture is for recognition, 0 to 1, and why.")
    var quality = false

    @Option(
        help: ArgumentHelp("Write the photo with the faces drawn on, as a PNG; for one photo.", valueName: "out.png"))
    var annotate: String?

    func validate() throws {
        if annotate != nil, images.count > 1 { throw ValidationError("--annotate takes one photo") }
        try FaceOptions.refuse(annotate, over: images)
        if size != nil, let align = shared.faces.align, align != .landmarks {
            throw ValidationError("--size goes with --align landmarks")
        }
    }

    func run() async throws {
        let deepface = try shared.deepface()
        if size != nil, shared.faces.align == nil, deepface.options.model.alignment != .landmarks {
            throw ValidationError(
                "--size goes with alignment by landmarks, which \(deepface.options.model.name) has no template for")
        }
        let (out, size, annotate) = (out, size, annotate)
        var options = deepface.options
        options.measuresQuality = quality
        var taken: Set<String> = []
        try await PhotoStream(images: images, pretty: shared.faces.pretty).run { [options] photos in
            var results: [Result<PhotoFaces<Face>, DeepFaceError>] = []
            for (photo, result) in zip(photos, await deepface.extractPhotos(photos, size: size, options: options)) {
                results.append(
                    await Result.awaiting { () async throws(DeepFaceError) in
                        let shown = try result.get()
                        let faces = shown.faces
                        if let annotate {
                            let drawn = try await deepface.photo(photo).marked(faces.map(\.facialArea))
                            try AtomicFile.write(drawn.png(), to: URL(fileURLWithPath: annotate))
                        }
                        var rows: [Face] = []
                        for (index, face) in faces.enumerated() {
                            let file = out.map { Self.file(in: $0, photo, index, taken: &taken) }
                            if let file { try AtomicFile.write(face.image.png(), to: file) }
                            rows.append(Face(face, file: file?.path))
                        }
                        return PhotoFaces(faces: rows, rejected: shown.rejected)
                    })
            }
            return results
        } row: { face in
            let area = face.facialArea
            let live = face.isReal.map { $0 ? "live" : "not live" }
            let quality = face.quality.map { quality in
                [(["quality \(quality.score)"] + quality.reasons().map(\.rawValue)).joined(separator: ", ")]
            }
            return ["\(area.w) x \(area.h) at (\(area.x), \(area.y))", "\(face.confidence)", live ?? ""]
                + (quality ?? []) + [face.file ?? ""]
        }
    }

    /// `group.jpg`'s second face is `group-2.png`, in place of an earlier run's; of photos with the same name in
    /// several folders each keeps its own.
    private static func file(in folder: String, _ photo: ImageSource, _ index: Int, taken: inout Set<String>) -> URL {
        var stem = "face"
        if case .path(let path) = photo { stem = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent }
        var name = "\(stem)-\(index + 1).png"
        var copy = 2
        while !taken.insert(name).inserted {
            name = "\(stem)-\(index + 1)~\(copy).png"
            copy += 1
        }
        return URL(fileURLWithPath: folder, isDirectory: true).appending(path: name)
    }

    private struct Face: Encodable, Sendable {
        let facialArea: FacialArea
        let confidence: Double
        let isReal: Bool?
        let antispoofScore: Double?
        let quality: FaceQuality?
        let file: String?

        init(_ face: ExtractedFace, file: String?) {
            facialArea = face.facialArea
            confidence = face.confidence
            isReal = face.liveness?.isReal
            antispoofScore = face.liveness?.score
            quality = face.quality
            self.file = file
        }

        enum CodingKeys: String, CodingKey {
            case confidence, quality, file
            case facialArea = "facial_area"
            case isReal = "is_real"
            case antispoofScore = "antispoof_score"
        }
    }
}

extension Result where Failure == DeepFaceError {
    fileprivate static func awaiting(
        _ body: () async throws(DeepFaceError) -> Success
    ) async -> Result {
        do throws(DeepFaceError) {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
