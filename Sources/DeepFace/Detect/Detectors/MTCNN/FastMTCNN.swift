import CVision
import Dispatch
import Inference
import Synchronization

extension DetectorModel {
    /// MTCNN with the arithmetic of the facenet-pytorch package 2.6.0 (models/utils/detect_face.py): faces from 20
    /// pixels, thresholds 0.6, 0.7, 0.7, the largest face first.
    public static let fastMTCNN = DetectorModel(
        name: "fastmtcnn", summary: "MTCNN as in facenet-pytorch, eyes, nose and mouth corners",
        networks: [.mtcnnProposal, .mtcnnRefinement, .mtcnnOutput]
    ) { resources throws(DeepFaceError) in
        FastMTCNNDetector(
            proposal: try resources.compiled.network(.mtcnnProposal),
            refinement: try resources.compiled.network(.mtcnnRefinement),
            output: try resources.compiled.network(.mtcnnOutput), parity: resources.parity)
    }
}

private struct FastMTCNNDetector: Detector {
    let proposal: any Network
    let refinement: any Network
    let output: any Network
    let parity: Bool

    private static let cell = 12.0
    private static let stride: Float = 2
    private static let smallestFace = 20.0
    private static let scaleStep = 0.709

    func detect(in image: Image) throws(DeepFaceError) -> [DetectedFace] {
        let candidates = try refine(propose(in: image), in: image)
        var faces: [FaceCandidate] = []
        for (candidate, outputs) in try looked(at: candidates, with: output, size: 48, in: image)
        where outputs[2][1] > 0.7 {
            var face = candidate.shifted(by: outputs[0], score: outputs[2][1])
            face.points = (0..<5).map { candidate.point(x: outputs[1][$0], y: outputs[1][$0 + 5]) }
            faces.append(face)
        }
        faces.sort { $0.score > $1.score }
        faces = faces.suppressed { Self.cover($0.area, $1.area) > 0.7 }
        faces.sort { $0.area.width * $0.area.height > $1.area.width * $1.area.height }
        return faces.map { face in
            var found = face.face(in: image)
            if parity {
                found.box = face.area.truncated
                found.landmarks = found.landmarks.map { Point(x: Double(Int($0.x)), y: Double(Int($0.y))) }
            }
            return found
        }
    }

    private func refine(_ candidates: [FaceCandidate], in image: Image) throws(DeepFaceError) -> [FaceCandidate] {
        var refined: [(candidate: FaceCandidate, offsets: [Float])] = []
        for (candidate, outputs) in try looked(at: candidates, with: refinement, size: 24, in: image)
        where outputs[1][1] > 0.7 {
            refined.append((candidate.scored(outputs[1][1]), outputs[0]))
        }
        refined.sort { $0.candidate.score > $1.candidate.score }
        return refined.suppressed { $0.candidate.area.overlap($1.candidate.area) > 0.7 }
            .map { $0.candidate.shifted(by: $0.offsets, score: $0.candidate.score).squared }
    }

    /// How much of the smaller both share.
    private static func cover(_ a: Rectangle, _ b: Rectangle) -> Double {
        a.shared(b, edge: 1) / min((a.width + 1) * (a.height + 1), (b.width + 1) * (b.height + 1))
    }

    /// Runs the proposal network over the image at every scale, the scales side by side.
    private func propose(in image: Image) throws(DeepFaceError) -> [FaceCandidate] {
        var scales: [Double] = []
        var scale = Self.cell / Self.smallestFace
        var shortest = Double(min(image.width, image.height)) * scale
        while shortest >= Self.cell {
            scales.append(scale)
            scale *= Self.scaleStep
            shortest *= Self.scaleStep
        }
        let results = Mutex<[Result<[FaceCandidate], DeepFaceError>]>(
            Array(repeating: .success([]), count: scales.count))
        let levels = scales
        DispatchQueue.concurrentPerform(iterations: levels.count) { level in
            let found: Result<[FaceCandidate], DeepFaceError>
            do throws(DeepFaceError) {
                found = .success(try propose(in: image, scale: levels[level]))
            } catch {
                found = .failure(error)
            }
            results.withLock { $0[level] = found }
        }
        var candidates: [FaceCandidate] = []
        for found in results.withLock({ $0 }) { candidates += try found.get() }
        return candidates.sorted { $0.score > $1.score }.suppressed { $0.area.overlap($1.area) > 0.7 }
            .map { face in
                // The points hold the offsets, in sizes of the box.
                let (width, height) = (face.area.width, face.area.height)
                var moved = face
                moved.x1 += face.points[0].x * width
                moved.y1 += face.points[0].y * height
                moved.x2 += face.points[1].x * width
                moved.y2 += face.points[1].y * height
                return moved.squared
            }
    }

    private func propose(in image: Image, scale: Double) throws(DeepFaceError) -> [FaceCandidate] {
        let (width, height) = (Int(Double(image.width) * scale + 1), Int(Double(image.height) * scale + 1))
        var values = [Float](repeating: 0, count: 3 * width * height)
        try values.withUnsafeMutableBufferPointer { target throws(DeepFaceError) in
            let whole = Box(x: 0, y: 0, width: image.width, height: image.height)
            try Self.sample(whole, of: image, width: width, height: height, into: target)
        }
        let outputs = try proposal.outputs(for: Tensor(shape: [1, 3, height, width], values: values))
        let (offsets, probabilities) = (outputs[0].values, outputs[1].values)
        let columns = outputs[1].shape[3]
        let count = columns * outputs[1].shape[2]
        var found: [FaceCandidate] = []
        for place in 0..<count where probabilities[count + place] >= 0.6 {
            // In 32 bits, as there: a pixel more or less decides which of two boxes stays.
            let (x, y) = (Float(place % columns) * Self.stride, Float(place / columns) * Self.stride)
            func start(_ value: Float) -> Double { Double(((value + 1) / Float(scale)).rounded(.down)) }
            func end(_ value: Float) -> Double { Double(((value + Float(Self.cell)) / Float(scale)).rounded(.down)) }
            func offset(_ number: Int) -> Double { Double(offsets[number * count + place]) }
            found.append(
                FaceCandidate(
                    x1: start(x), y1: start(y), x2: end(x), y2: end(y), score: probabilities[count + place],
                    points: [Point(x: offset(0), y: offset(1)), Point(x: offset(2), y: offset(3))]))
        }
        return found.sorted { $0.score > $1.score }.suppressed { $0.area.overlap($1.area) > 0.5 }
    }

    /// The candidates with a network's outputs for them; those without a pixel in the image are left out.
    private func looked(
        at candidates: [FaceCandidate], with network: any Network, size: Int, in image: Image
    ) throws(DeepFaceError) -> [(candidate: FaceCandidate, outputs: [[Float]])] {
        let visible = candidates.compactMap { candidate in candidate.part(of: image).map { (candidate, $0) } }
        var results: [(candidate: FaceCandidate, outputs: [[Float]])] = []
        for start in Swift.stride(from: 0, to: visible.count, by: Self.batch) {
            let some = visible[start..<min(start + Self.batch, visible.count)]
            let length = 3 * size * size
            var values = [Float](repeating: 0, count: some.count * length)
            try values.withUnsafeMutableBufferPointer { target throws(DeepFaceError) in
                for (index, (_, part)) in some.enumerated() {
                    let room = UnsafeMutableBufferPointer(rebasing: target[index * length..<(index + 1) * length])
                    try Self.sample(part, of: image, width: size, height: size, into: room)
                }
            }
            let rows = try network.outputs(for: Tensor(shape: [some.count, 3, size, size], values: values)).map(\.rows)
            for (index, (candidate, _)) in some.enumerated() {
                results.append((candidate, rows.map { Array($0[index]) }))
            }
        }
        return results
    }

    /// Candidates that go through a network together.
    private static let batch = 128

    private static func sample(
        _ part: Box, of image: Image, width: Int, height: Int, into target: UnsafeMutableBufferPointer<Float>
    ) throws(DeepFaceError) {
        try vision { message in
            df_mean_planes(
                image.pixels, Int32(image.width), Int32(part.x), Int32(part.y), Int32(part.width), Int32(part.height),
                127.5, 1 / 128, target.baseAddress, Int32(width), Int32(height), message)
        }
    }
}

extension FaceCandidate {
    fileprivate var area: Rectangle { Rectangle(left: x1, top: y1, right: x2, bottom: y2) }

    fileprivate func scored(_ score: Float) -> FaceCandidate {
        FaceCandidate(x1: x1, y1: y1, x2: x2, y2: y2, score: score)
    }

    /// The pixels of the image that it covers, counted from 1 as facenet-pytorch does; `nil` where there are none.
    fileprivate func part(of image: Image) -> Box? {
        guard [x1, y1, x2, y2].allSatisfy({ abs($0) < 1e9 }) else { return nil }
        let (left, top) = (max(1, Int(x1)) - 1, max(1, Int(y1)) - 1)
        let (right, bottom) = (min(image.width, Int(x2)), min(image.height, Int(y2)))
        guard right > left, bottom > top else { return nil }
        return Box(x: left, y: top, width: right - left, height: bottom - top)
    }
}
