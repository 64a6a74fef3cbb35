import DeepFace
import Foundation
import Testing

/// The report's page and tables.
struct ReportTests {
    private static let nasty = "<script>alert('x')</script>\" onerror=\"&.jpg"

    private var report: EvaluationReport {
        let pairs = [
            LabelledPair(Self.nasty, "a.jpg", same: true), LabelledPair(Self.nasty, "javascript:alert(1)", same: false),
            LabelledPair("a.jpg", "none, \"quoted\".jpg", same: true), LabelledPair("a.jpg", "b.jpg", same: false),
        ]
        let places: [String: Float?] = [
            Self.nasty: 0, "a.jpg": 5, "javascript:alert(1)": 0.1, "none, \"quoted\".jpg": nil, "b.jpg": 9,
        ]
        return EvaluationReport(
            pairs: pairs, folds: Folds(pairs), photos: 5, results: [MadeUpEvaluation.result(pairs, places)],
            skipped: [EvaluationReport.Skipped(model: "<i>", detector: "x", align: .eyes, reason: "<b>why</b>")])
    }

    private func page(times: Bool = true) -> String {
        HTMLReport(
            report, images: URL(fileURLWithPath: "/data/photos"), folder: URL(fileURLWithPath: "/data/out/report"),
            times: times
        ).page
    }

    @Test func namesCannotBecomeMarkup() {
        let page = page()
        #expect(!page.contains("<script") && !page.contains("<b>why") && !page.contains("<i>"))
        #expect(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot; onerror=&quot;&amp;.jpg"))
        #expect(!page.contains("href=\"javascript") && !page.contains("http"))
        // Links lead from the report's folder to the photos.
        #expect(page.contains("href=\"./../../photos/javascript%3Aalert%281%29\""))
        for link in page.matches(of: /href="([^"]*)"/) {
            #expect(link.output.1.hasPrefix("./../../photos/") || link.output.1.hasPrefix("#r"))
        }
    }

    /// The page as XML, once what XML does not know is taken out.
    @Test func elementsAreClosed() throws {
        let page = page().replacing("<!DOCTYPE html>", with: "")
            .replacing(/<meta [^>]*>/, with: "").replacing("<br>", with: "").replacing(" open>", with: ">")
        var open: [Substring] = []
        for tag in page.matches(of: /<(\/?)([a-z0-9]+)([^>]*?)(\/?)>/) {
            if !tag.output.4.isEmpty { continue }
            if tag.output.1.isEmpty { open.append(tag.output.2) } else { #expect(open.popLast() == tag.output.2) }
        }
        #expect(open.isEmpty)
        #expect(!page.contains("nan") && !page.contains("inf\""))
    }

    @Test func timesCanBeLeftOut() throws {
        #expect(page().contains("250 ms") && !page(times: false).contains(" ms<"))
        let encoder = JSONEncoder()
        let with = try String(decoding: encoder.encode(ReportDocument(report, curves: true)), as: UTF8.self)
        let without = try String(decoding: encoder.encode(ReportDocument(report, times: false)), as: UTF8.self)
        #expect(with.contains("\"seconds_per_photo\":0.25") && with.contains("\"roc\":[[null,0,0]"))
        #expect(!without.contains("seconds") && !without.contains("\"roc\""))
        // Two pairs of different people cannot show a rate of a tenth.
        #expect(without.contains("\"far\":0.1") && without.contains("\"tar\":null"))
    }

    @Test func tables() {
        let lines = ReportTables.pairs(report).split(separator: "\n")
        #expect(lines.count == 5)
        #expect(
            lines[3].contains(",a.jpg,\"none, \"\"quoted\"\".jpg\",") && lines[3].hasSuffix(",same,,0.6,different,no"))
        #expect(lines[4].hasSuffix(",different,4.0,0.6,different,yes"))
        let rows = ReportTables.combinations(report, times: true).split(separator: "\n")
        #expect(rows.count == 2)
        let cells = zip(rows[0].split(separator: ","), rows[1].split(separator: ",", omittingEmptySubsequences: false))
        let row = Dictionary(uniqueKeysWithValues: cells.map { (String($0), String($1)) })
        // Right: only the last pair.
        #expect(row["accuracy"] == "0.25" && row["pairs_without_face"] == "1" && row["tar_at_far_0.1"] == "")
        #expect(abs((row["accuracy_with_faces"].flatMap(Double.init) ?? 0) - 1.0 / 3) < 1e-5)
    }

    @Test func aFolderThatCannotBeIsRefusedAtOnce() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "file-\(UUID().uuidString)")
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let error = #expect(throws: DeepFaceError.self) { try ReportFolder(file.appending(path: "report")) }
        #expect(error?.code == .unwritableOutput)
    }
}
