import Inference

extension Network {
    /// Runs the network.
    ///
    /// - Throws: `engine`.
    func outputs(for input: Tensor) throws(DeepFaceError) -> [Tensor] {
        do throws(InferenceError) {
            return try self(input)
        } catch {
            throw DeepFaceError(.engine, "\(error)")
        }
    }
}
