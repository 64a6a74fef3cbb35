import ArgumentParser
import DeepFace
import Foundation

/// What the process answers with, as INTERFACE documents it.
enum ExitStatus: Int32 {
    case anythingElse = 1
    case usage = 2
    case noFace = 3
    case spoof = 4
    case unreadableInput = 5
    case weights = 6
    case store = 7

    init(_ code: DeepFaceError.Code) {
        switch code {
        case .invalidOption: self = .usage
        case .noFace, .lowQuality: self = .noFace
        case .spoofDetected: self = .spoof
        case .unreadableInput: self = .unreadableInput
        case .weightsMissing, .weightsDamaged: self = .weights
        case .storeUnavailable, .storeInconsistent, .recipeMismatch: self = .store
        case .notFound, .invalidEmbedding, .unwritableOutput, .engine, .cancelled: self = .anythingElse
        }
    }
}

extension ParsableCommand {
    /// Ends the process the way `error` asks for: one line on standard error, and the exit status of its kind.
    static func leave(with error: any Error) -> Never {
        if let error = error as? DeepFaceError {
            report(error)
            Foundation.exit(ExitStatus(error.code).rawValue)
        }
        if error is ExitCode || exitCode(for: error) == .success { exit(withError: error) }
        guard exitCode(for: error) == .validationFailure else {
            report(DeepFaceError(.engine, "\(error)"))
            Foundation.exit(ExitStatus.anythingElse.rawValue)
        }
        // A wrong command line.
        let words = message(for: error).split(whereSeparator: \.isNewline).joined(separator: " ")
        let sentence = words.hasSuffix(".") ? String(words.dropLast()) : words
        report(DeepFaceError(.invalidOption, sentence, advice: "see: deepface --help"))
        Foundation.exit(ExitStatus.usage.rawValue)
    }

    /// The error as one line, and as JSON where that was asked for.
    static func report(_ error: DeepFaceError) {
        printToStandardError("deepface: \(error)")
        guard CommandLine.arguments.contains("--json-errors") else { return }
        try? Output.print(["error": ErrorDocument(error)])
    }
}

/// An error as JSON.
struct ErrorDocument: Encodable {
    let code, message: String
    let input: String?

    init(_ error: DeepFaceError) {
        (code, message, input) = (error.code.rawValue, error.message, error.input)
    }
}

func printToStandardError(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
}
