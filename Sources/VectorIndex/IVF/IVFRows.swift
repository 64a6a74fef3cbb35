import CVectorScan
import Foundation

/// Coded vectors by list: those of a segment, or on their way into lists.
struct IVFRows {
    /// Where things are in a row.
    struct Layout {
        var coding: ivf_coding
        let rowBytes: Int
        let recordBytes: Int

        init(_ coding: ivf_coding) {
            self.coding = coding
            rowBytes = ivf_row_bytes(&self.coding)
            recordBytes = ivf_record_bytes(&self.coding)
        }

        private var idOffset: Int { recordBytes + coding.width / 8 + 2 }

        func signs(of row: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> { row + recordBytes }

        func id(of row: UnsafePointer<UInt8>) -> Int64 {
            let bytes = UnsafeRawPointer(row) + idOffset
            return coding.id_bytes == 4
                ? Int64(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
                : Int64(littleEndian: bytes.loadUnaligned(as: Int64.self))
        }

        func list(of row: UnsafePointer<UInt8>) -> Int {
            let bytes = UnsafeRawPointer(row) + idOffset + Int(coding.id_bytes)
            return Int(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
        }
    }
}

extension IVFModel {
    /// Vectors as rows, in order of their lists.
    ///
    /// - Returns: the bytes of the rows, and where each list's rows begin (and the last end), counted in rows.
    func rows(
        _ vectors: UnsafeBufferPointer<Float>, ids: [Int64], idBytes: Int
    ) -> (bytes: [UInt8], starts: [Int]) {
        let points = rotated(vectors)
        let lists = lists(of: points)
        let (starts, order) = countingSort(lists, values: settings.lists)
        var coding = coding(idBytes: idBytes)
        let rowBytes = ivf_row_bytes(&coding)
        let bytes = [UInt8](unsafeUninitializedCapacity: ids.count * rowBytes) { out, initialized in
            ivf_encode(
                cvectorscan_level(), &coding, points, order, order.count, lists, centroids, ids, out.baseAddress)
            initialized = ids.count * rowBytes
        }
        return (bytes, starts)
    }
}
