extension HDF5Check {
    /// Checks a dataset: its elements have a known type, and lie in one piece exactly as large as its shape says.
    func dataset(_ parts: [HDF5Message.Kind: HDF5Message]) throws(WeightFileError.Reason) {
        guard let spaceMessage = parts[.dataspace], let typeMessage = parts[.datatype], let layout = parts[.layout]
        else {
            throw .unsupported("neither a group nor a dataset")
        }
        let count = try spaceMessage.read { (reader) throws(WeightFileError.Reason) in
            try HDF5Dataspace(&reader).count
        }
        let type = try typeMessage.read { (reader) throws(WeightFileError.Reason) in try HDF5Datatype(&reader) }
        if type.kind == .variableString { throw .unsupported("a dataset of strings of any length") }
        let (size, overflow) = count.multipliedReportingOverflow(by: type.size)
        guard !overflow else { throw .malformed("a dataset of \(count) times \(type.size) bytes") }
        try parts[.fillValue]?.read { (reader) throws(WeightFileError.Reason) in
            try fillValue(&reader, typeSize: type.size)
        }
        try parts[.oldFillValue]?.read { (reader) throws(WeightFileError.Reason) in
            try fillBytes(&reader, typeSize: type.size)
        }
        try layout.read { (reader) throws(WeightFileError.Reason) in try storage(&reader, size: size) }
    }

    private func fillValue(_ reader: inout ByteReader, typeSize: Int) throws(WeightFileError.Reason) {
        guard try reader.byte() == 2 else { throw .unsupported("a fill value of another version") }
        // When space is allocated, and when the value is written.
        guard (1...3).contains(try reader.byte()), (0...2).contains(try reader.byte()) else {
            throw .malformed("a fill value's times")
        }
        switch try reader.byte() {
        case 0: break
        case 1: try fillBytes(&reader, typeSize: typeSize)
        case let other: throw .malformed("a fill value that is \(other)")
        }
    }

    private func fillBytes(_ reader: inout ByteReader, typeSize: Int) throws(WeightFileError.Reason) {
        let size = Int(try reader.integer(UInt32.self))
        guard size == 0 || size == typeSize else { throw .malformed("a fill value of \(size) bytes") }
        _ = try reader.skip(size)
    }

    private func storage(_ reader: inout ByteReader, size: Int) throws(WeightFileError.Reason) {
        guard try reader.byte() == 3 else { throw .unsupported("a layout of another version, or a virtual dataset") }
        switch try reader.byte() {
        case 0:
            let stored = Int(try reader.integer(UInt16.self))
            guard stored == size else { throw .malformed("\(stored) bytes for a dataset of \(size)") }
            _ = try reader.skip(stored)
        case 1:
            let address = try reader.address()
            let stored = try reader.count(UInt64.self)
            guard stored == size else { throw .malformed("\(stored) bytes for a dataset of \(size)") }
            // A dataset without elements is nowhere; so is one that nothing was ever written to.
            guard let address else {
                if size > 0 { throw .malformed("a dataset of \(size) bytes without content") }
                return
            }
            try claim("a dataset", at: address, count: size)
        case 2:
            throw .unsupported("a dataset in chunks")
        case let other:
            throw .malformed("layout \(other)")
        }
    }
}
