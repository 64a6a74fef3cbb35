import ArgumentParser
import DeepFace
import Foundation
import RemoteSources

extension FaceOptions {
    /// What the pipeline is made with.
    func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.fetcher = HTTPImageFetcher()
        configuration.precision = precision
        configuration.checksDigests = !anyWeights
        if let threads { configuration.threads = threads }
        return configuration
    }

    /// Refuses outputs that are the input.
    static func refuse(_ outputs: [String], over input: String) throws {
        for output in outputs
        where URL(fileURLWithPath: output).resolvingSymlinksInPath().path
            == URL(fileURLWithPath: input).resolvingSymlinksInPath().path
        {
            throw ValidationError("\(output) is the input, and would be written over")
        }
    }
}
