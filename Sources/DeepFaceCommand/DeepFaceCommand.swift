import ArgumentParser

@main
struct DeepFaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deepface",
        abstract:
            "Face recognition: find faces and people, read faces, turn them into embeddings, judge whether they are one person.",
        discussion: """
            An image is a path, - (standard input), a data:image/…;base64, string, or an http(s) address. Results are \
            JSON on standard output; everything else goes to standard error.

            EXIT STATUS
              0 done              2 wrong usage            3 no face found
              4 spoof detected    5 unreadable input       6 weights missing or damaged
              7 store unreachable or inconsistent
              1 anything else (verify --exit-status: different people)

            FIRST STEPS
              deepface models pull Dlib mtcnn
              deepface verify a.jpg b.jpg --pretty
              deepface find a.jpg album --pretty
              deepface doctor
            """,
        version: version,
        subcommands: [
            Verify.self, Find.self, Represent.self, Analyze.self, Extract.self, StreamVideo.self, Register.self,
            Search.self, MatchCollections.self, Cluster.self, People.self, Index.self, Import.self, Export.self,
            Copy.self, Serve.self, Keys.self, Protect.self, Evaluate.self, EnsembleCommand.self, Models.self,
            Doctor.self,
        ])

    static let version = "0.1.0"

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            leave(with: error)
        }
    }
}
