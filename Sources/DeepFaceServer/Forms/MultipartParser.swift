/// Takes a `multipart/form-data` body (RFC 7578) apart as it comes in, however it is cut into pieces. Holds no more of it
/// than a line and the head of a part.
package struct MultipartParser {
    package enum Event: Equatable {
        case part(MultipartHead)
        /// Bytes of the part's content.
        case content(ArraySlice<UInt8>)
        case endOfPart
        case end
    }

    /// Bytes of a part's head.
    static let maximumHead = 8192

    private enum State {
        /// Before the first boundary.
        case preamble
        /// Behind a boundary.
        case boundary
        case head
        case contentBegin
        case content
        /// Behind the last boundary: whatever follows does not count.
        case done
    }

    /// What ends a part: the line break before the boundary belongs to it.
    private let delimiter: [UInt8]
    private var state = State.preamble
    /// What is not done with. The first boundary needs no line break before it: one is put there.
    private var pending: [UInt8] = [0x0D, 0x0A]

    /// - Parameter type: the request's Content-Type.
    /// - Throws: `invalid_request` when it names no boundary.
    package init(contentType type: String) throws(Problem) {
        let boundary = MultipartHead.parameters(of: type)["boundary"] ?? ""
        guard (1...70).contains(boundary.utf8.count), boundary.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else {
            throw .invalid("the multipart Content-Type has no usable boundary")
        }
        delimiter = Array("\r\n--\(boundary)".utf8)
    }

    /// Takes the next piece of the body.
    package mutating func feed(_ bytes: some Sequence<UInt8>, _ event: (Event) throws(Problem) -> Void) throws(Problem)
    {
        if case .done = state { return }
        pending.append(contentsOf: bytes)
        var start = 0
        loop: while true {
            switch state {
            case .preamble:
                guard let found = find(delimiter, from: start) else {
                    start = max(start, pending.count - delimiter.count + 1)
                    break loop
                }
                start = found + delimiter.count
                state = .boundary
            case .boundary:
                // Blanks may stand between the boundary and the end of its line.
                var place = start
                while place < pending.count, pending[place] == 0x20 || pending[place] == 0x09 { place += 1 }
                guard place + 2 <= pending.count else {
                    guard place - start < 256 else { throw .invalid("a boundary's line does not end") }
                    break loop
                }
                let ending = (pending[place], pending[place + 1])
                start = place + 2
                if ending == (0x0D, 0x0A) {
                    state = .head
                } else if ending == (0x2D, 0x2D) {
                    state = .done
                    try event(.end)
                    pending = []
                    return
                } else {
                    throw .invalid("a boundary's line holds something else")
                }
            case .head:
                // A part may have no head at all.
                let isEmpty = pending.count >= start + 2 && pending[start] == 0x0D && pending[start + 1] == 0x0A
                guard let end = isEmpty ? start : find([0x0D, 0x0A, 0x0D, 0x0A], from: start) else {
                    guard pending.count - start <= Self.maximumHead else {
                        throw .invalid("a part's head has more than \(Self.maximumHead) bytes")
                    }
                    break loop
                }
                guard end - start <= Self.maximumHead else {
                    throw .invalid("a part's head has more than \(Self.maximumHead) bytes")
                }
                try event(.part(MultipartHead(pending[start..<end])))
                // The line break behind the head is also that of the boundary, where the part has no content.
                start = isEmpty ? end : end + 2
                state = .contentBegin
            case .contentBegin:
                guard pending.count - start >= delimiter.count else { break loop }
                if pending[start...].starts(with: delimiter) {
                    try event(.endOfPart)
                    start += delimiter.count
                    state = .boundary
                } else {
                    start += 2
                    state = .content
                }
            case .content:
                let found = find(delimiter, from: start)
                let end = found ?? max(start, pending.count - delimiter.count + 1)
                if end > start { try event(.content(pending[start..<end])) }
                start = end
                guard found != nil else { break loop }
                try event(.endOfPart)
                start += delimiter.count
                state = .boundary
            case .done: break loop
            }
        }
        pending.removeFirst(start)
    }

    /// Whether all of the body was there.
    package func finish() throws(Problem) {
        guard case .done = state else { throw .invalid("the multipart body ends too early") }
    }

    private func find(_ needle: [UInt8], from start: Int) -> Int? {
        guard pending.count >= needle.count else { return nil }
        return pending.withUnsafeBufferPointer { hay in
            needle.withUnsafeBufferPointer { needle in
                var place = start
                let last = hay.count - needle.count
                while place <= last {
                    guard hay[place] == needle[0] else {
                        place += 1
                        continue
                    }
                    var count = 1
                    while count < needle.count, hay[place + count] == needle[count] { count += 1 }
                    if count == needle.count { return place }
                    place += 1
                }
                return nil
            }
        }
    }
}
