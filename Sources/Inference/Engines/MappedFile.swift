import Foundation

/// A file that the engine has mapped into memory.
enum MappedFile {
    /// Gives back the memory of the file at `path`, wherever it is mapped for reading only. What is needed of it again comes
    /// from the file, unnoticed. Does nothing where the system does not list mappings in /proc.
    static func release(_ path: String) {
        guard let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8) else { return }
        for line in maps.split(separator: "\n") where line.hasSuffix(" \(path)") {
            // 7f0000000000-7f0000001000 r--s 00000000 fe:00 123 /the/path
            let fields = line.split(separator: " ", maxSplits: 2)
            let ends = fields[0].split(separator: "-").compactMap { UInt(String($0), radix: 16) }
            guard ends.count == 2, ends[0] < ends[1], fields[1].hasPrefix("r--") else { continue }
            madvise(UnsafeMutableRawPointer(bitPattern: ends[0]), Int(ends[1] - ends[0]), MADV_DONTNEED)
        }
    }
}
