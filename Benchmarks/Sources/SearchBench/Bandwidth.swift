import Dispatch
import Foundation

/// How fast memory can be read: what no scan of all vectors can beat.
enum Bandwidth {
    static func printIt(bytesPerVector: Int, count: Int) {
        let bytes = 1 << 29
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 4096)
        defer { memory.deallocate() }
        memset(memory, 1, bytes)
        nonisolated(unsafe) let start = UnsafeRawPointer(memory)
        for threads in [1, 2] {
            let part = bytes / threads
            let seconds =
                (0..<5).map { _ in
                    let clock = ContinuousClock()
                    return clock.measure {
                        DispatchQueue.concurrentPerform(iterations: threads) { read(start + $0 * part, part) }
                    }
                }.sorted()[2] / .seconds(1)
            let rate = Double(bytes) / seconds / 1e9
            let scan = Double(bytesPerVector) * Double(count) / rate / 1e6
            print(
                String(
                    format: "memory read by %d thread%@: %.1f GB/s; all vectors as f32: %.2f ms, as bytes: %.2f ms",
                    threads, threads == 1 ? "" : "s", rate, scan, scan / 4))
        }
    }

    private static func read(_ start: UnsafeRawPointer, _ bytes: Int) {
        let values = start.assumingMemoryBound(to: SIMD8<UInt64>.self)
        var (one, two) = (SIMD8<UInt64>.zero, SIMD8<UInt64>.zero)
        for place in stride(from: 0, to: bytes / 64, by: 2) {
            one |= values[place]
            two |= values[place + 1]
        }
        // Keeps the loop from being left out.
        if (one | two)[0] == 0 { print("empty") }
    }
}
