import ArgumentParser
import DeepFace
import Ensemble

struct ShowEnsemble: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print what is in an ensemble's file, and what was measured when it was trained.")

    @Argument(help: ArgumentHelp("The ensemble.", valueName: "file"))
    var file: String

    @Flag(help: "Print a table for people instead of JSON.")
    var pretty = false

    @Flag(help: "Print an error as JSON on standard output too.")
    var jsonErrors = false

    func run() throws {
        let ensemble = try Ensemble(contentsOf: file)
        if pretty {
            try ensemble.printTables()
        } else {
            try Output.print(EnsembleDescription(ensemble), spread: true)
        }
    }
}
