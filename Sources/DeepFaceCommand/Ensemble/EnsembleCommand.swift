import ArgumentParser

struct EnsembleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ensemble",
        abstract: "Let several models judge together, by what was learned from labelled pairs.",
        discussion: """
            The distances of several models, detectors, alignments and metrics become one probability that two photos show \
            one person, by gradient-boosted trees or logistic regression.

            EXAMPLES
              deepface ensemble train --pairs pairs.csv --images photos --models Dlib,Facenet --output ensemble.json
              deepface ensemble show ensemble.json --pretty
              deepface ensemble verify a.jpg b.jpg --ensemble ensemble.json
              deepface evaluate --pairs others.csv --images photos --ensemble ensemble.json --pretty
            """,
        subcommands: [TrainEnsemble.self, VerifyByEnsemble.self, ShowEnsemble.self, ImportEnsemble.self])
}
