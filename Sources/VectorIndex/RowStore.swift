import CVectorScan

/// How the numbers of stored vectors are kept.
public enum RowPrecision: String, Sendable, Codable, CaseIterable {
    case float32
    /// Half the room, and three digits: vectors are rounded when they are added.
    case float16
}

/// The vectors themselves, row by row.
struct RowStore: Sendable {
    let dimensions: Int
    let precision: RowPrecision
    // Of the two one stays empty.
    private var singles: SplitArray<Float>
    private var halves: SplitArray<UInt16>

    init(dimensions: Int, precision: RowPrecision) {
        (self.dimensions, self.precision) = (dimensions, precision)
        (singles, halves) = (SplitArray(), SplitArray())
    }

    /// The rows in a section of a file.
    init(
        dimensions: Int, precision: RowPrecision, count: Int, section: String, of file: IndexFile
    ) throws(VectorIndexError) {
        self.init(dimensions: dimensions, precision: precision)
        switch precision {
        case .float32:
            singles = SplitArray(try file.section(section, of: Float.self, count: count * dimensions))
        case .float16:
            halves = SplitArray(try file.section(section, of: UInt16.self, count: count * dimensions))
        }
    }

    var count: Int { (singles.count + halves.count) / dimensions }

    mutating func append(_ values: [Float]) {
        switch precision {
        case .float32: singles.append(contentsOf: values)
        case .float16: halves.append(contentsOf: RowStore.halves(values))
        }
    }

    /// Makes room for so many rows in all.
    mutating func reserveCapacity(_ count: Int) {
        switch precision {
        case .float32: singles.reserveCapacity(count * dimensions)
        case .float16: halves.reserveCapacity(count * dimensions)
        }
    }

    /// The nearest f16 numbers.
    static func halves(_ values: [Float]) -> [UInt16] {
        [UInt16](unsafeUninitializedCapacity: values.count) { buffer, count in
            cvectorscan_to_f16(cvectorscan_level(), values, values.count, buffer.baseAddress)
            count = values.count
        }
    }

    /// Rows as they are kept, as f32.
    func rows(_ range: Range<Int>) -> [Float] {
        let numbers = range.lowerBound * dimensions..<range.upperBound * dimensions
        return [Float](unsafeUninitializedCapacity: numbers.count) { result, count in
            count = numbers.count
            switch precision {
            case .float32:
                singles.forEachPart(of: numbers) { part, place in
                    (result.baseAddress! + place).initialize(from: part.baseAddress!, count: part.count)
                }
            case .float16:
                halves.forEachPart(of: numbers) { part, place in
                    cvectorscan_from_f16(
                        cvectorscan_level(), part.baseAddress, part.count, result.baseAddress! + place)
                }
            }
        }
    }

    /// Writes rows as they are kept to the section that was begun.
    func write(_ range: Range<Int>, to file: IndexFileWriter) throws(VectorIndexError) {
        let numbers = range.lowerBound * dimensions..<range.upperBound * dimensions
        switch precision {
        case .float32: try singles.write(numbers, to: file)
        case .float16: try halves.write(numbers, to: file)
        }
    }

    /// Squared distances of a probe to some rows.
    ///
    /// - Parameter which: numbers of rows, ascending.
    func squaredDistances(
        from probe: [Float], to which: UnsafeBufferPointer<UInt32>, into distances: UnsafeMutablePointer<Float>
    ) {
        let level = cvectorscan_level()
        switch precision {
        case .float32:
            singles.split(which, dimensions: dimensions) { rows, which, place in
                cvectorscan_l2_f32(
                    level, probe, dimensions, rows.baseAddress, which.baseAddress, which.count, distances + place)
            }
        case .float16:
            halves.split(which, dimensions: dimensions) { rows, which, place in
                cvectorscan_l2_f16(
                    level, probe, dimensions, rows.baseAddress, which.baseAddress, which.count, distances + place)
            }
        }
    }
}

extension SplitArray {
    /// The stretches of `range` in the file and in memory; `place` counts from the start of `range`.
    func forEachPart<E: Error>(
        of range: Range<Int>, _ body: (_ part: UnsafeBufferPointer<Element>, _ place: Int) throws(E) -> Void
    ) throws(E) {
        try withBuffers { (mapped, added) throws(E) in
            let first = range.clamped(to: 0..<mappedCount)
            if !first.isEmpty { try body(UnsafeBufferPointer(rebasing: mapped[first]), 0) }
            let second = range.clamped(to: mappedCount..<count)
            guard !second.isEmpty else { return }
            let inMemory = second.lowerBound - mappedCount..<second.upperBound - mappedCount
            try body(UnsafeBufferPointer(rebasing: added[inMemory]), second.lowerBound - range.lowerBound)
        }
    }

    func write(_ range: Range<Int>, to file: IndexFileWriter) throws(VectorIndexError) {
        try forEachPart(of: range) { (part, _) throws(VectorIndexError) in
            try file.append(UnsafeRawBufferPointer(part))
        }
    }

    /// Splits ascending row numbers into those in the file and those in memory, each counted from its part's start.
    fileprivate func split(
        _ which: UnsafeBufferPointer<UInt32>, dimensions: Int,
        _ body: (_ rows: UnsafeBufferPointer<Element>, _ which: UnsafeBufferPointer<UInt32>, _ place: Int) -> Void
    ) {
        let mappedRows = UInt32(mappedCount / dimensions)
        let inFile = mappedRows == 0 ? 0 : which.partitioningIndex { $0 >= mappedRows }
        withBuffers { mapped, added in
            if inFile > 0 { body(mapped, UnsafeBufferPointer(rebasing: which[..<inFile]), 0) }
            guard inFile < which.count else { return }
            let rest = UnsafeBufferPointer(rebasing: which[inFile...])
            if mappedRows == 0 { return body(added, rest, 0) }
            rest.map { $0 - mappedRows }.withUnsafeBufferPointer { body(added, $0, inFile) }
        }
    }
}

extension UnsafeBufferPointer<UInt32> {
    /// The first place where `predicate` holds; it holds from there on.
    fileprivate func partitioningIndex(where predicate: (UInt32) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
