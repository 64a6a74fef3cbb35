/// What a node of a TensorFlow Lite file may be: the operators of face networks, by their numbers.
///
/// Source: https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/schema/schema.fbs
struct TFLiteOperator {
    /// How many inputs, the first of which must be there.
    let inputs: ClosedRange<Int>
    /// The number of its table of options; 0: it needs none.
    var options = 0
    /// Bytes of these options: paddings, activations, yes or no.
    var bytes: [Int] = []
    /// Options that are sides: strides, windows, dilations.
    var sides: [Int] = []
    /// Whether its first input, and its second if it has one, are images or kernels, of four dimensions.
    var isWindow = false
    /// Within what the whole numbers are, if any, that its second input is and the file holds: a shape, an order,
    /// paddings. With one input alone (of a change of shape) they are the first of its options, of the kind 17.
    var numbers: ClosedRange<Int>?

    static let all: [Int: TFLiteOperator] = {
        let (axes, sides) = (-8...8, 1...4096)
        let reduction = TFLiteOperator(inputs: 2...2, options: 27, bytes: [0], numbers: axes)
        let pool = TFLiteOperator(inputs: 1...1, options: 5, bytes: [0, 5], sides: [1, 2, 3, 4], isWindow: true)
        let one = TFLiteOperator(inputs: 1...1)
        return [
            0: TFLiteOperator(inputs: 2...2, options: 11, bytes: [0, 1]), 1: pool,
            2: TFLiteOperator(inputs: 1...64, options: 10, bytes: [1]),
            3: TFLiteOperator(inputs: 2...3, options: 1, bytes: [0, 3], sides: [1, 2, 4, 5], isWindow: true),
            4: TFLiteOperator(inputs: 2...3, options: 2, bytes: [0, 4], sides: [1, 2, 5, 6], isWindow: true),
            5: TFLiteOperator(inputs: 1...1, options: 94, sides: [0], isWindow: true), 6: one,
            9: TFLiteOperator(inputs: 2...3, options: 8, bytes: [0, 1, 2, 3]),
            11: TFLiteOperator(inputs: 1...1, options: 12, bytes: [0]), 14: one, 17: pool,
            18: TFLiteOperator(inputs: 2...2, options: 21, bytes: [0]), 19: one, 21: one,
            22: TFLiteOperator(inputs: 1...2, numbers: -1...1 << 24),
            23: TFLiteOperator(inputs: 2...2, options: 15, bytes: [2, 3], numbers: sides),
            25: TFLiteOperator(inputs: 1...1, options: 9), 28: one,
            34: TFLiteOperator(inputs: 2...2, numbers: 0...512), 39: TFLiteOperator(inputs: 2...2, numbers: 0...7),
            40: reduction, 41: TFLiteOperator(inputs: 2...2, options: 28, bytes: [0, 1]),
            54: TFLiteOperator(inputs: 2...2),
            74: reduction, 97: TFLiteOperator(inputs: 2...2, options: 74, bytes: [0, 1], numbers: sides),
            98: TFLiteOperator(inputs: 1...1, options: 75), 117: one, 124: one,
        ]
    }()
}
