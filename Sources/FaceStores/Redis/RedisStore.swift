import DeepFace
import Foundation

/// Faces in a Redis server: `redis://user:password@host:port/database?ttl=seconds`.
///
/// A call that changes something is one script, which the server runs as a whole. What survives the server's end is the
/// server's matter: with `appendonly yes` and `appendfsync always` everything it has confirmed does. With `ttl`, faces
/// registered through this address go by themselves after so many seconds.
public final class RedisStore: FaceStore {
    public static let scheme = "redis"
    public static let addressForm = "redis://HOST/DATABASE"

    /// What all keys begin with.
    static let base = "deepface:"

    let key: StoreKey?
    /// Seconds until a face goes by itself; 0: never.
    let timeToLive: Int
    let address: ServerAddress
    private let database: Int
    private let lanes = BlockingLanes<RedisConnection>("redis")

    /// In the home folder's `.deepface`; `nil` where faces expire, so that none outlives its time in a file.
    public var indexFolder: URL? { timeToLive > 0 ? nil : WeightStore().home.appending(path: ".deepface/index/redis") }

    public init(_ address: StoreAddress, key: StoreKey?, creates: Bool) async throws(DeepFaceError) {
        let server = try ServerAddress(address, port: 6379, options: ["ttl"])
        self.address = server
        self.key = key
        timeToLive = try server.number("ttl", from: 1) ?? 0
        guard let database = Int(server.path.isEmpty ? "0" : server.path), database >= 0 else {
            throw DeepFaceError(
                .invalidOption, "the path names no database: that is a number", input: server.text)
        }
        self.database = database
        try await prepare(creates: creates)
    }

    private func prepare(creates: Bool) async throws(DeepFaceError) {
        if creates { _ = try await change(RedisCommand("SETNX", "\(Self.base)version", Self.version)) }
        let found = try await ask(
            RedisCommand("GET", "\(Self.base)version"), RedisCommand("SMEMBERS", "\(Self.base)deleted"))
        guard case .bytes(let version) = found[0] else {
            throw DeepFaceError(
                .storeUnavailable, "no store is there", input: address.text, advice: "make one with: deepface register")
        }
        guard version == Data(Self.version.utf8) else {
            throw DeepFaceError(
                .storeInconsistent, "a newer program keeps the store, in another form", input: address.text)
        }
        // What was left by somebody who was stopped while deleting.
        for case .bytes(let number) in found[1].list where creates {
            try await clear(String(decoding: number, as: UTF8.self))
        }
    }

    /// Raise when an older program must not use the store.
    private static let version = "1"

    // MARK: Running

    /// Answers to commands that change nothing. Asked again, once, when the connection is lost meanwhile.
    func ask(_ commands: RedisCommand...) async throws(DeepFaceError) -> [RedisReply] {
        try await run(commands, attempts: 2)
    }

    /// The answer to a command that changes something, which is sent once.
    func change(_ command: RedisCommand) async throws(DeepFaceError) -> RedisReply {
        try await run([command], attempts: 1)[0]
    }

    private func run(_ commands: [RedisCommand], attempts: Int) async throws(DeepFaceError) -> [RedisReply] {
        try await lanes.run { [address, database] (connection) throws(DeepFaceError) in
            var left = attempts
            while true {
                // A server that was restarted meanwhile is no reason to fail.
                if connection?.isOpen == false { connection = nil }
                let open: RedisConnection
                if let connection { open = connection } else { open = try RedisConnection(address, database: database) }
                connection = open
                left -= 1
                do throws(DeepFaceError) {
                    var replies = try open.run(commands)
                    // A server that was just started refuses all until it has read its data.
                    for _ in 0..<200 where replies.contains(where: \.isLoading) {
                        usleep(50_000)
                        replies = try open.run(commands)
                    }
                    for reply in replies {
                        if case .error(let words) = reply { throw RedisFailure.error(words, address) }
                    }
                    return replies
                } catch {
                    guard open.isBroken else { throw error }
                    connection = nil
                    if left == 0 { throw error }
                }
            }
        }
    }

    /// A script's call.
    static func call(_ script: String, _ base: String, _ arguments: [Data]) -> RedisCommand {
        RedisCommand([Data("EVAL".utf8), Data(script.utf8), Data("1".utf8), Data(base.utf8)] + arguments)
    }

    static func call(_ script: String, _ collection: FaceCollection, _ arguments: [Data]) -> RedisCommand {
        call(script, base(of: collection), arguments)
    }

    static func call(_ script: String, _ collection: FaceCollection, _ arguments: String...) -> RedisCommand {
        call(script, collection, arguments.map { Data($0.utf8) })
    }

    static func base(of collection: FaceCollection) -> String { "\(base)\(collection.id):" }

    func inconsistent(_ what: String) -> DeepFaceError {
        DeepFaceError(.storeInconsistent, what, input: address.text)
    }

    public func problems() async throws(DeepFaceError) -> [String] {
        var problems: [String] = []
        for collection in try await collections() {
            let length = 4 * collection.dimensions + (collection.isEncrypted ? StoreKey.overhead : 0)
            var after = "0"
            while true {
                let reply = try await ask(Self.call(RedisScripts.problems, collection, after, "1000", "\(length)"))
                let words = reply[0].list.map(\.text)
                guard let last = words.first, !last.isEmpty else { break }
                problems += words.dropFirst().map { "\(collection.name): \($0)" }
                after = last
            }
        }
        return problems
    }
}

extension RedisReply {
    fileprivate var isLoading: Bool { if case .error(let words) = self { words.hasPrefix("LOADING") } else { false } }
    var list: [RedisReply] { if case .list(let list) = self { list } else { [] } }
    /// Empty where it is no text.
    var text: String { String(decoding: bytes, as: UTF8.self) }
    var bytes: Data { if case .bytes(let bytes) = self { bytes } else { Data() } }
    /// A number, also one that is written as text.
    var number: Int64? { if case .integer(let number) = self { number } else { Int64(text) } }
}
