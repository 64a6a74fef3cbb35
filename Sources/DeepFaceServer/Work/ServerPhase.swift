import DeepFace
import Synchronization

/// Where the server is in its life.
final class ServerPhase: Sendable {
    enum Phase: Sendable, Equatable {
        case warming
        case ready
        /// The models it should have warmed cannot be had; others may.
        case impaired(DeepFaceError)
        case draining
    }

    private let phase = Mutex(Phase.warming)

    var current: Phase { phase.withLock { $0 } }

    /// Moves on; what is draining stays so.
    func move(to next: Phase) {
        phase.withLock { phase in
            if phase != .draining { phase = next }
        }
    }

    /// - Throws: `closing_down`.
    func checkIsOpen() throws(Problem) {
        if current == .draining {
            throw .unavailable("closing_down", "the server is closing down", retryAfter: 10)
        }
    }

    /// What is under way when the server closes down is warm enough.
    ///
    /// - Throws: `warming_up`.
    func checkIsWarm() throws(Problem) {
        if current == .warming { throw .unavailable("warming_up", "the models are being loaded", retryAfter: 1) }
    }

    /// - Throws: why not all is as it should be.
    func checkIsReady() throws(Problem) {
        try checkIsOpen()
        try checkIsWarm()
        if case .impaired(let error) = current { throw Problem(error) }
    }
}
