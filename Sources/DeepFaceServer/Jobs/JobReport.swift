import Foundation

/// A job as the contract has it.
package struct JobReport: Encodable {
    let id: UUID
    let kind: String
    let started: Date
    /// 0 to 1.
    let progress: Double
    /// `nil`: it is under way.
    package let outcome: Result<any Encodable & Sendable, Problem>?

    enum CodingKeys: String, CodingKey {
        case id, kind, started, progress, status, result, problem
    }

    private struct Failure: Encodable {
        let status: Int
        let code, detail: String
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id.uuidString.lowercased(), forKey: .id)
        try container.encode(kind, forKey: .kind)
        try container.encode(started, forKey: .started)
        switch outcome {
        case nil:
            try container.encode("running", forKey: .status)
            try container.encode((progress * 100).rounded() / 100, forKey: .progress)
        case .success(let value):
            try container.encode("done", forKey: .status)
            try container.encode(1.0, forKey: .progress)
            try value.encode(to: container.superEncoder(forKey: .result))
        case .failure(let problem):
            try container.encode("failed", forKey: .status)
            try container.encode((progress * 100).rounded() / 100, forKey: .progress)
            try container.encode(
                Failure(status: problem.status.code, code: problem.code, detail: problem.detail), forKey: .problem)
        }
    }
}
