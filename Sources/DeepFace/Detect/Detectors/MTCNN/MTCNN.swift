import Dispatch
import Foundation
import Inference
import Synchronization

extension DetectorModel {
    /// MTCNN: three small networks that propose, refine and place landmarks (Zhang et al., IEEE SPL 2016).
    ///
    /// Weights of facenet-pytorch; arithmetic and defaults of the `mtcnn` package 1.0.0 that Python DeepFace calls:
    /// faces from 20 pixels, thresholds 0.6, 0.7, 0.8.
    public static let mtcnn = DetectorModel(
        name: "mtcnn", summary: "MTCNN, eyes, nose and mouth corners",
        networks: [.mtcnnProposal, .mtcnnRefinement, .mtcnnOutput]
    ) { resources throws(DeepFaceError) in
        MTCNNDetector(
            proposal: try resources.compiled.network(.mtcnnProposal),
            refinement: try resources.compiled.network(.mtcnnRefinement),
            output: try resources.compiled.network(.mtcnnOutput))
    }
}

extension PublishedFile {
    static let mtcnnP = facenetPyTorch(
        "pnet.pt", size: 28_570, sha256: "a2a71925e0b9996a42f63e47efc1ca19043e69558b5c523b978d611dfae49c8f")
    static let mtcnnR = facenetPyTorch(
        "rnet.pt", size: 403_147, sha256: "bbb937de72efc9ef83b186c49f5f558467a1d7e3453a8ece0d71a886633f6a86")
    static let mtcnnO = facenetPyTorch(
        "onet.pt", size: 1_559_269, sha256: "165bfbe42940416ccfb977545cf0e976d5bf321f67083ae2aaaa5c764280118d")
}

struct MTCNNDetector: Detector {
    let proposal: any Network
    let refinement: any Network
    let output: any Network

    private static let smallestFace = 20.0
    private static let scaleStep = 0.709
    private static let cell = Double(ScaledBand.cell)

    func detect(in image: Image) throws(DeepFaceError) -> [DetectedFace] {
        do throws(InferenceError) {
            var candidates = try propose(in: image)
            guard !candidates.isEmpty else { return [] }
            candidates = try refine(candidates, in: image)
            guard !candidates.isEmpty else { return [] }
            return try finish(candidates, in: image)
        } catch {
            throw DeepFaceError(.engine, "\(error)")
        }
    }

    // MARK: The three stages

    /// Runs the proposal network over the image at every scale, band by band, the bands side by side.
    private func propose(in image: Image) throws(InferenceError) -> [FaceCandidate] {
        let scales = Self.scales(width: image.width, height: image.height)
        let bands = scales.indices.flatMap { level in
            ScaledBand.covering(image, scale: scales[level]).map { (level: level, band: $0) }
        }
        let results = Mutex<[Result<[FaceCandidate], InferenceError>]>(
            Array(repeating: .success([]), count: bands.count))
        DispatchQueue.concurrentPerform(iterations: bands.count) { index in
            let result: Result<[FaceCandidate], InferenceError>
            do throws(InferenceError) {
                result = .success(try propose(in: image, bands[index].band))
            } catch {
                result = .failure(error)
            }
            results.withLock { $0[index] = result }
        }
        let found = results.withLock { $0 }
        var candidates: [FaceCandidate] = []
        for level in scales.indices {
            var ofLevel: [FaceCandidate] = []
            for (index, band) in bands.enumerated() where band.level == level { ofLevel += try found[index].get() }
            candidates += ofLevel.sortedByScore().suppressed(above: 0.5, relativeTo: .union)
        }
        return candidates.sortedByScore().suppressed(above: 0.7, relativeTo: .union).map(\.squared)
    }

    private func propose(in image: Image, _ band: ScaledBand) throws(InferenceError) -> [FaceCandidate] {
        let outputs = try proposal(band.planes(of: image))
        let offsets = outputs[0].values
        let probabilities = outputs[1].values
        let (rows, columns) = (outputs[1].shape[2], outputs[1].shape[3])
        let count = rows * columns
        let side = Double(ScaledBand.cell - 1)
        var candidates: [FaceCandidate] = []
        for place in 0..<count where probabilities[count + place] > 0.6 {
            let x = Double(place % columns * ScaledBand.stride + 1)
            let y = Double(place / columns * ScaledBand.stride + band.first + 1)
            func offset(_ index: Int) -> Double { Double(offsets[index * count + place]) * side }
            candidates.append(
                FaceCandidate(
                    x1: (x + offset(0)) / band.scale, y1: (y + offset(1)) / band.scale,
                    x2: (x + side + offset(2)) / band.scale, y2: (y + side + offset(3)) / band.scale,
                    score: probabilities[count + place]))
        }
        return candidates
    }

    private func refine(_ candidates: [FaceCandidate], in image: Image) throws(InferenceError) -> [FaceCandidate] {
        var refined: [FaceCandidate] = []
        for (candidate, output) in try run(refinement, on: candidates, of: image, size: 24) where output[1][1] > 0.7 {
            refined.append(candidate.shifted(by: output[0], score: output[1][1]))
        }
        return refined.sortedByScore().suppressed(above: 0.7, relativeTo: .union).map(\.squared)
    }

    private func finish(_ candidates: [FaceCandidate], in image: Image) throws(InferenceError) -> [DetectedFace] {
        var found: [FaceCandidate] = []
        for (candidate, output) in try run(self.output, on: candidates, of: image, size: 48) where output[2][1] > 0.8 {
            var face = candidate.shifted(by: output[0], score: output[2][1])
            face.points = (0..<5).map { candidate.point(x: output[1][$0], y: output[1][$0 + 5]) }
            found.append(face)
        }
        return found.sortedByScore().suppressed(above: 0.7, relativeTo: .smaller).map { $0.face(in: image) }
    }

    /// Each candidate with the network's outputs for it; a bounded number go through at a time.
    private func run(
        _ network: any Network, on candidates: [FaceCandidate], of image: Image, size: Int
    ) throws(InferenceError) -> [(FaceCandidate, [[Float]])] {
        var results: [(FaceCandidate, [[Float]])] = []
        let batch = 128
        for start in stride(from: 0, to: candidates.count, by: batch) {
            let part = candidates[start..<min(start + batch, candidates.count)]
            var input: [Float] = []
            input.reserveCapacity(part.count * 3 * size * size)
            for candidate in part { candidate.sample(image, size: size, into: &input) }
            let outputs = try network(Tensor(shape: [part.count, 3, size, size], values: input)).map(\.rows)
            for (index, candidate) in part.enumerated() {
                results.append((candidate, outputs.map { Array($0[index]) }))
            }
        }
        return results
    }

    /// From the scale at which a smallest face fills a cell, downwards; as many as the `mtcnn` package makes.
    static func scales(width: Int, height: Int) -> [Double] {
        let count = -(log(Double(min(width, height)) / cell) / log(scaleStep) + 1)
        guard count.isFinite, count.rounded(.toNearestOrEven) >= 1 else { return [] }
        return (0..<Int(count.rounded(.toNearestOrEven))).map { cell / smallestFace * pow(scaleStep, Double($0)) }
    }
}
