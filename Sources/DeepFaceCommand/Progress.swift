import Foundation
import Synchronization

/// A progress bar on standard error, only when that is a terminal and only once a second has passed.
struct Progress {
    private let what: String
    private var total: Int
    private var done = 0
    private let start = ContinuousClock.now
    private var shown = false
    static let isTerminal = isatty(STDERR_FILENO) == 1

    init(_ what: String, total: Int) {
        self.what = what
        self.total = total
    }

    mutating func advance() { show(done + 1, of: total) }

    /// So much of so much is done.
    mutating func show(_ done: Int, of total: Int) {
        (self.done, self.total) = (done, total)
        guard Self.isTerminal, total > 1, ContinuousClock.now - start > .seconds(1) else { return }
        let width = 30
        let filled = width * done / max(1, total)
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        try? FileHandle.standardError.write(contentsOf: Data("\r[\(bar)] \(done)/\(total) \(what)".utf8))
        shown = true
    }

    /// Takes the bar off the terminal.
    mutating func clear() {
        guard shown else { return }
        try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[K".utf8))
        shown = false
    }

    /// Runs `work` and shows that something is going on when it takes more than a second.
    static func waiting<Value: Sendable>(
        _ what: String, _ work: @Sendable () async throws -> Value
    ) async rethrows -> Value {
        guard isTerminal else { return try await work() }
        let sign = Task {
            try await Task.sleep(for: .seconds(1))
            var seconds = 1
            while !Task.isCancelled {
                try? FileHandle.standardError.write(contentsOf: Data("\r\(what) … \(seconds) s".utf8))
                try await Task.sleep(for: .seconds(1))
                seconds += 1
            }
        }
        defer {
            sign.cancel()
            try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[K".utf8))
        }
        return try await work()
    }
}

/// How far a file's transfer is, on standard error when that is a terminal. May be told from any thread.
final class TransferBar: Sendable {
    private let shown = Mutex(false)

    func show(_ name: String, received: Int, total: Int?) {
        guard Progress.isTerminal else { return }
        func size(_ bytes: Int) -> String { String(format: "%.1f MB", Double(bytes) / 1e6) }
        var line = "\(name)  \(size(received))"
        if let total, total > 0 { line += " of \(size(total)), \(100 * received / total) %" }
        shown.withLock { shown in
            try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[K\(line)".utf8))
            shown = true
        }
    }

    /// Takes the line off the terminal.
    func clear() {
        shown.withLock { shown in
            if shown { try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[K".utf8)) }
            shown = false
        }
    }
}

/// A progress bar that may be told from any thread.
final class SharedProgress: Sendable {
    private let bar: Mutex<Progress>
    private let total: Int

    init(_ what: String, total: Int) {
        bar = Mutex(Progress(what, total: total))
        self.total = total
    }

    func show(_ done: Int) { bar.withLock { $0.show(done, of: total) } }

    /// Takes the bar off the terminal.
    func clear() { bar.withLock { $0.clear() } }
}
