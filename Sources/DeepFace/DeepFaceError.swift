/// Why a call failed: what was wrong, with which input, and what to do next.
public struct DeepFaceError: Error, Sendable, Equatable {
    /// The kinds of failure a caller can tell apart.
    public enum Code: String, Sendable, CaseIterable {
        /// An option has a value that makes no sense or does not fit the others.
        case invalidOption = "invalid_option"
        /// No face was found in an image and detection is enforced.
        case noFace = "no_face"
        /// No face of an image is good enough, and there is a bar for quality.
        case lowQuality = "low_quality"
        /// A face is not a live one and spoofs are refused.
        case spoofDetected = "spoof_detected"
        /// An image cannot be read: missing, not an image, damaged, too large.
        case unreadableInput = "unreadable_input"
        /// A weights file is not there.
        case weightsMissing = "weights_missing"
        /// A weights file is there and is not what it should be.
        case weightsDamaged = "weights_damaged"
        /// An embedding is all zeros, or two embeddings have different lengths: no distance exists.
        case invalidEmbedding = "invalid_embedding"
        /// A file cannot be written.
        case unwritableOutput = "unwritable_output"
        /// A store of faces cannot be opened or reached.
        case storeUnavailable = "store_unavailable"
        /// A store of faces or its index is not what it should be.
        case storeInconsistent = "store_inconsistent"
        /// Embeddings were made in another way than those they should be compared with.
        case recipeMismatch = "recipe_mismatch"
        /// A store has no such collection, person or sample.
        case notFound = "not_found"
        /// The inference engine or a library below it failed.
        case engine = "engine"
        /// The calling task was cancelled.
        case cancelled = "cancelled"
    }

    public let code: Code
    /// What was wrong, in one line, without the input.
    public let message: String
    /// The input it was wrong with, as the caller named it.
    public let input: String?
    /// What to do next, where there is something to do.
    public let advice: String?

    public init(_ code: Code, _ message: String, input: String? = nil, advice: String? = nil) {
        self.code = code
        self.message = message
        self.input = input
        self.advice = advice
    }

    /// The same error about `input`, unless it already names one.
    func naming(_ input: String) -> DeepFaceError {
        self.input == nil ? DeepFaceError(code, message, input: input, advice: advice) : self
    }

    static let cancelled = DeepFaceError(.cancelled, "the task was cancelled")

    /// A shim's C message as an error of the engine below us.
    static func library(_ name: String, _ message: String) -> DeepFaceError {
        DeepFaceError(.engine, "\(name) failed: \(message.split(whereSeparator: \.isNewline).joined(separator: "; "))")
    }
}

extension DeepFaceError: CustomStringConvertible {
    /// One line: `<what> (<which input>); <what to do>`.
    public var description: String {
        let line = message + (input.map { " (\($0))" } ?? "") + (advice.map { "; \($0)" } ?? "")
        return String(line.map { $0.isNewline ? "?" : $0 })
    }
}
