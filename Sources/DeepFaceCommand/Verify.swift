import ArgumentParser
import DeepFace
import FaceStores
import Foundation

struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Judge whether two photos show the same person, or a photo a registered one.",
        discussion: """
            The distance is that of the two closest faces, one of each photo. It is the same person when the distance \
            is at most the threshold. With --person the photo is compared with that person's registered faces; nobody \
            else's are looked at.

            EXAMPLES
              deepface verify a.jpg b.jpg
              deepface verify a.jpg b.jpg --pretty --annotate verdict.png
              cat a.jpg | deepface verify - b.jpg --detector dlib --metric cosine
              deepface verify a.jpg b.jpg --align eyes --metric cosine   # as Python
              deepface verify a.jpg --person Alice --store sqlite:team.db
              deepface verify a.jpg b.jpg --threshold @threshold.json    # of: deepface evaluate --calibrate
              deepface verify a.jpg b.jpg --ensemble ensemble.json       # of: deepface ensemble train
            """)

    @Argument(help: ArgumentHelp("The first photo.", valueName: "img1"))
    var first: String

    @Argument(help: ArgumentHelp("The second photo.", valueName: "img2"))
    var second: String?

    @Option(help: ArgumentHelp("Instead of a second photo: a person registered in a store.", valueName: "name"))
    var person: String?

    @Option(
        help: ArgumentHelp(
            "Judge by this ensemble, of: deepface ensemble train; --threshold is a probability then.",
            valueName: "file"))
    var ensemble: String?

    @OptionGroup var store: StoreOptions

    @OptionGroup var shared: SharedOptions

    @OptionGroup var verdict: VerdictOptions

    @Option(help: ArgumentHelp("Write both photos with faces and verdict drawn on, as a PNG.", valueName: "out.png"))
    var annotate: String?

    @Flag(help: "Exit with 1 when they are different people.")
    var exitStatus = false

    func validate() throws {
        guard (second == nil) != (person == nil) else {
            throw ValidationError("give a second photo, or a registered person with --person")
        }
        if first == "-", second == "-" { throw ValidationError("only one photo can come from standard input") }
        if annotate != nil, second == nil { throw ValidationError("--annotate draws two photos") }
        if ensemble != nil {
            if second == nil { throw ValidationError("--ensemble compares two photos") }
            if annotate != nil { throw ValidationError("--annotate draws one model's verdict, not an ensemble's") }
            try EnsembleOption.check(shared, verdict)
        }
        try FaceOptions.refuse(annotate, over: [first] + [second].compactMap(\.self))
    }

    func run() async throws {
        let verified = try await verified()
        if exitStatus, !verified { throw ExitCode(1) }
    }

    /// Prints the verdict, and tells it.
    private func verified() async throws -> Bool {
        if let ensemble, let second {
            return try await EnsembleOption(file: ensemble, shared: shared).compare(first, second, verdict)
        }
        let deepface = try shared.deepface()
        let options = try verdict.options(of: deepface, shared)
        if let second { return try await compare(deepface, options, second) }
        return try await compare(deepface, options, person: person ?? "")
    }

    /// Prints the verdict on two photos, and tells it.
    private func compare(_ deepface: DeepFace, _ options: Options, _ second: String) async throws -> Bool {
        try await shared.tellPrecision(of: deepface, on: [first, second])
        let sources = (try ImageSource(argument: first), try ImageSource(argument: second))
        let result = try await Progress.waiting("comparing") {
            try await deepface.verify(sources.0, sources.1, options: options)
        }
        if let annotate {
            let photos = (try await deepface.photo(sources.0), try await deepface.photo(sources.1))
            try AtomicFile.write(
                VerdictPicture.draw(result, photos.0, photos.1).png(), to: URL(fileURLWithPath: annotate))
        }
        if shared.faces.pretty {
            try Output.print(table: result.table(first, second))
        } else {
            try Output.print(result, spread: true)
        }
        return result.verified
    }

    /// Prints the verdict on a photo and a registered person, and tells it.
    private func compare(_ deepface: DeepFace, _ options: Options, person: String) async throws -> Bool {
        let store = try await self.store.open()
        let collection = try await self.store.collection(of: store)
        let known = try await store.known(person, in: collection)
        try await shared.tellPrecision(of: deepface, on: [first])
        let source = try ImageSource(argument: first)
        let result = try await Progress.waiting("comparing") {
            try await deepface.verify(source, person: known, in: collection, of: store, options: options)
        }
        if shared.faces.pretty {
            try Output.print(
                table: [["person", result.person]] + result.verification.table(first, result.sample.image))
        } else {
            try Output.print(result, spread: true)
        }
        return result.verification.verified
    }
}

extension Verification {
    fileprivate func table(_ first: String, _ second: String) -> [[String]] {
        func place(_ area: FacialArea) -> String { "\(area.w) x \(area.h) at (\(area.x), \(area.y))" }
        return [
            ["verdict", verified ? "same person" : "different people"],
            ["distance", "\(distance) (\(similarityMetric.rawValue)), threshold \(threshold)"],
            ["confidence", "\(confidence) %"],
            ["model", "\(model), \(detectorBackend), alignment by \(align.rawValue)"],
            ["face in \(first)", place(facialAreas.img1)],
            ["face in \(second)", place(facialAreas.img2)],
            ["time", "\(time) s"],
        ]
    }
}
