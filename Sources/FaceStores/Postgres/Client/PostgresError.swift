import Foundation

/// What the server or the connection to it answered instead of a result.
struct PostgresError: Error {
    /// The five letters and digits of PostgreSQL's manual, appendix A; `nil` when no server said anything.
    let state: String?
    let message: String
    /// Whether the connection is gone, and with it a transaction that was not committed.
    let isLost: Bool

    init(state: String?, message: String, isLost: Bool = false) {
        self.state = state
        self.message = message.split(whereSeparator: \.isNewline).first.map(String.init) ?? "no reason was given"
        // 57P01 to 57P03: the server goes down, or comes up; class 08: the connection broke.
        self.isLost = isLost || state.map { $0.hasPrefix("57P0") || $0.hasPrefix("08") } ?? false
    }

    /// Of a connection that was not made; the message has the state in it.
    init(refused text: String) {
        if let facts = text.firstMatch(of: /: {2}([0-9A-Z]{5}): (.*)/)?.output {
            self.init(state: String(facts.1), message: String(facts.2))
        } else {
            self.init(state: nil, message: text, isLost: true)
        }
    }

    /// Another try may fare better: two transactions were in each other's way.
    var isCollision: Bool { state == "40001" || state == "40P01" }
}
