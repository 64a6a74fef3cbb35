/// Builds a network node by node and writes it as an ONNX model, its weights inside or in one raw file beside it.
///
/// Layouts are ONNX's: images are batch × channels × rows × columns, convolution kernels are filters × channels ×
/// rows × columns.
public struct GraphBuilder {
    /// A node's output, an input or a constant: the name by which other nodes refer to it.
    public struct Value: Sendable, Hashable {
        public let name: String
    }

    /// A dimension of an input: fixed, or free with a name.
    public enum Dimension: Sendable {
        case fixed(Int)
        case free(String)
    }

    /// An attribute of a node.
    public enum Attribute: Sendable {
        case int(Int)
        case ints([Int])
        case float(Float)
        case string(String)
    }

    struct Node {
        let operation: String
        let inputs: [Value]
        let outputs: [Value]
        let attributes: [(name: String, value: Attribute)]
    }

    struct Constant {
        let value: Value
        let shape: [Int]
        let data: Data
        enum Data {
            case floats([Float])
            case integers([Int])
            /// Numbers in the weights file, from this byte on.
            case external(offset: Int)
        }
    }

    let name: String
    private(set) var inputs: [(value: Value, shape: [Dimension])] = []
    private(set) var outputs: [(value: Value, rank: Int)] = []
    private(set) var nodes: [Node] = []
    private(set) var constants: [Constant] = []
    private var nextName = 0
    private let external: ExternalWeights?
    private var externalBytes = 0

    /// - Parameters:
    ///   - name: what the network is called in its file.
    ///   - external: where the larger constants go; without one they stand in the model itself.
    public init(name: String, external: ExternalWeights? = nil) {
        self.name = name
        self.external = external
    }

    /// The raw file beside a model that its larger constants go to, as they come: nothing of them stays in memory.
    public struct ExternalWeights {
        /// The file's name, in the same folder as the model.
        public let fileName: String
        /// Puts bytes at the end of the file.
        let append: (UnsafeRawBufferPointer) -> Void

        public init(fileName: String, append: @escaping (UnsafeRawBufferPointer) -> Void) {
            self.fileName = fileName
            self.append = append
        }

        /// Constants of fewer numbers stand in the model itself, where engines fold them.
        static let smallest = 64
        /// Each constant begins at a multiple of this many bytes.
        static let alignment = 64
    }

    /// The name of the file of larger constants; `nil` where they stand in the model.
    var externalName: String? { external?.fileName }

    /// Adds an input of 32-bit numbers.
    public mutating func input(_ name: String, shape: [Dimension]) -> Value {
        let value = Value(name: name)
        inputs.append((value, shape))
        return value
    }

    /// Adds a constant of 32-bit numbers.
    /// - Precondition: `values.count` is the product of `shape`.
    public mutating func constant(_ values: [Float], shape: [Int]) -> Value {
        precondition(values.count == shape.reduce(1, *), "\(values.count) values do not fill \(shape)")
        let value = makeValue("w")
        var data = Constant.Data.floats(values)
        if let external, values.count >= ExternalWeights.smallest {
            let gap = [UInt8](repeating: 0, count: -externalBytes & (ExternalWeights.alignment - 1))
            gap.withUnsafeBytes(external.append)
            data = .external(offset: externalBytes + gap.count)
            values.withUnsafeBytes(external.append)
            externalBytes += gap.count + values.count * MemoryLayout<Float>.size
        }
        constants.append(Constant(value: value, shape: shape, data: data))
        return value
    }

    /// Adds a constant vector of integers: shapes, paddings, places.
    public mutating func constant(_ values: [Int]) -> Value {
        let value = makeValue("i")
        constants.append(Constant(value: value, shape: [values.count], data: .integers(values)))
        return value
    }

    /// Adds a node with one output.
    public mutating func node(
        _ operation: String, _ inputs: [Value], _ attributes: [(name: String, value: Attribute)] = []
    ) -> Value {
        let output = makeValue(operation.lowercased())
        nodes.append(Node(operation: operation, inputs: inputs, outputs: [output], attributes: attributes))
        return output
    }

    /// Makes a value of `rank` dimensions an output of the network. Outputs come in the order of these calls.
    public mutating func output(_ value: Value, rank: Int) {
        outputs.append((value, rank))
    }

    private mutating func makeValue(_ kind: String) -> Value {
        nextName += 1
        return Value(name: "\(kind)\(nextName)")
    }
}
