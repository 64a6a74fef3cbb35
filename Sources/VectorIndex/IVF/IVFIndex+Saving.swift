import Foundation

extension IVFIndex {
    /// Writes what is new since it was opened or saved last; the whole index where the folder is another one.
    ///
    /// - Throws: `unwritable`: the disk is full, the folder read-only, or another process has changed the index since
    ///   it was opened here (open it again then).
    public func save(to url: URL) throws(VectorIndexError) {
        let lock = try IVFFolder.Lock(url)
        try withExtendedLifetime(lock) { () throws(VectorIndexError) in try commit(to: url) }
    }

    /// Opens the index in a folder: the table of lists, codes, later vectors and deletions are read and checked; the
    /// stored vectors are not (`verify` does).
    public init(opening url: URL) throws(VectorIndexError) {
        let folder = IVFFolder(url: url)
        var head = try folder.head()
        while true {
            do throws(VectorIndexError) {
                try self.init(opening: folder, head: head)
                return
            } catch {
                // Another process may have replaced what the manifest named.
                let newer = try folder.head()
                guard error.code == .unreadable, newer.manifest.version != head.manifest.version else { throw error }
                head = newer
            }
        }
    }

    private init(opening folder: IVFFolder, head: IVFFolder.Head) throws(VectorIndexError) {
        let manifest = head.manifest
        var settings = IVFSettings()
        settings.metric = head.metric
        guard head.dimensions > 0 else {
            throw VectorIndexError(.damaged, "has vectors without numbers", file: folder.url.path)
        }
        if let name = manifest.model {
            let model = try IVFModel(opening: name, in: folder.url)
            guard model.settings.dimensions == head.dimensions, model.settings.metric == head.metric else {
                throw VectorIndexError(.damaged, "has the model of another index", file: folder.url.path)
            }
            settings.bits = model.settings.bits
            self.model = model
            if let name = manifest.generation {
                generation = try IVFGeneration(opening: name, model: model, in: folder.url)
            }
            for name in manifest.segments {
                segments.append(try IVFSegment(opening: name, model: model, in: folder.url))
            }
        }
        if let name = manifest.deleted { deleted = try IVFDeletions(opening: name, in: folder.url) }
        for segment in segments { added.formUnion(segment.ids) }
        (dimensions, metric, effort) = (head.dimensions, head.metric, manifest.effort)
        self.settings = settings
        home = Home(.init(folder: folder.url, version: manifest.version))
    }

    /// Checks every file of the index in a folder against its checksums: reads all of them.
    ///
    /// - Throws: `unreadable`, `damaged`.
    public static func verify(_ url: URL) throws(VectorIndexError) {
        let index = try IVFIndex(opening: url)
        if let generation = index.generation { try IVFGeneration.verify(generation.name, in: url) }
    }

    /// Writes what the folder has not and replaces its manifest. Only for who holds the folder's lock.
    func commit(to url: URL) throws(VectorIndexError) {
        let folder = IVFFolder(url: url)
        let place = home.place.withLock { $0 }
        let isHome = place?.folder.standardizedFileURL == url.standardizedFileURL
        let old = folder.isIndex ? try? folder.manifest() : nil
        if isHome, (old?.version ?? 0) != place?.version { throw folder.changed }
        var manifest = IVFFolder.Manifest(version: (old?.version ?? 0) + 1)
        manifest.model = model?.settings.name
        manifest.generation = generation?.name
        manifest.segments = segments.map(\.name)
        manifest.deleted = deleted.name
        manifest.effort = effort
        let there = old?.files ?? []
        folder.clean(keeping: there.union(manifest.files))
        if let model {
            if !there.contains(model.settings.name) { try model.write(to: url) }
            for segment in segments where !there.contains(segment.name) { try segment.write(to: url, model: model) }
        }
        if let name = deleted.name, !there.contains(name) { try deleted.write(to: url) }
        if let generation, let place, !isHome, !there.contains(generation.name) {
            for part in [generation.name] + IVFGeneration.parts.map({ "\(generation.name).\($0)" }) {
                try Self.copy(place.folder.appending(path: part), to: url.appending(path: part))
            }
        }
        try folder.commit(.init(dimensions: dimensions, metric: metric, manifest: manifest))
        folder.clean(keeping: manifest.files)
        if isHome || place == nil { home.place.withLock { $0 = .init(folder: url, version: manifest.version) } }
    }

    /// A file under another name, without a copy where the file system can.
    private static func copy(_ from: URL, to url: URL) throws(VectorIndexError) {
        unlink(url.path)
        if link(from.path, url.path) == 0 { return }
        do {
            try FileManager.default.copyItem(at: from, to: url)
        } catch {
            throw VectorIndexError(.unwritable, "cannot be written: \(error.localizedDescription)", file: url.path)
        }
    }
}
