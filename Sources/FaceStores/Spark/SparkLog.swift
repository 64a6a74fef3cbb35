import DeepFace
import Foundation

/// What Spark printed.
package struct SparkLog {
    private let url: URL
    private let lines: [Substring]

    package init(_ url: URL) { self.init(url, (try? String(contentsOf: url, encoding: .utf8)) ?? "") }

    package init(_ url: URL, _ text: String) {
        self.url = url
        lines = text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
    }

    /// Why a job failed: its innermost cause, in a line.
    package var failure: DeepFaceError {
        let reason = String((reason ?? "it says nothing").trimmingCharacters(in: .whitespaces).prefix(400))
        if lines.contains(where: { $0.contains("No space left on device") }) {
            return DeepFaceError(
                .unwritableOutput, "the disk is full that Spark writes to", input: url.path,
                advice: "free some space, or name another folder with --work, and in SPARK_LOCAL_DIRS")
        }
        return DeepFaceError(
            .engine, "the Spark job failed: \(reason)", input: url.path, advice: "the file has all that it printed")
    }

    /// The last cause, else the last exception, else the last line.
    private var reason: Substring? {
        let spoken = lines.filter { !$0.hasPrefix("\tat ") && !$0.hasPrefix("\t...") }
        let cause = spoken.last { $0.hasPrefix("Caused by: ") }
        return cause?.dropFirst("Caused by: ".count)
            ?? spoken.last { $0.contains(/^\[[A-Z_.]+\]|(?:Exception|Error):/) } ?? spoken.last
    }
}
