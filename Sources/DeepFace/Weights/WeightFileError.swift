/// Why a weight file could not be used: which file, what is wrong with it, and what to do about it.
///
/// Every reader of a published weight format throws this one type. Match on ``reason``; show ``description``, which is
/// always a single line.
package struct WeightFileError: Error, Equatable, CustomStringConvertible {
    /// What is wrong with a weight file.
    package enum Reason: Error, Equatable {
        /// The file could not be opened or read; the detail says why.
        case unreadable(String)
        /// The file has no bytes.
        case empty
        /// The file is not of the format expected, such as `"a PyTorch checkpoint"`.
        case notRecognized(expectedFormat: String)
        /// The file ends before its content does; the detail says where.
        case truncated(String)
        /// The file is of the right format, but uses a part of it that is not supported.
        case unsupported(String)
        /// The file asks for a Python object outside the allow-list. Nothing was executed.
        case forbiddenGlobal(String)
        /// The file has no tensor of this name.
        case missingTensor(String)
        /// A tensor has another shape than the model needs.
        case wrongShape(tensor: String, expected: [Int], found: [Int])
        /// The file is sound, and another model's; the detail says by what it was told.
        case wrongModel(String)
        /// The content contradicts itself or its format; the detail says how.
        case malformed(String)
    }

    /// The file's path or name, as given to the reader.
    package let file: String

    /// What is wrong with it.
    package let reason: Reason

    /// An error about `file`.
    package init(file: String, reason: Reason) {
        self.file = file
        self.reason = reason
    }

    /// Runs `body` and turns a reason it throws into an error that names `file`.
    package static func naming<Result>(
        _ file: String, _ body: () throws(Reason) -> Result
    ) throws(WeightFileError) -> Result {
        do throws(Reason) {
            return try body()
        } catch {
            throw WeightFileError(file: file, reason: error)
        }
    }

    /// One line: the file, what is wrong with it, what to do next.
    package var description: String {
        "\(Self.printable(file, limit: 1024)): \(reason.description)"
    }

    /// `text` fit for a one-line message: control characters become `?`, and what exceeds `limit` becomes `…`.
    ///
    /// Names inside a damaged or hostile file can be anything, megabytes or terminal control sequences included.
    package static func printable(_ text: String, limit: Int = 120) -> String {
        var result = String.UnicodeScalarView()
        for (position, scalar) in text.unicodeScalars.enumerated() {
            guard position < limit else { return String(result) + "…" }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: result.append("?")
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}

extension WeightFileError.Reason: CustomStringConvertible {
    /// What is wrong and what to do next, without the file's name.
    package var description: String {
        switch self {
        case .unreadable(let detail):
            "cannot be read (\(clean(detail))); check the path and its permissions"
        case .empty:
            "the file is empty; delete it and download it again"
        case .notRecognized(let format):
            "not \(clean(format)); download it again, or check that it is the right file"
        case .truncated(let detail):
            "the file ends too early (\(clean(detail))); download it again"
        case .unsupported(let detail):
            "not supported: \(clean(detail)); use the file as its authors published it"
        case .forbiddenGlobal(let name):
            "refused: it asks for the Python object '\(clean(name))', and only plain tensors are loaded (nothing was "
                + "executed); use a file with a plain state_dict from a source you trust"
        case .missingTensor(let name):
            "has no tensor '\(clean(name))'; it belongs to another model or version, download the right one"
        case .wrongShape(let tensor, let expected, let found):
            "tensor '\(clean(tensor))' has shape \(clean("\(found)")), expected \(clean("\(expected)")); "
                + "it belongs to another model or version, download the right one"
        case .wrongModel(let detail):
            "\(clean(detail)); it belongs to another model or version, download the right one"
        case .malformed(let detail):
            "damaged (\(clean(detail))); delete it and download it again"
        }
    }

    private func clean(_ text: String) -> String { WeightFileError.printable(text, limit: 240) }
}
