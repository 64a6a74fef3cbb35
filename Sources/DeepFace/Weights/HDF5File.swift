import CHDF5
import Foundation

/// An HDF5 file that has passed ``HDF5Check``, open in libhdf5.
///
/// `@unchecked Sendable`: the pointer never changes, and the shim lets one call at a time into libhdf5.
final class HDF5File: @unchecked Sendable {
    private let pointer: OpaquePointer

    init(_ file: OpenFile) throws(WeightFileError.Reason) {
        try HDF5Check.run(on: file)
        var pointer: OpaquePointer?
        let (status, message) = Shim.call { df_hdf5_open(file.descriptor, &pointer, $0) }
        guard status == DF_HDF5_OK, let pointer else { throw .malformed(message) }
        self.pointer = pointer
    }

    deinit { df_hdf5_close(pointer) }

    /// The strings of an attribute of the object at `path`; `nil` when there is no such object or attribute.
    func strings(_ attribute: String, of path: String) throws(WeightFileError.Reason) -> [String]? {
        var strings = df_hdf5_strings()
        let (status, message) = Shim.call { df_hdf5_read_strings(pointer, path, attribute, &strings, $0) }
        defer { df_hdf5_free(strings.bytes) }
        if status == DF_HDF5_MISSING { return nil }
        guard status == DF_HDF5_OK else { throw .malformed("attribute '\(attribute)' of '\(path)': \(message)") }
        let bytes = UnsafeRawBufferPointer(start: strings.bytes, count: strings.size)
        return bytes.split(separator: 0, omittingEmptySubsequences: false).prefix(strings.count)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// The shape of the dataset at `path`, called `name` in errors.
    func shape(of path: String, name: String) throws(WeightFileError.Reason) -> [Int] {
        var shape = df_hdf5_shape()
        let answer = Shim.call { df_hdf5_dataset_shape(pointer, path, &shape, $0) }
        try Self.check(answer, name)
        let axes = withUnsafeBytes(of: shape.axes) { Array($0.bindMemory(to: UInt64.self).prefix(Int(shape.rank))) }
        return axes.map { Int(clamping: $0) }
    }

    /// The numbers of the dataset at `path`, called `name` in errors.
    func values(of path: String, name: String, count: Int) throws(WeightFileError.Reason) -> [Float] {
        var answer = (value: DF_HDF5_OK, message: "")
        let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            answer = Shim.call { df_hdf5_read_dataset(pointer, path, buffer.baseAddress, count, $0) }
            initialized = answer.value == DF_HDF5_OK ? count : 0
        }
        try Self.check(answer, name)
        return values
    }

    private static func check(
        _ answer: (value: df_hdf5_status, message: String), _ name: String
    ) throws(WeightFileError.Reason) {
        switch answer.value {
        case DF_HDF5_OK: return
        case DF_HDF5_MISSING: throw .missingTensor(name)
        case DF_HDF5_OTHER_KIND: throw .unsupported("tensor '\(name)': \(answer.message)")
        default: throw .malformed("tensor '\(name)': \(answer.message)")
        }
    }
}
