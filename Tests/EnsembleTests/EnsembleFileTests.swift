import DeepFace
import Ensemble
import Foundation
import TestSupport
import Testing

struct EnsembleFileTests {
    private static let rows: [[Double?]] = [[0.3, 0.45, 0.5], [0.6, nil, 0.4], [0.52, 0.48, 0.1]]

    @Test(arguments: [Ensemble.Kind.boosted, .logistic]) func comesBackAsItWas(_ kind: Ensemble.Kind) throws {
        let folder = try TemporaryFolder()
        let file = folder.file("ensemble.json")
        let ensemble = try MadeUpPairs.ensemble(kind)
        try ensemble.write(to: file)
        let again = try Ensemble(contentsOf: file.path)
        #expect(again.kind == kind && again.features == ensemble.features && again.members == ensemble.members)
        #expect(again.threshold == ensemble.threshold && again.training == ensemble.training)
        #expect(try again.probabilities(Self.rows) == ensemble.probabilities(Self.rows))
        // The same pairs give the same file, and nothing is left beside it.
        let content = try Data(contentsOf: file)
        try MadeUpPairs.ensemble(kind).write(to: file)
        #expect(try Data(contentsOf: file) == content && folder.names == ["ensemble.json"])
    }

    @Test func damageAndForeignFilesAreSaid() throws {
        let folder = try TemporaryFolder()
        let file = folder.file("ensemble.json")
        try MadeUpPairs.ensemble(.logistic).write(to: file)
        let content = try Data(contentsOf: file)
        func words(_ content: Data?) throws -> String {
            if let content { try content.write(to: file) } else { try FileManager.default.removeItem(at: file) }
            let error = #expect(throws: DeepFaceError.self) { try Ensemble(contentsOf: file.path) }
            #expect(error?.code == .unreadableInput && error?.input == file.path && error?.advice != nil)
            return error?.message ?? ""
        }
        #expect(try words(content.dropLast(5)).contains("damaged"))
        for place in stride(from: 150, to: content.count, by: 397) {
            var changed = content
            changed[place] ^= 1
            #expect(try words(changed).contains("cannot be read"), "\(place)")
        }
        #expect(try words(Data()).contains("not one of"))
        #expect(try words(Data("{\"threshold\": 0.4}".utf8)).contains("not one of"))
        let later = String(decoding: content, as: UTF8.self).replacing("\"version\":1", with: "\"version\":9")
        #expect(try words(Data(later.utf8)).contains("version 9"))
        #expect(try words(nil).contains("no such file"))
    }

    /// Files whose digest is right and whose parts do not fit: what no damage makes, and somebody might.
    @Test func partsThatDoNotFitAreRefused() throws {
        let folder = try TemporaryFolder()
        let file = folder.file("ensemble.json")
        try MadeUpPairs.ensemble(.logistic).write(to: file)
        let body = String(decoding: try Data(contentsOf: file), as: UTF8.self).drop { $0 != "\n" }.dropFirst()
        for (part, wrong) in [
            ("\"member\":2", "\"member\":7"), ("\"kind\":\"logistic\"", "\"kind\":\"boosted\""),
            ("\"deviations\":[", "\"deviations\":[1,"), ("\"bias\":", "\"bies\":"),
        ] {
            let changed = body.replacing(part, with: wrong)
            #expect(changed != body, "\(part)")
            let head =
                "{\"format\":\"deepface-ensemble\",\"sha256\":\"\(WeightStore.sha256(Data(changed.utf8)))\",\"version\":1}"
            try Data((head + "\n" + changed).utf8).write(to: file)
            let error = #expect(throws: DeepFaceError.self) { try Ensemble(contentsOf: file.path) }
            #expect(error?.code == .unreadableInput, "\(part)")
        }
    }

    /// Other weights than those it was made with are an error, never another answer.
    @Test func otherWeightsAreRefused() throws {
        let folder = try TemporaryFolder()
        var configuration = Configuration()
        configuration.home = folder.url
        configuration.checksDigests = false
        let ensemble = try MadeUpPairs.ensemble(.logistic)
        let deepface = try DeepFace(configuration: configuration)
        let missing = #expect(throws: DeepFaceError.self) { try EnsembleVerifier(ensemble, deepface) }
        #expect(missing?.code == .weightsMissing)
        let store = WeightStore(home: folder.url, checksDigests: false)
        for file in Options().model.files + MadeUpPairs.detectorFiles {
            try FileManager.default.createDirectory(
                at: store.url(of: file).deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data("not the weights".utf8).write(to: store.url(of: file))
        }
        let other = #expect(throws: DeepFaceError.self) { try EnsembleVerifier(ensemble, deepface) }
        #expect(other?.code == .recipeMismatch && other?.message.contains("other weights of Dlib") == true)
    }
}

extension MadeUpPairs {
    static var detectorFiles: [PublishedFile] {
        ["mtcnn", "opencv", "dlib"].compactMap { try? DetectorRegistry.detector(named: $0) }.flatMap(\.files)
    }
}
