import Foundation

/// The tensors of a PyTorch state_dict, in file order.
///
/// Both formats of `torch.save` are read: the legacy one (PyTorch before 1.6) and the zip archive that followed it. The
/// pickle inside is read as data with an allow-list (see ``PickleReader``) and nothing in it is executed; a model
/// pickled whole is refused. When the top level has no tensors, the state_dict is looked for one level down, under the
/// names in ``nestedNames``.
///
/// Every tensor's place in the file is checked when the checkpoint is opened; its values are converted to `Float` each
/// time they are asked for.
///
/// ```swift
/// let checkpoint = try PyTorchCheckpoint(contentsOf: "pnet.pt")
/// let kernel = try checkpoint.tensor("conv1.weight", shape: [10, 3, 3, 3])
/// ```
package struct PyTorchCheckpoint: Sendable {
    /// Where checkpoints that hold more than a state_dict keep it.
    static let nestedNames = ["state_dict", "model_state_dict", "model"]

    /// The names of the tensors, in file order.
    package let names: [String]

    private let file: String
    private let data: Data
    private let layouts: [String: TorchTensorLayout]

    /// Reads the checkpoint at `path`.
    ///
    /// - Throws: a ``WeightFileError`` that names the path: the file is missing, empty, truncated, damaged, of another
    ///   format, or asks for Python objects outside the allow-list.
    package init(contentsOf path: String) throws(WeightFileError) {
        try self.init(data: WeightFile.content(of: path), name: path)
    }

    /// Reads a checkpoint from memory.
    ///
    /// - Parameters:
    ///   - data: the content of the file.
    ///   - name: how errors call the file.
    /// - Throws: a ``WeightFileError`` that names `name`: see ``init(contentsOf:)``.
    package init(data: Data, name: String) throws(WeightFileError) {
        let tensors = try WeightFileError.naming(name) { () throws(WeightFileError.Reason) in
            try data.withBytes { (bytes) throws(WeightFileError.Reason) in
                try TorchArchive(bytes).tensors()
            }
        }
        self.file = name
        self.data = data
        self.names = tensors.map(\.name)
        self.layouts = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.layout) })
    }

    /// The tensor `name`, which must have `shape`.
    ///
    /// - Throws: a ``WeightFileError`` that names the tensor, and the shapes expected and found.
    package func tensor(_ name: String, shape: [Int]) throws(WeightFileError) -> WeightTensor {
        guard let layout = layouts[name] else { throw WeightFileError(file: file, reason: .missingTensor(name)) }
        guard layout.shape == shape else {
            throw WeightFileError(
                file: file, reason: .wrongShape(tensor: name, expected: shape, found: layout.shape))
        }
        return try WeightFileError.naming(file) { () throws(WeightFileError.Reason) in try read(layout) }
    }

    /// The tensor `name`, whatever its shape; `nil` when the file has none of that name.
    package subscript(name: String) -> WeightTensor? {
        layouts[name].flatMap { try? read($0) }
    }

    private func read(_ layout: TorchTensorLayout) throws(WeightFileError.Reason) -> WeightTensor {
        try WeightTensor(shape: layout.shape, values: data.withUnsafeBytes { layout.values(in: $0) })
    }
}
