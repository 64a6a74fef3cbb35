import CDlib
import Foundation

/// The parameters of a dlib network file, from input to output.
package struct DlibParameters {
    /// The networks whose layers are known.
    package enum Network: Sendable {
        /// dlib_face_recognition_resnet_model_v1.
        case resNet
        /// mmod_human_face_detector.
        case mmod
    }

    private let blocks: [(kind: df_parameter_kind, shape: [Int], values: [Float])]
    private let file: String
    private var position = 0

    package init(_ content: Data, of network: Network, file: String) throws(WeightFileError) {
        self.file = file
        let read = network == .resNet ? df_resnet_read : df_mmod_layers_read
        let (layers, message) = Shim.call { message in
            content.withUnsafeBytes { read($0.baseAddress, $0.count, message) }
        }
        guard let layers else {
            throw WeightFileError(file: file, reason: .malformed(message))
        }
        defer { df_layers_free(layers) }
        blocks = (0..<df_layers_count(layers)).map { index in
            let block = df_layers_parameter(layers, index)
            let shape = [block.shape.0, block.shape.1, block.shape.2, block.shape.3].map { Int($0) }
            return (block.kind, shape, Array(UnsafeBufferPointer(start: block.values, count: block.count)))
        }
    }

    /// The next block, which must be of this kind and shape.
    mutating func next(_ kind: df_parameter_kind, shape: [Int]) throws(WeightFileError) -> [Float] {
        let name = "block \(position)"
        guard position < blocks.count else { throw WeightFileError(file: file, reason: .missingTensor(name)) }
        let block = blocks[position]
        let full = shape + Array(repeating: 1, count: 4 - shape.count)
        guard block.kind == kind, block.shape == full else {
            throw WeightFileError(file: file, reason: .wrongShape(tensor: name, expected: full, found: block.shape))
        }
        position += 1
        return block.values
    }

    /// The next convolution's kernel and bias, with the affine layer behind it folded in.
    mutating func foldedConvolution(
        filters: Int, channels: Int, size: Int
    ) throws(WeightFileError) -> (kernel: [Float], bias: [Float]) {
        let kernel = try next(DF_KERNEL, shape: [filters, channels, size, size])
        let bias = try next(DF_BIAS, shape: [filters])
        let change = ChannelChange(
            scale: try next(DF_GAMMA, shape: [filters]),
            shift: try next(DF_BETA, shape: [filters]))
        return (change.scaling(kernel), change.shifting(bias))
    }

    func finish() throws(WeightFileError) {
        guard position == blocks.count else {
            throw WeightFileError(file: file, reason: .malformed("\(blocks.count - position) blocks too many"))
        }
    }
}
