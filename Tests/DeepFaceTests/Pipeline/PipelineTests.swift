import DeepFace
import Foundation
import Testing

/// The whole walk on the sample photos that set-up brings.
@Suite(.needsSamplePhotos, .serialized) struct PipelineTests {
    @Test func verdictsAreRight() async throws {
        let (obama, obama2, biden) = (
            SamplePhotos.path("obama"), SamplePhotos.path("obama2"), SamplePhotos.path("biden")
        )
        for detector in [DetectorModel.mtcnn, .dlib, .opencv] {
            var options = Options()
            options.detector = detector
            let results = await TestPipeline.deepface.verify(
                [(obama, obama2), (obama, biden), (obama, obama)], options: options)
            #expect(try results[0].get().verified, "\(detector.name)")
            #expect(try !results[1].get().verified, "\(detector.name)")
            #expect(try results[2].get().distance == 0)
            #expect(try results[2].get().confidence == 100)
        }
    }

    @Test func aPhotoWithoutFaceIsAnErrorOfItsOwn() async throws {
        let empty = Image(filledWith: Color(blue: 90, green: 90, red: 90), width: 300, height: 200)
        let error = await #expect(throws: DeepFaceError.self) {
            try await TestPipeline.deepface.verify(SamplePhotos.path("obama"), .pixels(empty))
        }
        #expect(error?.code == .noFace)
        var options = Options()
        options.enforceDetection = false
        let faces = try await TestPipeline.deepface.represent(.pixels(empty), options: options)
        #expect(faces.count == 1 && faces[0].faceConfidence == 0)
        #expect(faces[0].facialArea.w == 299 && faces[0].facialArea.h == 199)
    }

    /// One photo that cannot be read does not take the others with it.
    @Test func oneFailureLeavesTheOthers() async throws {
        let results = await TestPipeline.deepface.represent([
            SamplePhotos.path("obama"), .path("/no/such/photo.jpg"), .data(Data(), name: "nothing"),
            SamplePhotos.path("biden"),
        ])
        #expect(try results[0].get().count == 1 && results[3].get().count == 1)
        #expect(throws: DeepFaceError.self) { try results[1].get() }
        #expect(throws: DeepFaceError.self) { try results[2].get() }
    }

    /// A face in a mirrored photo keeps its sides: left is the person's, on the image's right.
    @Test(arguments: ["mtcnn", "dlib", "opencv"])
    func sidesArePersonal(detector: String) async throws {
        let photo = try await TestPipeline.deepface.photo(SamplePhotos.path("obama"))
        var options = Options()
        options.detector = try DetectorRegistry.detector(named: detector)
        for image in [photo, photo.mirrored] {
            let area = try await TestPipeline.deepface.extractFaces(.pixels(image), options: options)[0].facialArea
            let (left, right) = (try #require(area.leftEye), try #require(area.rightEye))
            #expect(left[0] > right[0])
            #expect(abs(left[1] - right[1]) < area.h / 6)
        }
    }

    @Test func faceLimitTakesTheLargest() async throws {
        let photo = try await TestPipeline.deepface.photo(SamplePhotos.path("obama"))
        var pair = Image(filledWith: .white, width: photo.width * 3 / 2, height: photo.height)
        pair.paste(photo, x: 0, y: 0)
        pair.paste(try photo.scaled(width: photo.width / 2, height: photo.height / 2), x: photo.width, y: 0)
        let all = try await TestPipeline.deepface.extractFaces(.pixels(pair))
        #expect(all.count >= 2)
        var options = Options()
        options.maximumFaces = 1
        let one = try await TestPipeline.deepface.extractFaces(.pixels(pair), options: options)
        #expect(one.count == 1 && one[0].facialArea.x < photo.width)
    }

    @Test func sixtyFourAtOnceGiveWhatOneGives() async throws {
        let names = ["obama", "obama2", "obama3", "biden"]
        let pairs = (0..<64).map { (names[$0 % 4], names[$0 / 4 % 4]) }
        let alone = try await TestPipeline.deepface.verify(SamplePhotos.path("obama"), SamplePhotos.path("obama2"))
        let results = try await withThrowingTaskGroup(of: (Int, Verification).self) { group in
            for (index, pair) in pairs.enumerated() {
                group.addTask {
                    (
                        index,
                        try await TestPipeline.deepface.verify(SamplePhotos.path(pair.0), SamplePhotos.path(pair.1))
                    )
                }
            }
            var results: [Int: Verification] = [:]
            for try await (index, result) in group { results[index] = result }
            return results
        }
        for (index, pair) in pairs.enumerated() {
            let other = try #require(pairs.firstIndex { $0 == pair })
            #expect(results[index]?.distance == results[other]?.distance)
            #expect(results[index]?.facialAreas.img1 == results[other]?.facialAreas.img1)
            if pair == ("obama", "obama2") { #expect(results[index]?.distance == alone.distance) }
        }
    }

    /// A thousand calls leave the process as large as it was. It runs in a process of its own, since other
    /// tests that run beside it would show.
    @Test(
        .enabled(
            if: ProcessInfo.processInfo.environment["DEEPFACE_MEMORY_TEST"] == "1",
            "skipped here: make test runs it alone, with DEEPFACE_MEMORY_TEST=1"))
    func memoryStaysFlat() async throws {
        let photo = try await TestPipeline.deepface.photo(SamplePhotos.path("obama")).scaled(width: 180, height: 240)
        let (first, second) = (ImageSource.pixels(photo), ImageSource.pixels(photo.mirrored))
        func calls(_ count: Int) async throws {
            for _ in 0..<count / 8 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<8 { group.addTask { _ = try await TestPipeline.deepface.verify(first, second) } }
                    try await group.waitForAll()
                }
            }
        }
        // Calls that meet share a network's call: both cores see the largest there is.
        for _ in 0..<8 {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        _ = await TestPipeline.deepface.represent(Array(repeating: first, count: 32))
                    }
                }
            }
        }
        try await calls(400)
        // The process grows and shrinks by some percent as calls happen to meet: its least size tells.
        var sizes: [Int] = []
        for _ in 0..<10 {
            try await calls(104)
            sizes.append(try residentBytes())
        }
        let (before, after) = (sizes.prefix(4).min() ?? 0, sizes.suffix(4).min() ?? 0)
        #expect(Double(after) <= 1.1 * Double(before), "\(sizes)")
    }

    @Test func aCancelledTaskEnds() async throws {
        let task = Task { () -> DeepFaceError.Code? in
            do throws(DeepFaceError) {
                for _ in 0..<1000 {
                    _ = try await TestPipeline.deepface.verify(SamplePhotos.path("obama"), SamplePhotos.path("biden"))
                }
                return nil
            } catch {
                return error.code
            }
        }
        try await Task.sleep(for: .milliseconds(50))
        task.cancel()
        #expect(await task.value == .cancelled)
    }

    private func residentBytes() throws -> Int {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}

extension Image {
    var mirrored: Image {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(pixels.count)
        for y in 0..<height {
            for x in (0..<width).reversed() { bytes += pixels[(y * width + x) * 3..<(y * width + x) * 3 + 3] }
        }
        return Image(width: width, height: height, bgr: bytes)
    }
}
