import Foundation

/// What a measurement was made on.
enum Machine {
    /// Its cores, their kind, and its memory.
    static var description: String {
        let processors = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = processors.split(separator: "\n").first { $0.hasPrefix("model name") }
        let kind = line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
        let process = ProcessInfo.processInfo
        return "\(process.activeProcessorCount) cores (\(kind)), \(process.physicalMemory >> 30) GiB"
    }
}
