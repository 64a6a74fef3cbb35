import FaceLike
import Foundation
import VectorIndex

/// Builds an ivf index of as many vectors as wanted, and prints what it costs and how well it finds.
///
///     SearchBench scale COUNT [DIMENSIONS] [key=value…]
///
/// Keys: `folder` (of the index; kept, and opened instead of built when it is there), `bits`, `lists`, `memory` (MB for
/// the build), `source` (`memory`: the gallery is made before the build begins and lies in memory; else it is made as it is
/// read), `probes`, `efforts` (lists:candidates,…). Being root, it drops the system's file cache to measure from
/// cold disk.
struct IVFScale {
    let data: SearchData
    var options: [String: String]

    init(_ data: SearchData, words: [String]) {
        self.data = data
        options = Dictionary(
            words.map { word in
                let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
                return (parts[0], parts.count > 1 ? parts[1] : "")
            }, uniquingKeysWith: { $1 })
    }

    private func number(_ key: String) -> Int? { options[key].flatMap(Int.init) }

    func run() throws {
        let folder = URL(
            fileURLWithPath: options["folder"] ?? NSTemporaryDirectory() + "/ivf-\(data.count)-\(getpid())")
        defer { if options["folder"] == nil { try? FileManager.default.removeItem(at: folder) } }
        print("\(CostPlot.head(of: data)), \(Machine.description)")
        if !FileManager.default.fileExists(atPath: folder.appending(path: "manifest").path) { try build(in: folder) }
        print("on disk: \(size(of: folder) / 1_000_000) MB")
        let clock = ContinuousClock()
        var index: IVFIndex?
        let opening = try clock.measure { index = try IVFIndex(opening: folder) }
        guard let index, let own = index.effort else { return }
        print("opened in \(seconds(opening)) s; \(memory("VmRSS"))")
        let efforts = (options["efforts"] ?? "").split(separator: ",").compactMap { word -> IVFEffort? in
            let numbers = word.split(separator: ":").compactMap { Int($0) }
            return numbers.count == 2 ? IVFEffort(lists: numbers[0], candidates: numbers[1]) : nil
        }
        for effort in efforts + [own] {
            dropCache()
            try measure(index, effort, "cold")
            try measure(index, effort, "warm")
        }
        for threads in [1, 2] {
            var batch = index
            batch.threads = threads
            var found: [[Neighbor]] = []
            let time = try clock.measure { found = try batch.search(data.probes, k: 10, effort: efforts.first) }
            let rate = Double(data.probes.count) / (time / .seconds(1))
            print("batch on \(threads): \(Int(rate)) a second, rank-1 \(data.quality(found, nil).rank1)")
        }
    }

    private func build(in folder: URL) throws {
        var settings = IVFSettings()
        settings.metric = data.metric
        settings.bits = number("bits") ?? 4
        settings.lists = number("lists")
        settings.memory = (number("memory") ?? 1000) << 20
        let clock = ContinuousClock()
        let source: any VectorSource
        if options["source"] == "memory" {
            let all = data.read(rows: 0..<data.count)
            source = try MemorySource(all.vectors, ids: all.ids)
        } else {
            source = data
        }
        let start = clock.now
        let stages = Stages()
        let index = try IVFIndex.build(from: source, settings: settings, at: folder) { stage, _ in
            stages.enter(stage, after: start.duration(to: clock.now))
        }
        let took = start.duration(to: clock.now)
        print(
            "built in \(seconds(took)) s, \(Int(Double(data.count) / (took / .seconds(1)))) a second; \(memory("VmHWM"))"
        )
        if let effort = index.effort { print("its own effort: \(effort.lists) lists, \(effort.candidates) candidates") }
    }

    private func measure(_ index: IVFIndex, _ effort: IVFEffort, _ label: String) throws {
        let clock = ContinuousClock()
        var times: [Double] = []
        var found: [[Neighbor]] = []
        for row in 0..<min(number("probes") ?? 1000, data.probes.count) {
            let probe = VectorBatch([Array(data.probes[row])])
            times.append(
                try clock.measure { found += try index.search(probe, k: 10, effort: effort) } / .milliseconds(1))
        }
        times.sort()
        let quality = data.quality(found, nil)
        let ms = [times[times.count / 2], times[times.count * 99 / 100]].map { String(format: "%.3f", $0) }
        print(
            "\(label): \(effort.lists) lists, \(effort.candidates) candidates: median \(ms[0]) ms, 99 % \(ms[1]) ms, "
                + "rank-1 \(quality.rank1), mates \(quality.mates)")
        fflush(nil)
    }

    private func seconds(_ duration: Duration) -> String { String(format: "%.2f", duration / .seconds(1)) }

    private func memory(_ key: String) -> String {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix(key) } ?? ""
        let kilobytes = line.split(separator: " ").dropLast().last?.split(separator: "\t").last.flatMap { Int($0) } ?? 0
        return "\(key == "VmHWM" ? "at most " : "")\(kilobytes / 1024) MB of memory"
    }

    private func size(of folder: URL) -> Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.reduce(0) { sum, name in
            let facts = try? FileManager.default.attributesOfItem(atPath: folder.appending(path: name).path)
            return sum + (facts?[.size] as? Int ?? 0)
        }
    }

    private func dropCache() {
        sync()
        try? Data("3".utf8).write(to: URL(fileURLWithPath: "/proc/sys/vm/drop_caches"))
    }
}

/// The gallery, made as it is read.
extension SearchData: VectorSource {
    var dimensions: Int { gallery.dimensions }
    var idBound: Int64 { Int64(count) }

    func read(rows: Range<Int>) -> (vectors: VectorBatch, ids: [Int64]) {
        (VectorBatch(dimensions: dimensions, values: gallery.vectors(rows)), rows.map(Int64.init))
    }
}

/// Prints each stage of a build when it begins.
private final class Stages: Sendable {
    private let lock = NSLock()
    private nonisolated(unsafe) var last: IVFBuildStage?

    func enter(_ stage: IVFBuildStage, after time: Duration) {
        lock.withLock {
            if stage == last { return }
            last = stage
            print("\(stage.rawValue) from \(String(format: "%.1f", time / .seconds(1))) s on")
            fflush(nil)
        }
    }
}
