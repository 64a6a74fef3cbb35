/// The layers of a Keras weights file that hold weights, in the file's own order.
///
/// Files of `save_weights` and of `save` (whole models, of which only the weights are read) in HDF5, as Keras 1 and 2
/// write them. The order is that of the attributes `layer_names` and `weight_names`: it is what identifies a weight,
/// because the names depend on what else a session had built. Values stay in the file until they are asked for.
///
/// ```swift
/// let file = try KerasWeightFile(contentsOf: "vgg_face_weights.h5")
/// for weight in file.layers[0].weights { print(weight.name, weight.shape, try file.values(of: weight).count) }
/// ```
package struct KerasWeightFile: Sendable {
    /// An array of numbers in the file.
    package struct Weight: Sendable, Equatable {
        /// The file's name for it, such as `conv2d_1/kernel:0`.
        package let name: String

        /// The length of each axis, outermost first; empty for a single number.
        package let shape: [Int]

        /// Where it is in the file.
        fileprivate let path: String
    }

    /// A layer and its weights, in the order Keras keeps them.
    package struct Layer: Sendable, Equatable {
        package let name: String
        package let weights: [Weight]
    }

    /// The most weights that are read from a file; networks have hundreds.
    static let weightLimit = 20_000

    /// The file, as given.
    package let path: String

    /// The layers with at least one weight.
    package let layers: [Layer]

    private let file: HDF5File

    /// Opens the file at `path` and reads the names and shapes in it.
    ///
    /// - Throws: a ``WeightFileError`` that names the path: the file is missing, empty, truncated, damaged, of another
    ///   format, or uses parts of HDF5 that Keras does not.
    package init(contentsOf path: String) throws(WeightFileError) {
        (file, layers) = try WeightFileError.naming(path) { () throws(WeightFileError.Reason) in
            let file = try HDF5File(Self.open(path))
            return (file, try Self.layers(of: file))
        }
        self.path = path
    }

    /// The values of `weight`, one of this file's, in row-major order; what is not of 32 bits is converted.
    ///
    /// - Throws: a ``WeightFileError`` that names the file and the weight when it can no longer be read.
    package func values(of weight: Weight) throws(WeightFileError) -> [Float] {
        try WeightFileError.naming(path) { () throws(WeightFileError.Reason) in
            guard let count = WeightTensor.elementCount(of: weight.shape) else {
                throw .malformed("tensor '\(weight.name)' of shape \(weight.shape)")
            }
            return try file.values(of: weight.path, name: weight.name, count: count)
        }
    }

    private static func open(_ path: String) throws(WeightFileError.Reason) -> OpenFile {
        do throws(RegularFile.Problem) {
            let file = try OpenFile(path)
            if file.size > 0 { return file }
        } catch {
            throw .unreadable(error.description)
        }
        throw .empty
    }

    private static func layers(of file: HDF5File) throws(WeightFileError.Reason) -> [Layer] {
        // Whole models keep their weights one level down.
        for root in ["", "/model_weights"] {
            guard let names = try KerasNames.read("layer_names", of: root, in: file) else { continue }
            var layers: [Layer] = []
            var count = 0
            for name in names {
                let group = "\(root)/\(name)"
                guard let weights = try KerasNames.read("weight_names", of: group, in: file) else {
                    throw .malformed("layer '\(name)' is listed, and is missing or without 'weight_names'")
                }
                count += weights.count
                guard count <= weightLimit else { throw .unsupported("more than \(weightLimit) weights") }
                var layer: [Weight] = []
                for weight in weights {
                    let path = "\(group)/\(weight)"
                    layer.append(Weight(name: weight, shape: try file.shape(of: path, name: weight), path: path))
                }
                if !layer.isEmpty { layers.append(Layer(name: name, weights: layer)) }
            }
            return layers
        }
        throw .notRecognized(expectedFormat: HDF5Check.format)
    }
}
