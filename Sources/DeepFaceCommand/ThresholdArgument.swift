import ArgumentParser
import DeepFace

/// `--threshold`: a number, or `@` and a file that `deepface evaluate --calibrate` wrote.
enum ThresholdArgument: ExpressibleByArgument {
    case number(Double)
    case file(String)

    init?(argument: String) {
        if argument.hasPrefix("@"), argument.count > 1 {
            self = .file(String(argument.dropFirst()))
        } else if let number = Double(argument) {
            self = .number(number)
        } else {
            return nil
        }
    }

    /// The threshold for distances that these options give.
    ///
    /// - Throws: `unreadableInput`, and `invalidOption` when the file's threshold was measured with other options.
    func value(_ options: Options, _ configuration: Configuration) throws(DeepFaceError) -> Double {
        switch self {
        case .number(let number): return number
        case .file(let path):
            let calibration = try Calibration(contentsOf: path)
            try calibration.check(options, configuration)
            return calibration.threshold
        }
    }
}
