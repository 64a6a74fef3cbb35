import DeepFace
import Foundation

/// The points of a facial area, as a column holds them: a JSON object with the points that were found. Written and read by
/// hand, because an encoder and a decoder take longer than a database for all the rest of the row.
extension FacialArea {
    private static let points: [(opening: String, path: WritableKeyPath<FacialArea, [Int]?> & Sendable)] = [
        ("\"leftEye\":[", \.leftEye), ("\"mouthLeft\":[", \.mouthLeft), ("\"mouthRight\":[", \.mouthRight),
        ("\"nose\":[", \.nose), ("\"rightEye\":[", \.rightEye),
    ]

    var landmarksJSON: String {
        var text: [UInt8] = []
        appendLandmarks(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends `landmarksJSON` as UTF-8.
    func appendLandmarks(to text: inout [UInt8]) {
        text.append(UInt8(ascii: "{"))
        var isFirst = true
        for (opening, path) in Self.points {
            guard let point = self[keyPath: path] else { continue }
            if !isFirst { text.append(UInt8(ascii: ",")) }
            isFirst = false
            text.append(contentsOf: opening.utf8)
            for (place, number) in point.enumerated() {
                if place > 0 { text.append(UInt8(ascii: ",")) }
                text.append(contentsOf: String(number).utf8)
            }
            text.append(UInt8(ascii: "]"))
        }
        text.append(UInt8(ascii: "}"))
    }

    /// - Throws: `storeInconsistent` when it is not what `landmarksJSON` gives.
    mutating func setLandmarks(json: Data) throws(DeepFaceError) {
        var area = self
        let isWhole = json.withUnsafeBytes { bytes in
            var scanner = Scanner(rest: bytes[...])
            return scanner.take("{") && area.takeLandmarks(from: &scanner) && scanner.take("}") && scanner.rest.isEmpty
        }
        guard isWhole else { throw DeepFaceError(.storeInconsistent, "the points of a face are damaged") }
        self = area
    }

    private mutating func takeLandmarks(from scanner: inout Scanner) -> Bool {
        var isFirst = true
        for (opening, path) in Self.points {
            let before = scanner
            guard isFirst || scanner.take(","), scanner.take(opening) else {
                scanner = before
                continue
            }
            guard let numbers = scanner.numbers() else { return false }
            self[keyPath: path] = numbers
            isFirst = false
        }
        return true
    }
}

/// Goes through bytes of JSON that are written in one way only.
private struct Scanner {
    var rest: Slice<UnsafeRawBufferPointer>

    mutating func take(_ word: String) -> Bool {
        guard rest.starts(with: word.utf8) else { return false }
        rest = rest.dropFirst(word.utf8.count)
        return true
    }

    /// Whole numbers with commas between, and the bracket behind them; `nil` for anything else.
    mutating func numbers() -> [Int]? {
        var numbers: [Int] = []
        if take("]") { return numbers }
        repeat {
            guard let number = number() else { return nil }
            numbers.append(number)
        } while take(",")
        return take("]") ? numbers : nil
    }

    private mutating func number() -> Int? {
        let isNegative = take("-")
        var (number, digits) = (0, 0)
        while let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            // No zeros before a number.
            guard digits == 0 || number > 0, digits < 18 else { return nil }
            number = 10 * number + Int(byte - UInt8(ascii: "0"))
            digits += 1
            rest = rest.dropFirst()
        }
        return digits == 0 || isNegative && number == 0 ? nil : isNegative ? -number : number
    }
}
