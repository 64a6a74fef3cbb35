/// What a node of an ONNX file may be: the operators of face networks, with as many inputs and outputs as they have.
///
/// Engines take a node's inputs for granted, so that one too few is read beyond their list. Nothing here has a graph
/// within (`If`, `Loop`, `Scan`), or makes numbers without end out of a few (`Range`, `Tile`).
/// Source: https://onnx.ai/onnx/operators
enum ONNXOperator {
    /// How many inputs, the first of which must be there, and outputs.
    struct Form {
        let inputs: ClosedRange<Int>
        let outputs: ClosedRange<Int>
    }

    /// The form of an operator in a version of all of them; `nil` where it is not known.
    static func form(_ name: String, version: Int) -> Form? { all[name]?.last { $0.since <= version }?.form }

    private static let all: [String: [(since: Int, form: Form)]] = {
        var all: [String: [(since: Int, form: Form)]] = [:]
        func add(_ inputs: ClosedRange<Int>, _ names: String, since: Int = 0, outputs: ClosedRange<Int> = 1...1) {
            for name in names.split(separator: " ") {
                all[String(name), default: []].append((since, Form(inputs: inputs, outputs: outputs)))
            }
        }
        add(0...0, "Constant")
        add(
            1...1,
            "Abs Cast Elu Erf Exp Flatten Floor Ceil Gelu GlobalAveragePool GlobalMaxPool HardSigmoid HardSwish Identity "
                + "LeakyRelu Log LogSoftmax LpNormalization LRN Mish Neg Not Reciprocal Relu Selu Shape Sigmoid Softmax "
                + "Softplus Softsign Sqrt Tanh Transpose AveragePool MaxPool DepthToSpace SpaceToDepth")
        add(2...2, "Add Sub Mul Div Pow MatMul PRelu Gather Expand Reshape Equal Greater Less And Or")
        add(1...64, "Max Min Sum Mean Concat")
        add(2...3, "Conv ConvTranspose LayerNormalization Gemm")
        add(3...3, "Where InstanceNormalization")
        add(5...5, "BatchNormalization")
        // What once were attributes are inputs since these versions.
        let reductions = "ReduceMean ReduceMax ReduceMin ReduceL1 ReduceL2 ReduceSumSquare"
        add(1...1, "ReduceSum Squeeze Unsqueeze Pad Slice Clip Dropout \(reductions)")
        add(1...1, "Split", outputs: 1...64)
        add(1...1, "Dropout", since: 7, outputs: 1...2)
        add(2...2, "Upsample", since: 9)
        add(2...2, "Resize", since: 10)
        add(3...5, "Slice", since: 10)
        add(2...3, "Pad", since: 11)
        add(1...3, "Clip", since: 11)
        add(2...4, "Resize", since: 11)
        add(1...3, "Dropout", since: 12, outputs: 1...2)
        add(1...2, "ReduceSum Squeeze", since: 13)
        add(2...2, "Unsqueeze", since: 13)
        add(1...2, "Split", since: 13, outputs: 1...64)
        add(1...2, reductions, since: 18)
        add(2...4, "Pad", since: 18)
        return all
    }()

    /// Within what constants must be, by the input they are of, with which nodes make large things of small ones.
    static let limits: [String: [Int: ClosedRange<Double>]] = [
        "Pad": [1: -512...512], "Expand": [1: -1...65_536], "Upsample": [1: 0...64],
        "Resize": [1: -65_536...65_536, 2: 0...64, 3: 0...65_536],
    ]

    /// What an attribute may hold.
    enum Values {
        /// One whole number, or between one and sixteen.
        case integer(ClosedRange<Int>)
        case integers(ClosedRange<Int>)
        /// Each of the numbers from 0 on, once.
        case permutation
        case type
        case fraction, fractions
        case text
        case tensor
    }

    private static let sides = 1...4096
    private static let axes = -8...8

    static let attributes: [String: Values] = {
        var all: [String: Values] = [
            "kernel_shape": .integers(sides), "strides": .integers(sides), "dilations": .integers(sides),
            "pads": .integers(0...512), "output_padding": .integers(0...512), "group": .integer(1...65_536),
            "perm": .permutation, "axis": .integer(axes), "axes": .integers(axes), "start": .integer(axes),
            "end": .integer(axes), "starts": .integers(Int.min...Int.max), "ends": .integers(Int.min...Int.max),
            "to": .type, "p": .integer(1...2), "blocksize": .integer(1...64), "num_outputs": .integer(1...64),
            "split": .integers(1...1 << 24), "shape": .integers(-1...1 << 24), "size": .integer(1...4096),
            "stash_type": .integer(1...1), "training_mode": .integer(0...0), "value": .tensor,
            "value_int": .integer(Int.min...Int.max), "value_ints": .integers(Int.min...Int.max),
            "value_float": .fraction, "value_floats": .fractions,
        ]
        func add(_ values: Values, _ names: String) {
            for name in names.split(separator: " ") { all[String(name)] = values }
        }
        add(
            .integer(0...1),
            "allowzero antialias broadcast ceil_mode count_include_pad exclude_outside is_test keepdims noop_with_empty_axes "
                + "spatial storage_order transA transB")
        add(
            .fraction,
            "alpha beta bias cubic_coeff_a epsilon extrapolation_value gamma lambda max min momentum ratio")
        add(
            .text,
            "approximate auto_pad coordinate_transformation_mode keep_aspect_ratio_policy mode nearest_mode")
        return all
    }()
}
