import Crypto
import DeepFace
import Foundation
import Logging
import Synchronization

/// Knows who may do what: by the token of the environment, and by the keys of a file, whose changes count at once.
final class Gatekeeper: Sendable {
    /// Who asks.
    struct Caller: Sendable, Equatable {
        /// What requests are counted by: a key's id, or the address of who has none.
        let id: String
        let role: Role
    }

    private let token: SHA256.Digest?
    private let file: KeyFile?
    private let logger: Logger
    private let state: Mutex<State>
    /// A server that once asked for keys does not open up when the last one is revoked.
    private let hadKeys: Mutex<Bool>

    private struct State {
        var keys: [String: APIKey] = [:]
        var stamp: [Int]?
        var looked: ContinuousClock.Instant?
    }

    /// - Throws: `unreadableInput` when the keys are not readable.
    init(token: String?, file: KeyFile?, logger: Logger) throws(DeepFaceError) {
        self.token = token.flatMap { $0.isEmpty ? nil : SHA256.hash(data: Data($0.utf8)) }
        (self.file, self.logger) = (file, logger)
        var state = State()
        if let file {
            state.stamp = file.stamp
            state.keys = Self.table(try file.keys())
        }
        hadKeys = Mutex(!state.keys.isEmpty)
        self.state = Mutex(state)
    }

    /// Whether somebody without a key may do everything: there is neither token nor key, nor was there when it began.
    var isOpen: Bool { token == nil && currentKeys().isEmpty && !hadKeys.withLock { $0 } }

    /// Who shows `credential`; `nil`: nobody known.
    ///
    /// - Parameter address: of the connection.
    func caller(_ credential: String?, address: String) -> Caller? {
        guard let credential, !credential.isEmpty else {
            return isOpen ? Caller(id: address, role: .admin) : nil
        }
        if isOpen { return Caller(id: address, role: .admin) }
        // Digests of equal length are compared to the last byte, whatever differs.
        let digest = SHA256.hash(data: Data(credential.utf8))
        if let token, digest == token { return Caller(id: "token", role: .admin) }
        guard let key = currentKeys()[digest.map(\.hexadecimal).joined()] else { return nil }
        return Caller(id: key.id, role: key.role)
    }

    /// The keys as the file has them, looked at once a second at most.
    private func currentKeys() -> [String: APIKey] {
        guard let file else { return [:] }
        let keys = state.withLock { state in
            let now = ContinuousClock.now
            if let looked = state.looked, now - looked < .seconds(1) { return state.keys }
            state.looked = now
            let stamp = file.stamp
            if stamp != state.stamp {
                do throws(DeepFaceError) {
                    state.keys = Self.table(try file.keys())
                    state.stamp = stamp
                } catch {
                    logger.error("the keys cannot be read; those known before still count")
                }
            }
            return state.keys
        }
        if !keys.isEmpty { hadKeys.withLock { $0 = true } }
        return keys
    }

    private static func table(_ keys: [APIKey]) -> [String: APIKey] {
        Dictionary(keys.map { ($0.digest, $0) }) { first, _ in first }
    }
}
