import Dispatch
import Foundation

/// Has something else happen at Ctrl-C, and when the process is asked to end, than that it ends at once.
struct Interrupts {
    private let sources: [any DispatchSourceSignal]

    init(_ body: @escaping @Sendable () -> Void) {
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { body() }
            source.activate()
            return source
        }
    }

    /// Gives the signals back their meaning.
    func stop() {
        for source in sources { source.cancel() }
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    }
}
