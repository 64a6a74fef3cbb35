import CHiredis
import DeepFace
import Foundation

/// A command's name and arguments, as bytes.
struct RedisCommand: Sendable {
    let arguments: [Data]

    init(_ arguments: [Data]) { self.arguments = arguments }
    init(_ words: String...) { arguments = words.map { Data($0.utf8) } }
}

/// What the server answers to a command.
enum RedisReply: Sendable, Equatable {
    case bytes(Data)
    case integer(Int64)
    case list([RedisReply])
    case nothing
    /// The server's words.
    case error(String)
}

/// A connection to a Redis server, by hiredis. Its calls block, so it lives on a thread that may.
final class RedisConnection {
    /// Longest wait for a connection, and for the next bytes of an answer; seconds.
    static let (connectTimeout, commandTimeout) = (5, 30)

    private let context: UnsafeMutablePointer<redisContext>
    private let address: ServerAddress

    /// - Throws: `storeUnavailable` when the server cannot be reached or refuses the user.
    init(_ address: ServerAddress, database: Int) throws(DeepFaceError) {
        guard
            let context = redisConnectWithTimeout(
                address.host, Int32(address.port), timeval(tv_sec: Self.connectTimeout, tv_usec: 0))
        else { throw DeepFaceError(.engine, "there is no memory for a connection") }
        guard context.pointee.err == 0 else {
            let error = Self.failure(context, address, "the server cannot be reached")
            redisFree(context)
            throw error
        }
        // From here on a throw runs deinit.
        (self.context, self.address) = (context, address)
        redisSetTimeout(context, timeval(tv_sec: Self.commandTimeout, tv_usec: 0))
        redisEnableKeepAlive(context)
        var commands: [RedisCommand] = []
        if let password = address.password {
            commands.append(
                address.user.map { RedisCommand("AUTH", $0, password) } ?? RedisCommand("AUTH", password))
        }
        if database != 0 { commands.append(RedisCommand("SELECT", "\(database)")) }
        for reply in try run(commands) {
            if case .error(let words) = reply { throw RedisFailure.error(words, address) }
        }
    }

    deinit { redisFree(context) }

    /// Whether it was lost and is of no use any more.
    var isBroken: Bool { context.pointee.err != 0 }

    /// Whether the server has not closed the connection, as one does that was restarted.
    var isOpen: Bool {
        var byte: UInt8 = 0
        let got = recv(context.pointee.fd, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)
    }

    /// Sends all commands, then waits for all answers.
    ///
    /// - Throws: `storeUnavailable` when the connection is lost. It is of no use then.
    func run(_ commands: [RedisCommand]) throws(DeepFaceError) -> [RedisReply] {
        for command in commands {
            var lengths = command.arguments.map(\.count)
            let joined = command.arguments.reduce(into: Data()) { $0 += $1 }
            let status = joined.withUnsafeBytes { bytes in
                var pointers: [UnsafePointer<CChar>?] = []
                var place = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                for length in lengths {
                    pointers.append(place)
                    place = place?.advanced(by: length)
                }
                return redisAppendCommandArgv(context, Int32(lengths.count), &pointers, &lengths)
            }
            guard status == REDIS_OK else { throw lost }
        }
        return try Self.withoutBrokenPipeSignal { () throws(DeepFaceError) in
            var replies: [RedisReply] = []
            for _ in commands {
                var answer: UnsafeMutableRawPointer?
                guard redisGetReply(context, &answer) == REDIS_OK, let answer else { throw lost }
                replies.append(RedisReply(answer.assumingMemoryBound(to: redisReply.self).pointee))
                freeReplyObject(answer)
            }
            return replies
        }
    }

    private var lost: DeepFaceError { Self.failure(context, address, "the connection to the server was lost") }

    private static func failure(
        _ context: UnsafeMutablePointer<redisContext>, _ address: ServerAddress, _ what: String
    ) -> DeepFaceError {
        let why = withUnsafeBytes(of: context.pointee.errstr) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        let timedOut = why.contains("temporarily unavailable")
        return DeepFaceError(
            .storeUnavailable, "\(what): \(timedOut ? "no answer within the time" : why)", input: address.text,
            advice: "check that the server runs, and try again")
    }

    /// hiredis writes with write(2), which ends the process when the server is gone, unless the signal is kept back.
    private static func withoutBrokenPipeSignal<Value>(
        _ body: () throws(DeepFaceError) -> Value
    ) throws(DeepFaceError) -> Value {
        var (broken, before, pending) = (sigset_t(), sigset_t(), sigset_t())
        sigemptyset(&broken)
        sigaddset(&broken, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &broken, &before)
        defer {
            sigpending(&pending)
            if sigismember(&pending, SIGPIPE) == 1 {
                var now = timespec()
                _ = sigtimedwait(&broken, nil, &now)
            }
            pthread_sigmask(SIG_SETMASK, &before, nil)
        }
        return try body()
    }
}

extension RedisReply {
    fileprivate init(_ reply: redisReply) {
        switch reply.type {
        case REDIS_REPLY_INTEGER: self = .integer(reply.integer)
        case REDIS_REPLY_NIL: self = .nothing
        case REDIS_REPLY_ARRAY:
            self = .list(
                (0..<Int(reply.elements)).map { index in
                    reply.element[index].map { RedisReply($0.pointee) } ?? .nothing
                })
        case REDIS_REPLY_ERROR: self = .error(String(decoding: Self.data(reply), as: UTF8.self))
        default: self = .bytes(Self.data(reply))
        }
    }

    private static func data(_ reply: redisReply) -> Data {
        reply.str.map { Data(bytes: $0, count: Int(reply.len)) } ?? Data()
    }
}
