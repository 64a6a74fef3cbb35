/// Why an index refused or failed.
public struct VectorIndexError: Error, Sendable, Equatable {
    public enum Code: String, Sendable, CaseIterable {
        /// Vectors are not as long as the index's, or there are not as many ids as vectors.
        case wrongShape
        /// An id is there already, comes twice, or is negative.
        case duplicateID
        /// A value is not finite, or a vector of zeros has no direction.
        case invalidVector
        /// A setting makes no sense, or asks for more than the data can give.
        case invalidSetting
        /// The work was called off.
        case cancelled
        /// A file is not there or cannot be read.
        case unreadable
        /// A file is there and is not a whole index of this kind: build it anew.
        case damaged
        /// A file cannot be written.
        case unwritable
    }

    public let code: Code
    /// What was wrong, in one line, without the file.
    public let message: String
    /// The file it was wrong with.
    public let file: String?

    public init(_ code: Code, _ message: String, file: String? = nil) {
        (self.code, self.message, self.file) = (code, message, file)
    }
}

extension VectorIndexError: CustomStringConvertible {
    public var description: String { message + (file.map { " (\($0))" } ?? "") }
}
