import Foundation

/// Reading a weight file as a whole, for the readers of the formats.
package enum WeightFile {
    /// The bytes of the file at `path`.
    ///
    /// - Throws: `unreadable` when there is no such file, when it is not a regular file (a directory, a pipe, a
    /// device),
    ///   or when the system refuses to read it; `empty` when it has no bytes.
    package static func content(of path: String) throws(WeightFileError) -> Data {
        try WeightFileError.naming(path) { () throws(WeightFileError.Reason) in
            let bytes: [UInt8]
            do throws(RegularFile.Problem) {
                bytes = try RegularFile.bytes(of: path)
            } catch {
                throw .unreadable(error.description)
            }
            if bytes.isEmpty { throw .empty }
            return Data(bytes)
        }
    }
}
