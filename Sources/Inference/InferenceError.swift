/// The engine could not be started, or a network could not be read, compiled or run.
public struct InferenceError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was being done, for instance "reading det1/model.onnx".
    public let action: String
    /// The engine's own words.
    public let detail: String

    public init(action: String, detail: String) {
        self.action = action
        self.detail = detail
    }

    public var description: String { "\(action) failed: \(detail)" }
}
