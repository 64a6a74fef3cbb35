import DeepFace
import Foundation

/// How many damaged files a suite tries: few by default, 10,000 of each reader with `DEEPFACE_FUZZ=1` (`make fuzz`).
enum Fuzz {
    static let isThorough = ProcessInfo.processInfo.environment["DEEPFACE_FUZZ"] != nil

    /// Whether what passes the checks is given to the engine too. Its libraries do not start under the address
    /// sanitizer.
    static let hasEngine = ProcessInfo.processInfo.environment["DEEPFACE_FUZZ_ENGINE"] != "0"

    static func count(_ usual: Int) -> Int { isThorough ? 10_000 : usual }
}

/// A seeded source of damage.
struct Mutator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// The next of the numbers of SplitMix64, below `bound`.
    mutating func next(below bound: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }

    /// A copy of `data` with one to three of these places changed, cut out, filled up, or taken from elsewhere.
    mutating func mutate(_ data: Data, at places: some RandomAccessCollection<Int>) -> Data {
        var bytes = [UInt8](data)
        for _ in 0...next(below: 3) {
            let place = places[places.index(places.startIndex, offsetBy: next(below: places.count))]
            guard place + 8 <= bytes.count else { continue }
            let end = place + 1 + next(below: 8)
            switch next(below: 12) {
            case 0: bytes.removeSubrange(place..<end)
            case 1: bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 2: bytes.removeSubrange((bytes.count - next(below: 200))...)
            case 3: for index in place..<end { bytes[index] = [0, 0xff, 0x7f][next(below: 3)] }
            case 4...6: bytes[place] = UInt8(next(below: 24))
            case 7: bytes[place] = bytes[place] &+ 1
            case 8: bytes[place] ^= UInt8(1 << next(below: 8))
            case 9:
                let other = next(below: bytes.count - 8)
                bytes.replaceSubrange(place..<end, with: bytes[other..<(other + end - place)])
            default: bytes[place] = UInt8(next(below: 256))
            }
        }
        return Data(bytes)
    }
}
