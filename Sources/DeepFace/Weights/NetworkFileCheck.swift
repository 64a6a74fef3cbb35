import Foundation

/// The check a network's file must pass before the engine is given it, by what its name ends in, which is what the
/// engine goes by too.
package enum NetworkFileCheck {
    package static func run(_ path: String) throws(WeightFileError) {
        try WeightFileError.naming(path) { () throws(WeightFileError.Reason) in
            let url = URL(fileURLWithPath: path)
            // Mapped: of a large file, few pages are looked at.
            let content: Data
            do { content = try Data(contentsOf: url, options: .alwaysMapped) } catch {
                throw .unreadable(error.localizedDescription)
            }
            guard !content.isEmpty else { throw .empty }
            switch url.pathExtension {
            case "onnx": try ONNXCheck.run(content, folder: url.deletingLastPathComponent())
            case "tflite": try TFLiteCheck.run(content)
            default: throw .notRecognized(expectedFormat: "a network whose name ends in .onnx or .tflite")
            }
        }
    }
}
