import Foundation

/// The tensors of a Caffe model (`.caffemodel`), in file order.
///
/// Caffe names layers, not tensors: the tensors of the layer `conv1` are called `conv1/0`, `conv1/1` and so on. What
/// else the file says of its layers is passed over.
///
/// Every tensor's place in the file is checked when the model is opened; its values are read each time they are asked
/// for. Field numbers are those of https://github.com/BVLC/caffe/blob/master/src/caffe/proto/caffe.proto
package struct CaffeModel: Sendable {
    /// The names of the tensors, in file order.
    package let names: [String]

    private let file: String
    private let data: Data
    private let blobs: [String: CaffeBlob]

    /// Reads the model at `path`.
    ///
    /// - Throws: a ``WeightFileError`` that names the path: the file is missing, empty, truncated, damaged or of
    ///   another format.
    package init(contentsOf path: String) throws(WeightFileError) {
        try self.init(data: WeightFile.content(of: path), name: path)
    }

    /// Reads a model from memory.
    ///
    /// - Parameters:
    ///   - data: the content of the file.
    ///   - name: how errors call the file.
    /// - Throws: a ``WeightFileError`` that names `name`: see ``init(contentsOf:)``.
    package init(data: Data, name: String) throws(WeightFileError) {
        let found = try WeightFileError.naming(name) { () throws(WeightFileError.Reason) in
            try data.withBytes { (bytes) throws(WeightFileError.Reason) in try Self.tensors(bytes) }
        }
        self.file = name
        self.data = data
        self.names = found.map(\.name)
        self.blobs = Dictionary(uniqueKeysWithValues: found)
    }

    /// The tensor `name`, which must have `shape`.
    ///
    /// Models of before 2015 give every tensor four axes; as in Caffe, axes of length 1 in front do not count in them.
    ///
    /// - Throws: a ``WeightFileError`` that names the tensor, and the shapes expected and found.
    package func tensor(_ name: String, shape: [Int]) throws(WeightFileError) -> WeightTensor {
        guard let blob = blobs[name] else { throw WeightFileError(file: file, reason: .missingTensor(name)) }
        guard blob.has(shape) else {
            throw WeightFileError(file: file, reason: .wrongShape(tensor: name, expected: shape, found: blob.shape))
        }
        return try WeightFileError.naming(file) { () throws(WeightFileError.Reason) in
            try WeightTensor(shape: shape, values: data.withUnsafeBytes { blob.values(in: $0) })
        }
    }

    /// The tensor `name` in the file's own shape; `nil` when the file has none of that name.
    package subscript(name: String) -> WeightTensor? {
        blobs[name].flatMap { try? tensor(name, shape: $0.shape) }
    }

    private static func tensors(
        _ bytes: UnsafeRawBufferPointer
    ) throws(WeightFileError.Reason) -> [(name: String, blob: CaffeBlob)] {
        guard !bytes.isEmpty else { throw .empty }
        // Caffe begins with the network's name, or with a layer where it has none.
        guard bytes[0] == 0x0a || bytes.starts(with: [0xa2, 0x06]) else {
            throw .notRecognized(expectedFormat: "a Caffe model")
        }
        let network = try ProtobufMessage(
            bytes, 0..<bytes.count, "a network", [1: .bytes, 2: .list, 100: .list], skippingOthers: true)
        guard network.ranges[2] == nil else { throw .unsupported("layers of a Caffe model of before 2014") }
        var found: [(name: String, blob: CaffeBlob)] = []
        var seen: Set<String> = []
        for range in network.ranges[100] ?? [] {
            let layer = try ProtobufMessage(
                bytes, range, "a layer", [1: .bytes, 7: .list], skippingOthers: true)
            let name = try layer.text(1, of: bytes)
            for (index, blob) in (layer.ranges[7] ?? []).enumerated() {
                let name = "\(name)/\(index)"
                guard seen.insert(name).inserted else { throw .malformed("tensor '\(name)' comes twice") }
                found.append((name, try CaffeBlob(bytes, blob, name)))
            }
        }
        guard !found.isEmpty else { throw .notRecognized(expectedFormat: "a Caffe model with weights") }
        return found
    }
}
