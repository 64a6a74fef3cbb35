/// The layers that networks are made of here.
extension GraphBuilder {
    /// Rows and columns added around an image.
    public struct Padding: Sendable, Equatable {
        public let top, left, bottom, right: Int
        public static let none = Padding(0)

        public init(_ all: Int) {
            (top, left, bottom, right) = (all, all, all, all)
        }

        public init(top: Int, left: Int, bottom: Int, right: Int) {
            (self.top, self.left, self.bottom, self.right) = (top, left, bottom, right)
        }

        var attribute: Attribute { .ints([top, left, bottom, right]) }
    }

    /// A two-dimensional convolution; `kernel` is filters × channels × rows × columns.
    ///
    /// - Parameter dilation: from one of the kernel's rows or columns to the next, in the image.
    public mutating func convolution(
        _ x: Value, kernel: Tensor, bias: [Float]? = nil, stride: Int = 1, padding: Padding = .none, groups: Int = 1,
        dilation: Int = 1
    ) -> Value {
        var inputs = [x, constant(kernel.values, shape: kernel.shape)]
        if let bias { inputs.append(constant(bias, shape: [bias.count])) }
        return node(
            "Conv", inputs,
            [
                ("kernel_shape", .ints(Array(kernel.shape[2...]))), ("strides", .ints([stride, stride])),
                ("pads", padding.attribute), ("group", .int(groups)),
            ] + (dilation == 1 ? [] : [("dilations", .ints([dilation, dilation]))]))
    }

    /// `x` × `scale` + `shift`, one of each a channel. `rank` is that of `x`, channels being second.
    public mutating func scaled(_ x: Value, by scale: [Float], shift: [Float], rank: Int) -> Value {
        let shape = [scale.count] + Array(repeating: 1, count: rank - 2)
        let product = node("Mul", [x, constant(scale, shape: shape)])
        guard shift.contains(where: { $0 != 0 }) else { return product }
        return add(product, constant(shift, shape: shape))
    }

    /// `x` where positive, else `slope` × `x`, a slope a channel. `rank` is that of `x`, channels being second.
    public mutating func prelu(_ x: Value, slope: [Float], rank: Int) -> Value {
        node("PRelu", [x, constant(slope, shape: [slope.count] + Array(repeating: 1, count: rank - 2))])
    }

    /// Values side by side along `axis`.
    public mutating func concatenate(_ values: [Value], axis: Int) -> Value {
        node("Concat", values, [("axis", .int(axis))])
    }

    public mutating func relu(_ x: Value) -> Value { node("Relu", [x]) }

    public mutating func softmax(_ x: Value, axis: Int) -> Value { node("Softmax", [x], [("axis", .int(axis))]) }

    public mutating func add(_ a: Value, _ b: Value) -> Value { node("Add", [a, b]) }

    /// Largest of each `size` × `size` window; `roundingUp` counts a window that hangs over the edge. What `padding`
    /// adds is never the largest.
    public mutating func maxPool(
        _ x: Value, size: Int, stride: Int, padding: Padding = .none, roundingUp: Bool = false
    ) -> Value {
        node(
            "MaxPool", [x],
            [
                ("kernel_shape", .ints([size, size])), ("strides", .ints([stride, stride])),
                ("pads", padding.attribute), ("ceil_mode", .int(roundingUp ? 1 : 0)),
            ])
    }

    /// Mean of each `size` × `size` window; what `padding` adds does not count.
    public mutating func averagePool(_ x: Value, size: Int, stride: Int, padding: Padding = .none) -> Value {
        node(
            "AveragePool", [x],
            [
                ("kernel_shape", .ints([size, size])), ("strides", .ints([stride, stride])),
                ("pads", padding.attribute),
            ])
    }

    /// Mean of each channel over the whole image: batch × channels × 1 × 1.
    public mutating func globalAveragePool(_ x: Value) -> Value { node("GlobalAveragePool", [x]) }

    /// All but the batch in one dimension.
    public mutating func flatten(_ x: Value) -> Value { node("Flatten", [x], [("axis", .int(1))]) }

    public mutating func transpose(_ x: Value, _ order: [Int]) -> Value {
        node("Transpose", [x], [("perm", .ints(order))])
    }

    /// Zeros added around an image.
    public mutating func pad(_ x: Value, _ padding: Padding) -> Value {
        node("Pad", [x, constant([0, 0, padding.top, padding.left, 0, 0, padding.bottom, padding.right])])
    }

    /// Zeros added at the end of channels, rows and columns.
    public mutating func padEnd(_ x: Value, channels: Int = 0, rows: Int = 0, columns: Int = 0) -> Value {
        node("Pad", [x, constant([0, 0, 0, 0, 0, channels, rows, columns])])
    }

    /// Twice as many rows and columns, each pixel four times.
    public mutating func upsampled(_ x: Value) -> Value {
        node(
            "Resize", [x, Value(name: ""), constant([1, 1, 2, 2] as [Float], shape: [4])],
            [
                ("mode", .string("nearest")), ("coordinate_transformation_mode", .string("asymmetric")),
                ("nearest_mode", .string("floor")),
            ])
    }

    /// The top left corner of an image, with as many rows and columns as `other` has.
    public mutating func cropped(_ x: Value, like other: Value) -> Value {
        let size = node("Slice", [node("Shape", [other]), constant([2]), constant([4])])
        return node("Slice", [x, constant([0, 0]), size, constant([2, 3])])
    }

    /// A fully connected layer; `weights` is outputs × inputs.
    public mutating func dense(_ x: Value, weights: Tensor, bias: [Float]? = nil) -> Value {
        var inputs = [x, constant(weights.values, shape: weights.shape)]
        if let bias { inputs.append(constant(bias, shape: [bias.count])) }
        return node("Gemm", inputs, [("transB", .int(1))])
    }
}
