/// A compiled network, ready to run. May be called from many threads at once.
public protocol Network: Sendable {
    /// The lengths of the input's dimensions; `nil` where any will do.
    var inputShape: [Int?] { get }
    /// The same of each output.
    var outputShapes: [[Int?]] { get }

    /// Runs the network on one input and returns its outputs in the model's order. A network made for one image at a
    /// time takes a batch all the same, image by image.
    func callAsFunction(_ input: Tensor) throws(InferenceError) -> [Tensor]
}

/// Numbers a network computes with.
public enum Precision: String, Sendable, CaseIterable {
    /// 32-bit floating point: the reference.
    case f32
    /// 16-bit brain floats where the CPU has them: about twice as fast on large networks, cosine ≥ 0.9998 to `f32`.
    case bf16
}
