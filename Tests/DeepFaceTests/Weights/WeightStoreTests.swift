import DeepFace
import Foundation
import Testing

/// Weights that are missing, damaged, half there, or in a folder that cannot be written.
struct WeightStoreTests {
    /// A home of its own, with the real weights linked in as far as they are present.
    private func withHome(_ body: (URL, WeightStore) async throws -> Void) async throws {
        let home = FileManager.default.temporaryDirectory.appending(path: "deepface-test-\(UUID().uuidString)")
        let store = WeightStore(home: home)
        try FileManager.default.createDirectory(at: store.folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: home) }
        try await body(home, store)
    }

    private func verifying(_ home: URL) async throws -> DeepFaceError? {
        var configuration = Configuration()
        configuration.home = home
        let deepface = try DeepFace(configuration: configuration)
        let picture = Image(filledWith: .white, width: 64, height: 64)
        do throws(DeepFaceError) {
            _ = try await deepface.verify(.pixels(picture), .pixels(picture))
            return nil
        } catch {
            return error
        }
    }

    @Test func missingWeightsSayWhatToDo() async throws {
        try await withHome { home, _ in
            let error = try #require(try await verifying(home))
            #expect(error.code == .weightsMissing)
            #expect(error.description.contains("deepface models pull mtcnn"))
        }
    }

    @Test(arguments: [Data(), Data("text".utf8), Data(count: 28_570)])
    func damagedWeightsAreNamed(content: Data) async throws {
        try await withHome { home, store in
            try content.write(to: store.folder.appending(path: "pnet.pt"))
            let error = try #require(try await verifying(home))
            #expect(error.code == .weightsDamaged)
            #expect(error.message.contains("pnet.pt"))
            #expect(error.input == store.folder.appending(path: "pnet.pt").path)
        }
    }

    @Test func aFolderInPlaceOfAFileIsDamage() async throws {
        try await withHome { home, store in
            try FileManager.default.createDirectory(
                at: store.folder.appending(path: "pnet.pt"), withIntermediateDirectories: false)
            #expect(try await verifying(home)?.code == .weightsDamaged)
        }
    }

    @Test func installRefusesWhatIsNotTheFile() async throws {
        try await withHome { _, store in
            let file = try #require(DetectorModel.mtcnn.files.first)
            let error = #expect(throws: DeepFaceError.self) { try store.install(Data("x".utf8), as: file) }
            #expect(error?.code == .weightsDamaged)
            #expect(store.check(file) == .missing)
            #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder.path).isEmpty)
        }
    }

    /// The same network comes of a compiled folder that was cut short or damaged: it is made anew.
    @Test(
        .enabled(
            if: (DetectorModel.mtcnn.files + RecognitionModel.dlib.files).allSatisfy {
                WeightStore().glance(at: $0) == .present
            }, "skipped: no weights; run: make weights"))
    func aDamagedCompiledNetworkIsMadeAnew() async throws {
        try await withHome { home, store in
            let real = WeightStore()
            for file in DetectorModel.mtcnn.files + RecognitionModel.dlib.files {
                try FileManager.default.copyItem(at: real.url(of: file), to: store.url(of: file))
            }
            #expect(try await verifying(home)?.code == .noFace)
            let compiled = home.appending(path: ".deepface/compiled")
            let names = try FileManager.default.contentsOfDirectory(atPath: compiled.path).filter { $0 != "digests" }
            #expect(names.count >= 3 && !names.contains { $0.hasSuffix(".part") })
            let files = names.flatMap { ["\($0)/weights.bin", "\($0)/model.onnx"] }.map { compiled.appending(path: $0) }
            let originals = try files.map { try Data(contentsOf: $0) }
            for damage in [{ (_: Data) in Data("cut".utf8) }, { Data(count: $0.count) }] {
                for (file, original) in zip(files, originals) { try damage(original).write(to: file) }
                #expect(try await verifying(home)?.code == .noFace)
                #expect(try files.map { try Data(contentsOf: $0) } == originals)
            }
        }
    }

    /// A digest is remembered, and for no longer than the file stays as it was.
    @Test func digestsFollowTheFile() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "deepface-test-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let memo = DigestMemo(folder: folder.appending(path: "digests"))
        let file = folder.appending(path: "file")
        try AtomicFile.write(Data("one".utf8), to: file)
        let one = try memo.sha256(ofFile: file.path)
        #expect(one == sha256(Array("one".utf8)))
        func notes() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: memo.folder.path)) ?? [] }
        // A file this young could change without the system's times telling.
        #expect(notes().isEmpty)
        try await Task.sleep(for: .seconds(3.1))
        #expect(try memo.sha256(ofFile: file.path) == one && notes().count == 1)
        #expect(try memo.sha256(ofFile: file.path) == one)
        let handle = try FileHandle(forWritingTo: file)
        try handle.write(contentsOf: Data("two".utf8))
        try handle.close()
        #expect(try memo.sha256(ofFile: file.path) == sha256(Array("two".utf8)))
        // Nonsense in the note is not believed.
        try Data("x y".utf8).write(to: memo.folder.appending(path: notes()[0]))
        #expect(try memo.sha256(ofFile: file.path) == sha256(Array("two".utf8)))
    }

    @Test func atomicFilesLeaveNothingBehind() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "deepface-test-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "a/b.bin")
        try AtomicFile.write(Data("one".utf8), to: file)
        try AtomicFile.write(Data("two".utf8), to: file)
        #expect(try Data(contentsOf: file) == Data("two".utf8))
        let error = #expect(throws: DeepFaceError.self) {
            try AtomicFile.write(Data("x".utf8), to: file.appending(path: "below-a-file"))
        }
        #expect(error?.code == .unwritableOutput)
        // A link stays a link, and what is no file is not replaced by one.
        let link = folder.appending(path: "link.bin")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
        try AtomicFile.write(Data("two".utf8), to: link)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == file.path)
        #expect(throws: DeepFaceError.self) { try AtomicFile.write(Data(), to: folder.appending(path: "a")) }
        #expect(throws: DeepFaceError.self) { try AtomicFile.write(Data(), to: URL(fileURLWithPath: "/dev/null")) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "a").path) == ["b.bin"])
    }
}
