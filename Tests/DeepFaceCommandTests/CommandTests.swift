import DeepFace
import Foundation
import Testing

/// The command as a user meets it: what it prints, and the status it ends with.
@Suite(.serialized) struct CommandTests {
    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let photos = package.appending(path: "demo/photos")
    static var hasPhotos: Bool { FileManager.default.fileExists(atPath: photos.appending(path: "obama.jpg").path) }
    /// Beside the test bundle.
    static let command = Bundle.main.bundleURL.appending(path: "deepface").path

    struct Outcome {
        let status: Int32
        let output, errors: String
        var json: [String: Any]? { try? JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] }
    }

    private func deepface(_ arguments: String..., input: Data? = nil, home: URL? = nil) throws -> Outcome {
        try deepface(arguments, input: input, home: home)
    }

    private func deepface(_ arguments: [String], input: Data? = nil, home: URL? = nil) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(
            fileURLWithPath: FileManager.default.fileExists(atPath: Self.command)
                ? Self.command : Self.package.appending(path: ".build/release/deepface").path)
        process.arguments = arguments
        if let home {
            process.environment = ProcessInfo.processInfo.environment.merging(["DEEPFACE_HOME": home.path]) { $1 }
        }
        let (output, errors, stdin) = (Pipe(), Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = stdin
        try process.run()
        DispatchQueue.global().async {
            try? stdin.fileHandleForWriting.write(contentsOf: input ?? Data())
            try? stdin.fileHandleForWriting.close()
        }
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        let said = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: String(decoding: printed, as: UTF8.self),
            errors: String(decoding: said, as: UTF8.self))
    }

    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "deepface command é \(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func photo(_ name: String) -> String { Self.photos.appending(path: "\(name).jpg").path }

    @Test(.enabled(if: hasPhotos, "skipped: no sample photos")) func verifyPrintsJSONAndDraws() throws {
        try withFolder { folder in
            let picture = folder.appending(path: "verdict.png")
            let same = try deepface("verify", photo("obama"), photo("obama2"), "--annotate", picture.path)
            #expect(same.status == 0 && same.errors.isEmpty)
            #expect(same.json?["verified"] as? Bool == true)
            #expect(same.json?["similarity_metric"] as? String == "euclidean")
            for key in [
                "distance", "threshold", "confidence", "model", "detector_backend", "facial_areas", "time", "align",
            ] {
                #expect(same.json?[key] != nil, "\(key)")
            }
            let drawn = try Image(decoding: Data(contentsOf: picture))
            #expect(drawn.width >= 640 && drawn.height > 480)
            let different = try deepface("verify", photo("obama"), photo("biden"), "--exit-status")
            #expect(different.status == 1 && different.json?["verified"] as? Bool == false)
        }
    }

    @Test(.enabled(if: hasPhotos, "skipped: no sample photos")) func picturesOfOddPhotosAndPlaces() throws {
        try withFolder { folder in
            let wide = folder.appending(path: "wide.png")
            try Image(filledWith: .white, width: 200_000, height: 1).png().write(to: wide)
            let picture = folder.appending(path: "picture.png")
            let outcome = try deepface(
                "verify", wide.path, photo("obama"), "--detector", "skip", "--annotate", picture.path)
            #expect(outcome.status == 0)
            #expect(try Image(decoding: Data(contentsOf: picture)).width < 4000)
            let over = try deepface("verify", wide.path, photo("obama"), "--annotate", wide.path)
            #expect(over.status == 2 && over.errors.contains("write over"))
            // A second run puts its faces in place of the first one's.
            for _ in 0..<2 { _ = try deepface("extract", photo("obama"), "--out", folder.appending(path: "out").path) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "out").path).count == 1)
        }
    }

    @Test(.enabled(if: hasPhotos, "skipped: no sample photos")) func sourcesOfAllKinds() throws {
        let bytes = try Data(contentsOf: Self.photos.appending(path: "obama.jpg"))
        let piped = try deepface("verify", "-", photo("obama"), input: bytes)
        #expect(piped.json?["distance"] as? Double == 0)
        try withFolder { folder in
            let copy = folder.appending(path: "фото é.jpg")
            try bytes.write(to: copy)
            #expect(try deepface("verify", copy.path, photo("obama")).json?["distance"] as? Double == 0)
            let small = try Image(decoding: bytes).scaled(width: 150, height: 200).jpeg().base64EncodedString()
            let encoded = try deepface("represent", "data:image/jpeg;base64,\(small)")
            #expect(encoded.status == 0 && encoded.output.hasPrefix("[{\"embedding\":["))
        }
    }

    @Test(.enabled(if: hasPhotos, "skipped: no sample photos")) func manyPhotosGiveALineEach() throws {
        let outcome = try deepface("represent", photo("obama"), "/no/such.jpg", photo("biden"))
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 3 && outcome.status == 5)
        #expect(lines[1].contains("\"error\"") && lines[2].contains("\"results\""))
        try withFolder { folder in
            let faces = folder.appending(path: "faces")
            let cut = try deepface("extract", photo("obama"), photo("biden"), "--out", faces.path, "--size", "200")
            #expect(cut.status == 0)
            let names = try FileManager.default.contentsOfDirectory(atPath: faces.path).sorted()
            #expect(names == ["biden-1.png", "obama-1.png"])
            let face = try Image(decoding: Data(contentsOf: faces.appending(path: names[0])))
            #expect(face.width == 200 && face.height == 200)
        }
    }

    @Test(.enabled(if: hasPhotos, "skipped: no sample photos")) func badInputIsOneLineAndItsStatus() throws {
        try withFolder { folder in
            let good = photo("obama")
            let jpeg = try Data(contentsOf: URL(fileURLWithPath: good))
            func file(_ name: String, _ content: Data) throws -> String {
                let url = folder.appending(path: name)
                try content.write(to: url)
                return url.path
            }
            let blank = Image(filledWith: .white, width: 200, height: 200)
            var huge = Array(try blank.png())
            // 30,000 × 30,000 with the header's checksum set right.
            huge.replaceSubrange(16..<24, with: [0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30])
            huge.replaceSubrange(29..<33, with: checksum(huge[12..<29]))
            let cases: [(String, Int32, String)] = [
                (try file("empty.jpg", Data()), 5, "0 bytes"),
                (try file("cut.jpg", jpeg.prefix(jpeg.count / 2)), 5, "cut off"),
                (try file("text.jpg", Data("hello".utf8)), 5, "not a JPEG"),
                (try file("huge.png", Data(huge)), 5, "30000 x 30000"),
                (folder.appending(path: "missing.jpg").path, 5, "no such file"),
                (folder.path, 5, "is a directory"),
                (try file("blank.png", blank.png()), 3, "no face"),
                ("data:image/png;base64,!!!!", 5, "base64"),
                ("/dev/zero", 5, "not a regular file"),
            ]
            for (path, status, words) in cases {
                let outcome = try deepface("verify", good, path, "--json-errors")
                #expect(outcome.status == status, "\(path): \(outcome.errors)")
                #expect(outcome.errors.hasPrefix("deepface: ") && outcome.errors.contains(words), "\(outcome.errors)")
                #expect(outcome.errors.split(separator: "\n").count == 1)
                let error = outcome.json?["error"] as? [String: Any]
                #expect(error?["code"] as? String == (status == 3 ? "no_face" : "unreadable_input"))
            }
        }
    }

    @Test(.enabled(if: hasPhotos, "skipped: no sample photos")) func weightsThatAreMissingOrDamaged() throws {
        try withFolder { home in
            let missing = try deepface("verify", photo("obama"), photo("biden"), home: home)
            #expect(missing.status == 6 && missing.errors.contains("models pull mtcnn"))
            let weights = home.appending(path: ".deepface/weights")
            try FileManager.default.createDirectory(at: weights, withIntermediateDirectories: true)
            try Data(count: 28_570).write(to: weights.appending(path: "pnet.pt"))
            let damaged = try deepface("verify", photo("obama"), photo("biden"), home: home)
            #expect(damaged.status == 6 && damaged.errors.contains("pnet.pt") && damaged.errors.contains("SHA-256"))
            let check = try deepface("models", "check", home: home)
            #expect(check.status == 6 && check.errors.contains("pnet.pt") && check.output.contains("damaged"))
            #expect(try deepface("models", "check", "Dlib", home: home).status == 6)
            #expect(try deepface("doctor", home: home).status == 1)
        }
    }

    @Test func wrongUsage() throws {
        let wrong = [
            ["nonsense"], ["verify", "a.jpg"], ["verify", "-", "-"],
            ["extract", "a.jpg", "b.jpg", "--annotate", "c.png"],
            ["verify", "a.jpg", "b.jpg", "--model", "Nobody"], ["verify", "a.jpg", "b.jpg", "--align", "sideways"],
            ["verify", "a.jpg", "b.jpg", "--expand", "-5"], ["models", "pull", "nobody"],
        ]
        for arguments in wrong {
            let outcome = try deepface(arguments)
            #expect(outcome.status == 2, "\(arguments)")
            #expect(outcome.output.isEmpty && !outcome.errors.isEmpty)
        }
    }

    @Test func helpHasExamples() throws {
        for command in ["verify", "find", "represent", "extract"] {
            let help = try deepface(command, "--help")
            #expect(help.status == 0 && help.output.contains("EXAMPLES") && help.output.contains("deepface \(command)"))
        }
        #expect(try deepface("--version").output == "0.1.0\n")
        #expect(try deepface("models", "list").output.contains("dlib_face_recognition_resnet_model_v1.dat"))
    }

    private func checksum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var value: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
        }
        return withUnsafeBytes(of: (~value).bigEndian, Array.init)
    }

    // MARK: Models beyond the default

    private static let testHome = package.appending(path: ".build/test-home")
    private static let shared =
        ProcessInfo.processInfo.environment["DEEPFACE_SHARED"].map { URL(fileURLWithPath: $0) }
        ?? package.deletingLastPathComponent().appending(path: "shared")
    static var canTryModels: Bool {
        let files = [
            testHome.appending(path: ".deepface/weights/ssrnet_age_imdb.h5"), shared.appending(path: "images"),
        ]
        return files.allSatisfy { FileManager.default.fileExists(atPath: $0.path) }
    }
    private func sharedPhoto(_ name: String) -> String { Self.shared.appending(path: "images/\(name)").path }

    @Test(.enabled(if: canTryModels, "skipped: .build/test-home is not filled")) func analyzeNamesItsModels() throws {
        let result = try deepface(
            "analyze", sharedPhoto("deepface-dataset/img1.jpg"), "--actions", "[age, emotion]", "--age-model", "ssrnet",
            "--emotion-model", "oarriaga", home: Self.testHome)
        #expect(result.status == 0 && result.errors.isEmpty)
        let faces = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]]
        let face = try #require(faces?.first)
        #expect(face["dominant_emotion"] as? String == "happy" && face["age"] is Int && face["gender"] == nil)
        #expect(face["models"] as? [String: String] == ["age": "ssrnet", "emotion": "oarriaga"])
        for arguments in [["--actions", "height"], ["--age-model", "nobody"], ["--align", "landmarks"]] {
            let wrong = try deepface(["analyze", "a.jpg"] + arguments, home: Self.testHome)
            #expect(wrong.status == 2 && wrong.output.isEmpty && wrong.errors.split(separator: "\n").count == 1)
        }
    }

    @Test(.enabled(if: canTryModels, "skipped: .build/test-home is not filled")) func spoofsEndWithTheirOwnStatus()
        throws
    {
        let (live, spoof) = (sharedPhoto("antispoof/image_T1.jpg"), sharedPhoto("antispoof/image_F1.jpg"))
        let refused = try deepface("verify", live, spoof, "--anti-spoofing", "--json-errors", home: Self.testHome)
        #expect(refused.status == 4)
        #expect((refused.json?["error"] as? [String: Any])?["code"] as? String == "spoof_detected")
        let extracted = try deepface("extract", live, spoof, "--anti-spoofing", home: Self.testHome)
        #expect(extracted.status == 0)
        let verdicts = extracted.output.matches(of: /"is_real":(true|false)/).map { String($0.output.1) }
        #expect(verdicts == ["true", "false"] && extracted.output.contains("\"antispoof_score\":0."))
    }

    @Test(.enabled(if: canTryModels, "skipped: .build/test-home is not filled")) func modelsAreShownAndExported() throws
    {
        try withFolder { folder in
            let file = folder.appending(path: "age.onnx")
            let exported = try deepface("models", "export", "ssrnet-age", file.path, home: Self.testHome)
            #expect(exported.status == 0 && exported.output.isEmpty)
            #expect(try Data(contentsOf: file).count > 100_000)
            let unknown = try deepface("models", "export", "nobody", file.path, home: Self.testHome)
            #expect(unknown.status == 2)
        }
        let shown = try deepface("models", "show", "arcface")
        #expect(shown.json?["align"] as? String == "landmarks" && shown.json?["dimensions"] as? Int == 512)
    }

    /// Weights that are not the published ones: refused, unless they are asked for.
    @Test(.enabled(if: canTryModels, "skipped: .build/test-home is not filled")) func otherWeightsNeedToBeAskedFor()
        throws
    {
        let photo = sharedPhoto("deepface-dataset/img2.jpg")
        let refused = try deepface("represent", photo, "--model", "DeepID", home: Self.testHome)
        #expect(refused.status == 6 && refused.errors.contains("--any-weights"))
        let taken = try deepface(
            "represent", photo, "--model", "DeepID", "--any-weights", "--detector", "skip", "--l2", "--precision",
            "bf16",
            home: Self.testHome)
        #expect(taken.status == 0 && taken.errors.contains("bf16: cosine to f32 "))
    }
}
