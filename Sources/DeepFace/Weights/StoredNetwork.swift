import Inference

/// A network and the published weights it is made from.
package struct StoredNetwork: Sendable {
    /// What its compiled form is called.
    package let name: String
    /// The weights it is made from.
    package let files: [PublishedFile]
    let form: Form

    enum Form: Sendable {
        /// Built layer by layer from the files at these paths.
        case built(@Sendable (inout GraphBuilder, [String]) throws(WeightFileError) -> Void)
        /// The first file is a network already, ONNX or TensorFlow Lite, which takes a batch of `input` and gives rows
        /// of `output` numbers.
        ///
        /// A side of the input that is `nil` may then have any length, whatever the file says. Without `output`,
        /// whoever uses the network looks at the shapes it gives.
        case ready(input: [Int?], output: Int?)
    }

    /// Whether it is ONNX, or made into that; other files are used as they are.
    var isONNX: Bool {
        switch form {
        case .built: true
        case .ready: files[0].name.hasSuffix(".onnx")
        }
    }

    /// A network whose weights a Keras file holds.
    static func keras(_ file: PublishedFile, _ network: @escaping @Sendable () -> KerasNetwork) -> StoredNetwork {
        StoredNetwork(
            name: network().name, files: [file],
            form: .built { graph, paths throws(WeightFileError) in
                try network().write(to: &graph, from: KerasWeightFile(contentsOf: paths[0]))
            })
    }
}
