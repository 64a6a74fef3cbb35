import Foundation

/// Reading a weight file as a whole, for the readers of the formats.
package enum WeightFile {
    /// The bytes of the file at `path`.
    ///
    /// - Throws: `unreadable` when there is no such file, when it is not a regular file (a directory, a pipe, a device),
    ///   or when the system refuses to read it; `empty` when it has no bytes.
    package static func content(of path: String) throws(WeightFileError) -> Data {
        try WeightFileError.naming(path) { () throws(WeightFileError.Reason) in
            let url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: url.path) else {
                throw .unreadable("no such file")
            }
            switch attributes[.type] as? FileAttributeType {
            case .typeRegular?: break
            case .typeDirectory?: throw .unreadable("it is a directory")
            default: throw .unreadable("it is not a regular file")
            }
            let data: Data
            do {
                data = try Data(contentsOf: url)
            } catch {
                throw .unreadable(error.localizedDescription)
            }
            if data.isEmpty { throw .empty }
            return data
        }
    }
}
