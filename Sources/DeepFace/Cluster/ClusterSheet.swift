import Foundation

/// A page with a row of faces for each person, that needs nothing else: pictures are in it.
public struct ClusterSheet: Sendable {
    private let clusters: FaceClusters
    private let deepface: DeepFace
    /// At most so many people, those with the most faces. Default: 500.
    public var people = 500
    /// At most so many faces of each, the most typical. Default: 24.
    public var facesEach = 24

    /// Of a face's picture, in pixels.
    private static let side = 112

    public init(_ clusters: FaceClusters, _ deepface: DeepFace) {
        (self.clusters, self.deepface) = (clusters, deepface)
    }

    /// Reads the photos again, and writes the page, whole or not at all. A photo that has gone leaves an empty place.
    ///
    /// - Throws: `unwritableOutput`, `cancelled`.
    public func write(
        to url: URL, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws(DeepFaceError) {
        let shown = clusters.clusters.prefix(people).flatMap { $0.members.prefix(facesEach) }
        let photos = Dictionary(grouping: shown, by: \.identity).sorted { $0.key < $1.key }
        var pictures: [Key: String] = [:]
        await withTaskGroup(of: [Key: String].self) { group in
            var done = 0
            for (number, photo) in photos.enumerated() {
                if number >= deepface.configuration.threads, let some = await group.next() {
                    pictures.merge(some) { one, _ in one }
                    done += 1
                    progress(done, photos.count)
                }
                group.addTask { [deepface] in await Self.pictures(of: photo.value, in: photo.key, deepface) }
            }
            for await some in group { pictures.merge(some) { one, _ in one } }
        }
        if Task.isCancelled { throw .cancelled }
        try AtomicFile.write(Data(page(pictures).utf8), to: url)
    }

    private struct Key: Hashable {
        let identity: String
        let x, y, w, h: Int

        init(_ face: ClusteredFace) {
            identity = face.identity
            (x, y, w, h) = (face.box.x, face.box.y, face.box.w, face.box.h)
        }
    }

    /// Pictures of a photo's faces, as JPEG in data URLs.
    private static func pictures(
        of faces: [ClusteredFace], in path: String, _ deepface: DeepFace
    ) async -> [Key: String] {
        guard let photo = try? await deepface.photo(.path(path)) else { return [:] }
        return
            (try? await deepface.pool.run { () throws(DeepFaceError) in
                var pictures: [Key: String] = [:]
                for face in faces {
                    // A square with some hair and chin.
                    let side = max(1, max(face.box.w, face.box.h) * 13 / 10)
                    let box = Box(
                        x: face.box.x + (face.box.w - side) / 2, y: face.box.y + (face.box.h - side) / 2, width: side,
                        height: side)
                    // The photo may be another one by now.
                    guard 10 * side <= 14 * max(photo.width, photo.height) else { continue }
                    let small = try photo.cutWithBlack(box).resized(width: Self.side, height: Self.side, .area)
                    let jpeg = try small.jpeg(quality: 82)
                    pictures[Key(face)] = "data:image/jpeg;base64," + jpeg.base64EncodedString()
                }
                return pictures
            }) ?? [:]
    }
}

extension ClusterSheet {
    private func page(_ pictures: [Key: String]) -> String {
        let title = "\(Self.count(clusters.clusters.count, "person", "people")) in \(HTMLText.escaped(clusters.folder))"
        let hidden = clusters.clusters.count - min(people, clusters.clusters.count)
        let rows = clusters.clusters.prefix(people).map { row($0, pictures) }.joined(separator: "\n")
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy"
              content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
            <title>\(title)</title>
            <style>
            \(Self.css)
            </style>
            </head>
            <body>
            <main>
            <h1>\(title)</h1>
            <p class="quiet">\(Self.count(clusters.faces, "face", "faces")) in \
            \(Self.count(clusters.photos, "photo", "photos")), \(clusters.unclustered.count) of nobody here. \
            \(HTMLText.escaped(clusters.model)), \(HTMLText.escaped(clusters.detector)), \
            \(clusters.metric.rawValue) \(String(format: "%.4g", clusters.threshold)).</p>
            \(rows)
            \(hidden > 0 ? "<p class=\"quiet\">and \(Self.count(hidden, "person", "people")) with fewer faces</p>" : "")
            </main>
            </body>
            </html>

            """
    }

    private func row(_ cluster: FaceCluster, _ pictures: [Key: String]) -> String {
        let name = HTMLText.escaped(cluster.name ?? "Person \(cluster.id)")
        let faces = cluster.members.prefix(facesEach).map { face in
            let distance = face.distance.map { ", \(String(format: "%.3f", $0)) from the center" } ?? ""
            let text = HTMLText.escaped(face.identity + distance)
            guard let picture = pictures[Key(face)] else {
                return "<li><span class=\"gone\" title=\"\(text)\">gone</span></li>"
            }
            return """
                <li><img src="\(picture)" width="\(Self.side)" height="\(Self.side)" alt="\(text)" title="\(text)"></li>
                """
        }
        let more = cluster.members.count - faces.count
        let rest = more > 0 ? "<li class=\"more\">+ \(more)</li>" : ""
        return """
            <section>
            <h2>\(name) <span class="quiet">\(Self.count(cluster.members.count, "face", "faces"))</span></h2>
            <ul>\(faces.joined())\(rest)</ul>
            </section>
            """
    }

    private static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }

    private static let css = """
        :root { color-scheme: light dark; --page: #f6f7f9; --card: #fff; --ink: #1c2330; --quiet: #5b6575;
          --line: #dde1e8; --shade: #eef0f4; }
        @media (prefers-color-scheme: dark) { :root { --page: #12151b; --card: #1b2028; --ink: #e8ebf0;
          --quiet: #9aa5b5; --line: #333b47; --shade: #232a34; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
        main { max-width: 1180px; margin: 0 auto; padding: 28px 20px 60px; }
        h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; overflow-wrap: anywhere; }
        h2 { font-size: 17px; margin: 0 0 8px; overflow-wrap: anywhere; }
        h2 .quiet { font-weight: 400; font-size: 14px; }
        p { margin: 6px 0 18px; } .quiet { color: var(--quiet); }
        section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px;
          margin: 0 0 14px; }
        ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(84px, 1fr)); gap: 8px; list-style: none;
          margin: 0; padding: 0; }
        li { max-width: 112px; }
        img, .gone, .more { display: block; width: 100%; height: auto; aspect-ratio: 1; border-radius: 8px;
          background: var(--shade); }
        .gone, .more { display: grid; place-items: center; color: var(--quiet); font-size: 14px; }
        @media (max-width: 560px) { main { padding: 18px 10px 40px; } h1 { font-size: 22px; }
          ul { grid-template-columns: repeat(auto-fill, minmax(64px, 1fr)); } section { padding: 12px; } }
        """
}
