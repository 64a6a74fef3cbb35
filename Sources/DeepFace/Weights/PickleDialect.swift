/// A kind of pickle: what it may name, and how long it may be.
enum PickleDialect {
    /// A PyTorch state_dict.
    case checkpoint
    /// The faces that Python DeepFace keeps of a folder: lists, dictionaries and numbers, some of them NumPy's.
    case faces

    /// How many opcodes a pickle may have. A state_dict needs about 40 for each tensor; a list of faces one for each
    /// number, or eight for NumPy's.
    var opcodeLimit: Int {
        switch self {
        case .checkpoint: 1_000_000
        case .faces: 1_000_000_000
        }
    }

    /// The entry of the allow-list for `module.name`.
    ///
    /// - Throws: `forbiddenGlobal` for everything else.
    func global(module: String, name: String) throws(WeightFileError.Reason) -> PickleGlobal {
        switch (self, module, name) {
        case (.checkpoint, "collections", "OrderedDict"): return .orderedDictionary
        case (.checkpoint, "torch._utils", "_rebuild_tensor"), (.checkpoint, "torch._utils", "_rebuild_tensor_v2"):
            return .rebuildTensor
        case (.checkpoint, "torch._utils", "_rebuild_parameter"): return .rebuildParameter
        case (.checkpoint, "torch", "Size"): return .size
        case (.checkpoint, "torch", _):
            if let scalar = TorchScalar(storage: name) { return .storage(scalar) }
        case (.faces, "numpy", "dtype"): return .numberType
        case (.faces, "numpy.core.multiarray", "scalar"), (.faces, "numpy._core.multiarray", "scalar"): return .number
        default: break
        }
        throw .forbiddenGlobal("\(module).\(name)")
    }
}

/// The Python functions and classes a pickle may name; none of them is ever called, all of them are read as data.
enum PickleGlobal {
    /// `collections.OrderedDict`.
    case orderedDictionary
    /// `torch._utils._rebuild_tensor` and its second version: a view of a storage.
    case rebuildTensor
    /// `torch._utils._rebuild_parameter`: a tensor that can be trained.
    case rebuildParameter
    /// `torch.Size`: a tuple.
    case size
    /// `torch.FloatStorage` and its like.
    case storage(TorchScalar)
    /// `numpy.dtype`: a type of numbers.
    case numberType
    /// `numpy._core.multiarray.scalar`: a number, of a type and bytes.
    case number
}
