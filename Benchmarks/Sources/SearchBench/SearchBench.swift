import FaceLike
import Foundation

/// Prints how fast, how well and with how much memory vectors are found, ours and others' side by side.
///
///     SearchBench COUNT [DIMENSIONS] [NAME…]
///     SearchBench scale COUNT [DIMENSIONS] [KEY=VALUE…]     (see IVFScale)
///     SearchBench cluster COUNT [DIMENSIONS] [KEY=VALUE…]   (see ClusterScale)
///     SearchBench plot LOG… > PICTURE.svg                   (see CostPlot)
///
/// COUNT may end in k or M. NAMEs, as the table has them, measure only those. Each index is measured in a process of its
/// own, so that memory is its own; that process is this program with `--run NAME FOLDER` behind its arguments.
@main
struct SearchBench {
    static func main() throws {
        var words = Array(CommandLine.arguments.dropFirst())
        if words.first == "plot" { return print(try CostPlot(logs: Array(words.dropFirst())).svg(), terminator: "") }
        let isScale = words.first == "scale"
        let isCluster = words.first == "cluster"
        if isScale || isCluster { words.removeFirst() }
        guard let count = words.first.flatMap(number) else {
            print("SearchBench COUNT [DIMENSIONS] [NAME…]")
            exit(2)
        }
        words.removeFirst()
        var dimensions = 128
        if let given = words.first.flatMap(Int.init) {
            dimensions = given
            words.removeFirst()
        }
        if isCluster { return try ClusterScale(count: count, dimensions: dimensions, words: words).run() }
        let data = SearchData(gallery: FaceLike(dimensions: dimensions), count: count, probes: 1000)
        if isScale {
            try IVFScale(data, words: words).run()
        } else if words.count == 3, words[0] == "--run" {
            let folder = URL(fileURLWithPath: words[2])
            try Ours.all.first { $0.name == words[1] }?.run(data, folder)
        } else {
            try compare(data, only: Set(words))
        }
    }

    private static func number(_ word: String) -> Int? {
        let scale = ["M": 1e6, "k": 1e3][String(word.suffix(1))]
        return scale.map { scale in Double(word.dropLast()).map { Int($0 * scale) } } ?? Int(word)
    }

    private static func compare(_ data: SearchData, only names: Set<String>) throws {
        Bandwidth.printIt(bytesPerVector: data.gallery.dimensions * 4, count: data.count)
        let folder = Peers.package.appending(path: ".build/search-bench/\(data.count)x\(data.gallery.dimensions)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let peers = Peers(folder: folder)
        let hasPeers = peers.areInstalled && data.count <= Peers.most
        if hasPeers {
            if !FileManager.default.fileExists(atPath: folder.appending(path: "truth.npy").path) {
                try data.write(to: folder)
                try peers.run("truth") { _ in }
            }
        } else if data.count <= Peers.most {
            print("no peers, and recall is not measured: run make bench-search-peer to have them\n")
        }
        print(
            "\(data.count) x \(data.gallery.dimensions), \(data.metric.rawValue); one thread, medians; batches on two\n"
        )
        var table = Table()
        table.printHead()
        for name in Peers.names where hasPeers && (names.isEmpty || names.contains(name)) {
            try peers.run(name) { table.add($0, isOurs: false) }
        }
        for index in Ours.all where data.count <= index.most && (names.isEmpty || names.contains(index.name)) {
            try peers.runOurs(index.name, data) { table.add($0, isOurs: true) }
        }
        table.printSummary()
    }
}
