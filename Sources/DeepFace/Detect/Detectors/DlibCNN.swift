import CDlib
import Foundation
import Inference

extension DetectorModel {
    /// dlib's convolutional face detector: boxes of faces from all sides, of at least 80 pixels where it looks
    /// (max-margin object detection, Davis King, 2015; dlib's examples/dnn_mmod_face_detection_ex.cpp).
    ///
    /// Photos are searched at a longest side of 1280 by default. Smaller ones are scaled up to that, at most to twice
    /// their size, as the package `face_recognition` does on demand: faces from 40 pixels are then found.
    public static let dlibCNN = DetectorModel(
        name: "dlib-cnn", summary: "dlib's convolutional network, boxes only", networks: [.dlibCNN],
        givesLandmarks: false, workingSide: 1280, isPythons: false
    ) { resources throws(DeepFaceError) in
        let detector = DlibCNNDetector(
            frame: try DlibCNNFrame(try resources.store.bytes(of: .dlibCNN)),
            network: try resources.alone.network(.dlibCNN))
        // Whatever the options say: a photo of this size takes a gigabyte, by estimate.
        return BoundedDetector(detector, 3072)
    }
}

extension PublishedFile {
    static let dlibCNN = faceRecognitionModels(
        "mmod_human_face_detector.dat", size: 729_940,
        sha256: "4cb19393e2fbaf2b1609a9319ad5386618c886a6234ec1b971f3e87c85d87fe6")
}

extension StoredNetwork {
    /// Takes planes of red, green and blue as dlib's input layer makes them; gives one number for every eighth row and
    /// column.
    static let dlibCNN = StoredNetwork(
        name: "dlib-cnn", files: [.dlibCNN],
        form: .built { graph, paths throws(WeightFileError) in
            let content = try WeightFile.content(of: paths[0])
            var parameters = try DlibParameters(content, of: .mmod, file: paths[0])
            var x = graph.input("pixels", shape: [.free("batch"), .fixed(3), .free("rows"), .free("columns")])
            var channels = 3
            for (filters, stride) in [(16, 2), (32, 2), (32, 2), (45, 1), (45, 1), (45, 1)] {
                let (kernel, bias) = try parameters.foldedConvolution(filters: filters, channels: channels, size: 5)
                let tensor = Tensor(shape: [filters, channels, 5, 5], values: kernel)
                x = graph.relu(
                    graph.convolution(
                        x, kernel: tensor, bias: bias, stride: stride, padding: stride == 1 ? .init(2) : .none))
                channels = filters
            }
            let kernel = Tensor(shape: [1, 45, 9, 9], values: try parameters.next(DF_KERNEL, shape: [1, 45, 9, 9]))
            let bias = try parameters.next(DF_BIAS, shape: [1])
            graph.output(graph.convolution(x, kernel: kernel, bias: bias, padding: .init(4)), rank: 4)
            try parameters.finish()
        })
}

private struct DlibCNNDetector: Detector {
    let frame: DlibCNNFrame
    let network: any Network

    /// No face of 80 pixels shows in less, and the network needs 7.
    private static let smallestSide = 16
    /// How much photos are enlarged at most, and up to which longer side.
    private static let (largestScale, enlargedSide) = (2.0, 1280.0)

    func detect(in image: Image) throws(DeepFaceError) -> [DetectedFace] {
        let scale = max(1, min(Self.enlargedSide / Double(max(image.width, image.height)), Self.largestScale))
        let picture = scale == 1 ? image : try image.resized(by: scale)
        guard min(picture.width, picture.height) >= Self.smallestSide else { return [] }
        let pyramid = try frame.pyramid(of: picture)
        let scores = try network.outputs(for: pyramid.planes())[0]
        return try frame.faces(in: pyramid, scores: scores).map { hit in
            let box = Rectangle(
                left: Double(hit.left), top: Double(hit.top), right: Double(hit.right + 1),
                bottom: Double(hit.bottom + 1))
            return DetectedFace(
                box: box.scaled(by: 1 / scale, 1 / scale).box(width: image.width, height: image.height),
                score: min(1, hit.score))
        }
    }
}

/// What dlib does before and behind the network.
///
/// `@unchecked Sendable`: the pointer never changes, and nothing changes what it points to.
private final class DlibCNNFrame: @unchecked Sendable {
    private let pointer: OpaquePointer

    init(_ content: Data) throws(DeepFaceError) {
        let (pointer, message) = Shim.call { message in
            content.withUnsafeBytes { df_mmod_read($0.baseAddress, $0.count, message) }
        }
        guard let pointer else { throw .library("dlib", message) }
        self.pointer = pointer
    }

    deinit { df_mmod_free(pointer) }

    func pyramid(of image: Image) throws(DeepFaceError) -> DlibPyramid {
        let (pyramid, message) = Shim.call { message in
            df_mmod_pyramid(pointer, image.pixels, Int32(image.width), Int32(image.height), message)
        }
        guard let pyramid else { throw .library("dlib", message) }
        return DlibPyramid(pyramid)
    }

    /// The faces that these scores of the network's mean, the surest first; right and bottom belong to them.
    func faces(in pyramid: DlibPyramid, scores: Tensor) throws(DeepFaceError) -> [df_hog_hit] {
        var found: UnsafeMutablePointer<df_hog_hit>?
        var count = 0
        try dlib { message in
            df_mmod_faces(
                pointer, pyramid.pointer, scores.values, Int64(scores.shape[2]), Int64(scores.shape[3]), &found, &count,
                message)
        }
        defer { df_dlib_free(found) }
        return Array(UnsafeBufferPointer(start: found, count: count))
    }
}

/// An image and smaller ones of it side by side in one.
private final class DlibPyramid {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { df_pyramid_free(pointer) }

    /// As the network takes it.
    func planes() -> Tensor {
        var (rows, columns): (Int64, Int64) = (0, 0)
        let planes = df_pyramid_planes(pointer, &rows, &columns)
        let shape = [1, 3, Int(rows), Int(columns)]
        return Tensor(
            shape: shape, values: Array(UnsafeBufferPointer(start: planes, count: shape.reduce(1, *))))
    }
}
