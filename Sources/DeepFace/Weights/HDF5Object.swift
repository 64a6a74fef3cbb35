import Foundation

/// A message of an object's header.
struct HDF5Message {
    /// The messages that Keras' files have.
    enum Kind: UInt16 {
        case none = 0
        case dataspace = 1
        case datatype = 3
        case oldFillValue = 4
        case fillValue = 5
        case layout = 8
        case attribute = 12
        case continuation = 16
        case symbolTable = 17
        case modificationTime = 18
    }

    let kind: Kind
    let body: Data

    init(_ reader: inout ByteReader) throws(WeightFileError.Reason) {
        let number = try reader.integer(UInt16.self)
        let size = Int(try reader.integer(UInt16.self))
        let flags = try reader.byte()
        _ = try reader.skip(3)
        guard let kind = Kind(rawValue: number) else { throw .unsupported(Self.describe(number)) }
        // Constant, not to be shared; all others are of newer versions or tell that the message is elsewhere.
        guard flags & ~0b101 == 0 else { throw .unsupported("message flags \(flags)") }
        guard size % 8 == 0 else { throw .malformed("a message of \(size) bytes") }
        self.kind = kind
        self.body = Data(try reader.take(size))
    }

    private static func describe(_ number: UInt16) -> String {
        switch number {
        case 2, 6, 10: "a group in the format of HDF5 1.8 or later"
        case 7: "a dataset kept in another file"
        case 11: "a compressed or filtered dataset"
        default: "header message \(number)"
        }
    }

    /// Reads the body.
    func read<Result>(
        _ body: (inout ByteReader) throws(WeightFileError.Reason) -> Result
    ) throws(WeightFileError.Reason) -> Result {
        try self.body.withBytes { (bytes) throws(WeightFileError.Reason) in
            var reader = try ByteReader(bytes)
            return try body(&reader)
        }
    }
}

extension HDF5Check {
    /// Checks an object: its header, and the group or dataset it is.
    func object(_ link: HDF5Link) throws(WeightFileError.Reason) {
        try WeightFileError.Reason.inside(link.description) { () throws(WeightFileError.Reason) in
            var parts: [HDF5Message.Kind: HDF5Message] = [:]
            for message in try messages(at: link.header) {
                switch message.kind {
                case .attribute:
                    try attribute(message)
                case .none, .continuation:
                    break
                default:
                    guard parts.updateValue(message, forKey: message.kind) == nil else {
                        throw .malformed("two messages of kind \(message.kind.rawValue)")
                    }
                }
            }
            let table = try parts[.symbolTable]?.read { (reader) throws(WeightFileError.Reason) in
                try HDF5SymbolTable(&reader)
            }
            if link.table != nil && link.table != table { throw .malformed("its symbol table is another one") }
            if let time = parts[.modificationTime], time.body.count < 8 { throw .malformed("its time") }
            guard let table else { return try dataset(parts) }
            for kind in [HDF5Message.Kind.dataspace, .datatype, .fillValue, .oldFillValue, .layout] {
                if parts[kind] != nil { throw .malformed("a group that is a dataset, too") }
            }
            try group(table, path: link.path)
        }
    }

    /// The messages of the header at `address`, those of its continuations behind them.
    private func messages(at address: Int) throws(WeightFileError.Reason) -> [HDF5Message] {
        let (count, size) = try read("an object header", at: address, count: 16) {
            (reader) throws(WeightFileError.Reason) in
            let version = try reader.byte()
            guard version == 1 else {
                // Version 2 has a signature, "OHDR".
                if version == UInt8(ascii: "O") { throw .unsupported("the format of HDF5 1.8 or later") }
                throw .malformed("version \(version)")
            }
            _ = try reader.skip(1)
            let count = Int(try reader.integer(UInt16.self))
            // The number of links to it.
            _ = try reader.skip(4)
            return (count, Int(try reader.integer(UInt32.self)))
        }
        var messages: [HDF5Message] = []
        var blocks = [(address: address + 16, size: size)]
        while let block = blocks.popLast() {
            let found = try read("an object header's messages", at: block.address, count: block.size) {
                (reader) throws(WeightFileError.Reason) in
                var found: [HDF5Message] = []
                while reader.remaining > 0 { found.append(try HDF5Message(&reader)) }
                return found
            }
            messages += found
            for message in found where message.kind == .continuation {
                blocks.append(
                    try message.read { (reader) throws(WeightFileError.Reason) in
                        (try reader.requiredAddress(), try reader.count(UInt64.self))
                    })
            }
        }
        guard messages.count == count else { throw .malformed("\(messages.count) header messages, not \(count)") }
        return messages
    }
}
