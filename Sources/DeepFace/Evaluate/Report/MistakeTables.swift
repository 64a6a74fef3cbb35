import Foundation

/// The pairs that one combination judges most wrongly, and the photos it finds no face in.
struct MistakeTables {
    let result: EvaluationResult
    let report: EvaluationReport
    let images, folder: URL

    private static let shown = 10

    var html: String {
        guard let mistakes = Mistakes(result, report.pairs) else { return "" }
        let threshold = String(format: "%g", mistakes.threshold)
        var parts = [
            table("Different people taken for one, at most \(threshold) apart", mistakes.falseMatches),
            table("One person taken for two, more than \(threshold) apart", mistakes.falseNonMatches),
        ]
        parts += [
            ("Photos without a face", result.photosWithoutFace),
            ("Photos that cannot be read", result.unreadablePhotos),
        ]
        .filter { !$0.1.isEmpty }
        .map { title, names in
            let more = names.count > Self.shown ? ", and \(names.count - Self.shown) more" : ""
            let links = names.prefix(Self.shown).map(link).joined(separator: ", ")
            return "<h3>\(title) (\(names.count))</h3><p class=\"names\">\(links)\(more)</p>"
        }
        return parts.joined(separator: "\n")
    }

    private func table(_ title: String, _ mistakes: [Mistakes.Mistake]) -> String {
        guard !mistakes.isEmpty else { return "<h3>\(title)</h3><p class=\"quiet\">None.</p>" }
        let rows = mistakes.prefix(Self.shown).map { mistake in
            let distance = mistake.distance.map { String(format: "%.6f", $0) } ?? "no face"
            let links = [mistake.pair.first, mistake.pair.second].map { "<td>\(link($0))</td>" }
            return "<tr>\(links.joined())<td class=\"n\">\(distance)</td></tr>"
        }
        let more = mistakes.count > Self.shown ? ", \(Self.shown) shown" : ""
        return """
            <h3>\(title) (\(mistakes.count)\(more))</h3>
            <div class="scroll"><table><thead><tr><th>First photo</th><th>Second photo</th>\
            <th class="n">Distance</th></tr></thead>
            <tbody>\(rows.joined(separator: "\n"))</tbody></table></div>
            """
    }

    private func link(_ name: String) -> String {
        HTMLText.link(name, to: name.hasPrefix("/") ? name : images.path + "/" + name, from: folder)
    }
}
