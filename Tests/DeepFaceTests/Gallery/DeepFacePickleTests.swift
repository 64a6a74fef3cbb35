import DeepFace
import Foundation
import Testing

/// Reading what Python DeepFace keeps of a folder.
struct DeepFacePickleTests {
    /// Of Python 3.11 and NumPy 2.2, `pickle.dumps(rows, protocol=pickle.HIGHEST_PROTOCOL)`: three photos, one with
    /// numbers of NumPy, one without a face.
    private static let recorded = """
        gAWVUgIAAAAAAABdlCh9lCiMCGlkZW50aXR5lIwOZGIvQWxpY2UvMS5qcGeUjARoYXNolIwoYWJhYmFiYWJhYmFiYWJhYmFiYWJh
        YmFiYWJhYmFiYWJhYmFiYWJhYpSMCWVtYmVkZGluZ5RdlChHP+AAAAAAAABHv/QAAAAAAABljAh0YXJnZXRfeJRLAYwIdGFyZ2V0
        X3mUSwKMCHRhcmdldF93lIwWbnVtcHkuX2NvcmUubXVsdGlhcnJheZSMBnNjYWxhcpSTlIwFbnVtcHmUjAVkdHlwZZSTlIwCaTSU
        iYiHlFKUKEsDjAE8lE5OTkr/////Sv////9LAHSUYkMEAwAAAJSGlFKUjAh0YXJnZXRfaJRoDWgQjAJpOJSJiIeUUpQoSwNoFE5O
        Tkr/////Sv////9LAHSUYkMIBAAAAAAAAACUhpRSlHV9lChoAowJZGIvw6kuanBnlGgEjChjZGNkY2RjZGNkY2RjZGNkY2RjZGNk
        Y2RjZGNkY2RjZGNkY2RjZGNklGgGXZQoaA1oEIwCZjiUiYiHlFKUKEsDaBROTk5K/////0r/////SwB0lGJDCJqZmZmZmbk/lIaU
        UpRoDWgQjAJmNJSJiIeUUpQoSwNoFE5OTkr/////Sv////9LAHSUYkMEAACAPpSGlFKUZWgISwBoCUsAaApLAGgZSwB1fZQoaAKM
        C2RiL25vbmUuanBnlGgEjChlZmVmZWZlZmVmZWZlZmVmZWZlZmVmZWZlZmVmZWZlZmVmZWZlZmVmlGgGTmgISwBoCUsAaApLAGgZ
        SwB1ZS4=
        """

    private func write(_ bytes: some Sequence<UInt8>, _ folder: URL, as name: String = "faces.pkl") throws -> URL {
        let url = folder.appending(path: name)
        try Data(bytes).write(to: url)
        return url
    }

    private func recorded() throws -> Data {
        try #require(Data(base64Encoded: Self.recorded, options: .ignoreUnknownCharacters))
    }

    @Test func rowsOfPython() async throws {
        try await GalleryFixture.withFolder { folder in
            let rows = try DeepFacePickle(contentsOf: write(recorded(), folder)).rows
            #expect(rows.map(\.identity) == ["db/Alice/1.jpg", "db/é.jpg", "db/none.jpg"])
            #expect(rows.map(\.embedding) == [[0.5, -1.25], [0.1, 0.25], nil])
            #expect(rows[0].area == FaceBox(x: 1, y: 2, w: 3, h: 4) && rows[2].area == FaceBox(x: 0, y: 0, w: 0, h: 0))
            #expect(rows[1].hash == String(repeating: "cd", count: 20))
        }
    }

    @Test func settingsInTheName() async throws {
        try await GalleryFixture.withFolder { folder in
            let data = try recorded()
            func options(_ name: String) throws -> Options? {
                try DeepFacePickle(contentsOf: write(data, folder, as: name)).options
            }
            let dlib = try #require(
                try options("ds_model_dlib_detector_opencv_aligned_normalization_base_expand_0.pkl"))
            #expect(dlib.model.name == "Dlib" && dlib.detector.name == "opencv" && dlib.alignment == .eyes)
            #expect(dlib.normalization == .base && dlib.expand == 0)
            let other = try #require(
                try options("ds_model_buffalo_l_detector_retinaface_unaligned_normalization_facenet2018_expand_12.pkl"))
            #expect(other.model.name == "Buffalo_L" && other.alignment == Alignment.none)
            #expect(other.normalization == .facenet2018 && other.expand == 12)
            #expect(try options("ds_model_vggface_detector_mtcnn_aligned_normalization_base_expand_0.pkl") != nil)
            #expect(try options("ds_model_nobody_detector_mtcnn_aligned_normalization_base_expand_0.pkl") == nil)
            #expect(try options("representations_vgg_face.pkl") == nil)
        }
    }

    @Test func nothingIsExecuted() async throws {
        let attacks: [Pickled] = [
            .call(module: "os", name: "system", [.text("touch /tmp/deepface-was-here")]),
            .call(module: "builtins", name: "eval", [.text("1")]),
            .call(module: "numpy._core.multiarray", name: "_reconstruct", []),
            .call(module: "torch._utils", name: "_rebuild_tensor_v2", []),
            .call(module: "collections", name: "OrderedDict", []),
        ]
        try await GalleryFixture.withFolder { folder in
            for attack in attacks {
                let url = try write(Pickled.list([attack]).pickle, folder)
                let error = #expect(throws: DeepFaceError.self) { try DeepFacePickle(contentsOf: url) }
                #expect(error?.code == .unreadableInput && error?.message.contains("nothing was executed") == true)
            }
        }
    }

    @Test func otherThingsAreRefused() async throws {
        func row(_ entries: [(String, Pickled)]) -> Pickled { .dict(entries.map { (.text($0.0), $0.1) }) }
        let numbers = Pickled.list([.int(1)])
        let wrong: [Pickled] = [
            .none, .int(1), .dict([]), .list([.int(1)]), .list([.list([.text("a.jpg"), numbers])]),
            .list([row([("embedding", numbers)])]), .list([row([("identity", .text("a"))])]),
            .list([row([("identity", .int(1)), ("embedding", numbers)])]),
            .list([row([("identity", .text("a")), ("embedding", .list([.text("1")]))])]),
            .list([row([("identity", .text("a")), ("embedding", numbers), ("target_x", .text("1"))])]),
            // Not a number.
            .list([
                row([("identity", .text("a")), ("embedding", .list([.raw([0x47, 0x7F, 0xF8, 0, 0, 0, 0, 0, 0])]))])
            ]),
            // A number of NumPy with its highest byte first, and one of too few bytes.
            .list([.raw(Array("cnumpy\ndtype\n(X\u{2}\0\0\0f8tR(K\u{3}X\u{1}\0\0\0>tb".utf8))]),
            .list([.raw(Array("cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\n(X\u{2}\0\0\0f8tRC\u{1}atR".utf8))]),
        ]
        try await GalleryFixture.withFolder { folder in
            for value in wrong {
                let url = try write(value.pickle, folder)
                let error = #expect(throws: DeepFaceError.self, "\(value)") { try DeepFacePickle(contentsOf: url) }
                #expect(error?.code == .unreadableInput && error?.input == url.path)
            }
            for path in ["/no/such.pkl", folder.path, "/dev/zero"] {
                #expect(throws: DeepFaceError.self) { try DeepFacePickle(contentsOf: URL(fileURLWithPath: path)) }
            }
        }
    }

    @Test func damagedFiles() async throws {
        try await GalleryFixture.withFolder { folder in
            let whole = try recorded()
            for length in 0..<whole.count {
                #expect(throws: DeepFaceError.self) {
                    try DeepFacePickle(contentsOf: write(whole.prefix(length), folder))
                }
            }
            var mutator = Mutator(seed: 3)
            for _ in 0..<Fuzz.count(500) {
                let url = try write(mutator.mutate(whole, at: 0..<whole.count), folder)
                do throws(DeepFaceError) { _ = try DeepFacePickle(contentsOf: url) } catch {
                    #expect(error.code == .unreadableInput)
                }
            }
        }
    }
}
