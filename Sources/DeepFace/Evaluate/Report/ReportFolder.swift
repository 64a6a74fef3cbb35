import Foundation

/// A folder for an evaluation's report: `index.html`, `report.json`, `report.csv` (a row a combination) and `pairs.csv`
/// (a row a pair and combination).
public struct ReportFolder: Sendable {
    public let url: URL

    /// What is written.
    public static let files = ["index.html", "pairs.csv", "report.csv", "report.json"]

    /// Makes the folder, and makes sure that it can be written to before a long run.
    ///
    /// - Throws: `unwritableOutput`.
    public init(_ url: URL) throws(DeepFaceError) {
        self.url = url
        let probe = url.appending(path: ".write-test-\(ProcessInfo.processInfo.processIdentifier)")
        do throws(DeepFaceError) {
            try AtomicFile.write(Data(), to: probe)
        } catch {
            throw DeepFaceError(error.code, "the report \(error.message)", input: url.path, advice: error.advice)
        }
        try? FileManager.default.removeItem(at: probe)
    }

    /// Writes the report, each file whole or not at all.
    ///
    /// - Parameters:
    ///   - images: the folder that the pairs' photos are in; the page links to them.
    ///   - times: whether to tell how long photos took. Default: true.
    /// - Throws: `unwritableOutput`.
    public func write(_ report: EvaluationReport, images: URL, times: Bool = true) throws(DeepFaceError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        guard let json = try? encoder.encode(ReportDocument(report, times: times, curves: true)) else {
            throw DeepFaceError(.unwritableOutput, "the report has no JSON", input: url.path)
        }
        try AtomicFile.write(json + Data("\n".utf8), to: url.appending(path: "report.json"))
        let texts = [
            "report.csv": ReportTables.combinations(report, times: times),
            "pairs.csv": ReportTables.pairs(report),
            "index.html": HTMLReport(report, images: images, folder: url, times: times).page,
        ]
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
            try AtomicFile.write(Data(text.utf8), to: url.appending(path: name))
        }
    }
}
