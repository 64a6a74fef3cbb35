import ArgumentParser
import DeepFace
import Foundation

extension Models {
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what there is to know about a recognition model.",
            discussion: "EXAMPLE\n  deepface models show ArcFace --pretty")

        @Argument(help: ArgumentHelp("A recognition model, or onnx:PATH.", valueName: "name"))
        var name: String

        @Flag(help: "Print a table for people instead of JSON.") var pretty = false
        @Flag(help: "Print an error as JSON on standard output too.") var jsonErrors = false

        func run() async throws {
            let facts = Facts(try RecognitionRegistry.model(named: name))
            if pretty { try Output.print(table: facts.table) } else { try Output.print(facts, spread: true) }
        }

        private struct Facts: Encodable {
            let name, summary, trainedOn: String
            let dimensions: Int
            let align: Alignment
            let metric: DistanceMetric
            let thresholds: [String: Double]
            /// Percent.
            let lfw: Double?
            let files: [String]
            let licences: [String]

            enum CodingKeys: String, CodingKey {
                case name, summary, dimensions, align, metric, thresholds, lfw, files, licences
                case trainedOn = "trained_on"
            }

            init(_ model: RecognitionModel) {
                name = model.name
                summary = model.summary
                trainedOn = model.training
                dimensions = model.dimensions
                align = model.alignment
                metric = model.metric
                let known = DistanceMetric.allCases.compactMap { metric in
                    model.thresholds[metric].map { (metric.rawValue, $0) }
                }
                thresholds = Dictionary(uniqueKeysWithValues: known)
                lfw = model.lfw
                files = model.files.map(\.name)
                licences = Set(model.files.map(\.licence)).sorted()
            }

            var table: [[String]] {
                let thresholds = thresholds.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
                return [
                    ["model", name], ["what", summary], ["trained on", trainedOn],
                    ["default alignment", align.rawValue],
                    ["default metric", metric.rawValue], ["thresholds", thresholds.joined(separator: ", ")],
                    ["LFW, as published", lfw.map { "\($0) %" } ?? "-"], ["weights", files.joined(separator: ", ")],
                    ["licence", licences.joined(separator: ", ")],
                ]
            }
        }
    }
}
