import Inference

/// A network the way its authors wrote it in Keras: layers, and which feeds which.
///
/// The layers must be the authors' own, those without weights too: their number decides in which order a weights file
/// lists the others (see `fileOrder`). Shapes are Keras': rows × columns × channels, the batch left out.
struct KerasNetwork: Sendable {
    /// A layer, and so what comes out of it.
    struct Node: Hashable, Sendable {
        let index: Int
    }

    /// What a layer gives: an image, or a vector as an image of one pixel that is `flat`.
    struct Shape: Equatable, Sendable {
        /// In pixels; `nil` where images of any size go through.
        let height, width: Int?
        let channels: Int
        var flat = false

        /// Of a layer that is made for one size.
        var fixed: (height: Int, width: Int) {
            guard let height, let width else { preconditionFailure("the layer must know its image's size") }
            return (height, width)
        }
        /// Rows × columns.
        var places: Int { fixed.height * fixed.width }
        var count: Int { places * channels }
        static func vector(_ count: Int) -> Shape { Shape(height: 1, width: 1, channels: count, flat: true) }
    }

    struct Layer: Sendable {
        let kind: Kind
        let inputs: [Node]
        let shape: Shape
    }

    /// What a layer does.
    enum Kind: Sendable {
        case input
        case convolution(Window, filters: Int, bias: Bool, Activation)
        case depthwiseConvolution(Window)
        /// A depthwise convolution and a 1 × 1 one behind it.
        case separableConvolution(Window, filters: Int)
        /// A convolution with kernels of its own at every place.
        case locallyConnected(Window, filters: Int, Activation)
        case dense(units: Int, bias: Bool, Activation)
        /// `scales` is whether it has a gamma.
        case batchNormalization(epsilon: Float, scales: Bool)
        case prelu
        case activation(Activation)
        case zeroPadding(GraphBuilder.Padding)
        case maxPool(Window)
        case averagePool(Window)
        case globalAveragePool
        /// Twice as high and wide, each pixel four times.
        case upsampling
        /// The first input's top left corner, as large as the second input.
        case cropping
        case flatten
        case add
        case multiply
        case concatenate
        /// Times a number.
        case scale(Float)
        /// Nothing, at inference: dropout, reshape.
        case identity
        /// Anything else without weights that keeps the shape.
        case lambda(@Sendable (inout GraphBuilder, [GraphBuilder.Value]) -> GraphBuilder.Value)
    }

    /// A window that moves over an image.
    struct Window: Sendable, Equatable {
        var rows, columns: Int
        var stride = 1
        var padding = Padding.valid

        enum Padding: Sendable {
            case valid
            /// As many zeros around as keep size ÷ stride; when their number is odd, one more at the end.
            case same
        }
    }

    enum Activation: Sendable {
        case linear, relu, tanh, sigmoid, softmax
        /// 0.2 x + 0.5, kept within 0 to 1.
        case hardSigmoid
    }

    /// What the network is called in its compiled form.
    let name: String
    private(set) var layers: [Layer] = []
    /// What it gives.
    var outputs: [Node] = []
    /// The ends of the network that the weights file was written from, where it goes on beyond `outputs`.
    var fileOutputs: [Node]?

    /// - Parameters:
    ///   - height: rows of the images it takes; `nil` for any number.
    ///   - width: columns of the images it takes; `nil` for any number.
    init(name: String, height: Int?, width: Int?, channels: Int = 3) {
        self.name = name
        layers = [Layer(kind: .input, inputs: [], shape: Shape(height: height, width: width, channels: channels))]
    }

    var input: Node { Node(index: 0) }

    subscript(node: Node) -> Layer { layers[node.index] }

    mutating func append(_ kind: Kind, _ inputs: [Node], _ shape: Shape) -> Node {
        layers.append(Layer(kind: kind, inputs: inputs, shape: shape))
        return Node(index: layers.count - 1)
    }
}

extension KerasNetwork.Window {
    init(_ size: Int, stride: Int = 1, _ padding: Padding = .valid) {
        self.init(rows: size, columns: size, stride: stride, padding: padding)
    }

    /// What comes out of an image of this shape.
    func output(_ shape: KerasNetwork.Shape, channels: Int) -> KerasNetwork.Shape {
        func length(_ length: Int?, _ window: Int) -> Int? {
            length.map { (padding == .same ? $0 + stride - 1 : $0 - window + stride) / stride }
        }
        return KerasNetwork.Shape(
            height: length(shape.height, rows), width: length(shape.width, columns), channels: channels)
    }

    /// The zeros around an image of this shape.
    func zeros(_ shape: KerasNetwork.Shape) -> GraphBuilder.Padding {
        guard padding == .same else { return .none }
        func missing(_ length: Int, _ window: Int) -> Int {
            max(0, ((length + stride - 1) / stride - 1) * stride + window - length)
        }
        let (height, width) = shape.fixed
        let (vertical, horizontal) = (missing(height, rows), missing(width, columns))
        return GraphBuilder.Padding(
            top: vertical / 2, left: horizontal / 2, bottom: vertical - vertical / 2,
            right: horizontal - horizontal / 2)
    }
}
