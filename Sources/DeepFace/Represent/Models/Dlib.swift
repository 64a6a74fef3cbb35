import CDlib
import Foundation
import Inference

extension RecognitionModel {
    /// dlib's ResNet: 128 numbers from a 150-pixel chip, 29 convolutions (Davis King, 2017; trained on about 3 million
    /// faces cut out as 5-point or 68-point chips with padding 0.25).
    ///
    /// Thresholds and confidence curves are those of Python DeepFace (config/threshold.py, config/confidence.py).
    public static let dlib = RecognitionModel(
        name: "Dlib", summary: "dlib's ResNet, 128 numbers", dimensions: 128,
        input: Input(width: 150, height: 150, channels: .rgb, levels: .bytes),
        network: StoredNetwork(
            name: "Dlib", files: [.dlibResNet],
            form: .built { graph, paths throws(WeightFileError) in
                let content = try WeightFile.content(of: paths[0])
                graph = try DlibResNet.graph(graph, content, file: paths[0])
            }),
        template: .dlibChip, training: "5-point and 68-point chips of dlib", lfw: 99.38,
        thresholds: MetricTable(cosine: 0.07, euclidean: 0.6, euclideanL2: 0.4, angular: 0.12),
        confidence: MetricTable(
            cosine: ConfidenceCurve(
                weight: -3.7618087798972293, bias: -0.6908814404797111, normalizer: 0.200732,
                same: 27.84268789569509...32.289077089161594, different: 19.061842082779275...27.803329512485526),
            euclidean: ConfidenceCurve(
                weight: -7.494007964438609, bias: 3.9696154227506937, normalizer: 0.909856,
                same: 37.63548146988899...89.6022157357575, different: 5.474065355413035...36.791885490113046),
            euclideanL2: ConfidenceCurve(
                weight: -7.104640497107913, bias: 2.3288632189212457, normalizer: 0.633612,
                same: 37.84998375132765...76.39948218795206, different: 10.222692344960938...36.56103592414769),
            angular: ConfidenceCurve(
                weight: -3.2116944601651727, bias: -0.5970349913114966, normalizer: 0.205221,
                same: 27.2527288169969...31.79313619700238, different: 22.163871613552466...27.18852931051015)),
        range: -0.41398656368255615...0.5201137661933899,
        // dlib's own threshold; the table's cosine turns away too many true pairs on hard photos.
        metric: .euclidean,
        // For detectors that give boxes or eyes only.
        companions: [.fivePointPredictor])
}

extension PublishedFile {
    static let dlibResNet = faceRecognitionModels(
        "dlib_face_recognition_resnet_model_v1.dat", size: 22_466_066,
        sha256: "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30")
}

/// The network of dlib's examples/dnn_face_recognition_ex.cpp, its parameters read through libdlib.
private struct DlibResNet {
    private var graph: GraphBuilder
    private var parameters: DlibParameters

    static func graph(
        _ graph: GraphBuilder, _ content: Data, file: String
    ) throws(WeightFileError) -> GraphBuilder {
        var network = DlibResNet(graph: graph, parameters: try DlibParameters(content, of: .resNet, file: file))
        return try network.build()
    }

    private mutating func build() throws(WeightFileError) -> GraphBuilder {
        let pixels = graph.input("pixels", shape: [.free("batch"), .fixed(3), .fixed(150), .fixed(150)])
        var x = graph.relu(try firstConvolution(pixels))
        x = graph.maxPool(x, size: 3, stride: 2)
        // Filters, whether the first block halves the image, and the image's side going in.
        let stages: [(filters: Int, blocks: Int, halves: Bool)] = [
            (32, 3, false), (64, 4, true), (128, 3, true), (256, 3, true), (256, 1, true),
        ]
        var (channels, side) = (32, 35)
        for stage in stages {
            for block in 0..<stage.blocks {
                let halves = stage.halves && block == 0
                x = try residual(x, channels: channels, filters: stage.filters, side: &side, halves: halves)
                channels = stage.filters
            }
        }
        x = graph.flatten(graph.globalAveragePool(x))
        let matrix = try parameters.next(DF_DENSE, shape: [256, 128])
        // dlib keeps the matrix as inputs × outputs.
        x = graph.node("MatMul", [x, graph.constant(matrix, shape: [256, 128])])
        graph.output(x, rank: 2)
        try parameters.finish()
        return graph
    }

    /// Two convolutions and a way around them. dlib adds blocks of different size by filling up with zeros.
    private mutating func residual(
        _ x: GraphBuilder.Value, channels: Int, filters: Int, side: inout Int, halves: Bool
    ) throws(WeightFileError) -> GraphBuilder.Value {
        var inner = graph.relu(
            try convolution(x, filters: filters, channels: channels, size: 3, stride: halves ? 2 : 1))
        inner = try convolution(inner, filters: filters, channels: filters, size: 3, stride: 1)
        guard halves else { return graph.relu(graph.add(inner, x)) }
        var around = graph.averagePool(x, size: 2, stride: 2)
        let (innerSide, aroundSide) = ((side - 3) / 2 + 1, (side - 2) / 2 + 1)
        side = max(innerSide, aroundSide)
        if innerSide < side { inner = graph.padEnd(inner, rows: side - innerSide, columns: side - innerSide) }
        if filters > channels { around = graph.padEnd(around, channels: filters - channels) }
        return graph.relu(graph.add(inner, around))
    }

    /// The first convolution, on (pixels − mean) / 256; mean and scale are folded in.
    private mutating func firstConvolution(_ pixels: GraphBuilder.Value) throws(WeightFileError) -> GraphBuilder.Value {
        let mean: [Float] = [122.782, 117.001, 104.298]
        var (kernel, bias) = try parameters.foldedConvolution(filters: 32, channels: 3, size: 7)
        for index in kernel.indices {
            kernel[index] /= 256
            bias[index / (3 * 49)] -= kernel[index] * mean[index / 49 % 3]
        }
        return graph.convolution(
            pixels, kernel: Tensor(shape: [32, 3, 7, 7], values: kernel), bias: bias, stride: 2)
    }

    /// A convolution; only those that do not halve keep the image's size.
    private mutating func convolution(
        _ x: GraphBuilder.Value, filters: Int, channels: Int, size: Int, stride: Int
    ) throws(WeightFileError) -> GraphBuilder.Value {
        let (kernel, bias) = try parameters.foldedConvolution(
            filters: filters, channels: channels, size: size)
        return graph.convolution(
            x, kernel: Tensor(shape: [filters, channels, size, size], values: kernel), bias: bias, stride: stride,
            padding: stride == 1 ? GraphBuilder.Padding(size / 2) : .none)
    }
}
