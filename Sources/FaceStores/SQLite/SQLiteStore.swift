import DeepFace
import Foundation
import GRDB

/// Faces in a file of SQLite's: the store for one machine, and the default.
///
/// Committed calls survive a killed process and a power cut (write-ahead log, full synchronisation). Any number of
/// processes may use one file. What is deleted is overwritten with zeros, in the log too. The file can be read by its
/// owner only.
public final class SQLiteStore: FaceStore {
    public static let scheme = "sqlite"
    public static let addressForm = "sqlite:PATH"

    let pool: DatabasePool
    let key: StoreKey?
    private let file: URL

    /// Beside the file, with its name and `-index`.
    public var indexFolder: URL? { file.deletingLastPathComponent().appending(path: file.lastPathComponent + "-index") }

    public init(_ address: StoreAddress, key: StoreKey?, creates: Bool) async throws(DeepFaceError) {
        file = address.file.resolvingSymlinksInPath()
        self.key = key
        do {
            try Self.prepare(file, creates: creates)
            var configuration = GRDB.Configuration()
            configuration.busyMode = .timeout(20)
            configuration.prepareDatabase { database in
                try database.execute(sql: "PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY")
                database.add(
                    function: DatabaseFunction("has_part", argumentCount: 2, pure: true) { values in
                        guard let name = String.fromDatabaseValue(values[0]),
                            let part = String.fromDatabaseValue(values[1])
                        else { return false }
                        return NamePart.isIn(name, part)
                    })
            }
            let pool = try DatabasePool(path: file.path, configuration: configuration)
            self.pool = pool
            try await pool.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA synchronous = FULL")
            }
            let isOurs = try await pool.read { database in
                let application = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
                let tables = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sqlite_master") ?? 0
                return application == SQLiteSchema.applicationID || application == 0 && tables == 0
            }
            guard isOurs else {
                throw DeepFaceError(.storeInconsistent, "it is a database of another program", input: file.path)
            }
            try SQLiteSchema.migrator.migrate(pool)
        } catch {
            throw Self.failure(error, file)
        }
    }

    /// Makes the file so that only its owner can read it; SQLite gives the files beside it the same rights.
    private static func prepare(_ file: URL, creates: Bool) throws {
        if creates {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            let descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            close(descriptor)
        } else if !FileManager.default.fileExists(atPath: file.path) {
            throw DeepFaceError(
                .storeUnavailable, "no store is there", input: file.path, advice: "make one with: deepface register")
        }
    }

    public func problems() async throws(DeepFaceError) -> [String] {
        try await read { database in
            var problems = try String.fetchAll(database, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
            for row in try Row.fetchAll(database, sql: "PRAGMA foreign_key_check") {
                problems.append("a row of \(row["table"] as String) belongs to none of \(row["parent"] as String)")
            }
            let lost = try Int.fetchOne(
                database,
                sql:
                    "SELECT COUNT(*) FROM samples WHERE NOT EXISTS (SELECT 1 FROM vectors WHERE sample_id = samples.id)"
            )
            if let lost, lost > 0 { problems.append("\(lost) samples have no vector") }
            return problems
        }
    }

    // MARK: Running

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(DeepFaceError) -> Value {
        do {
            return try await pool.read(body)
        } catch {
            throw Self.failure(error, file)
        }
    }

    /// As `read`, on this thread: for what takes less time than it takes to go to another and come back.
    func readBriefly<Value>(_ body: (Database) throws -> Value) throws(DeepFaceError) -> Value {
        do {
            return try pool.read(body)
        } catch {
            throw Self.failure(error, file)
        }
    }

    /// All of `body` or nothing of it.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(DeepFaceError) -> Value {
        do {
            return try await pool.write(body)
        } catch {
            throw Self.failure(error, file)
        }
    }

    /// As `write`; afterwards what was deleted is in no file any more, unless another process is just reading it: then
    /// it goes when that one is done.
    func erase(_ body: @escaping @Sendable (Database) throws -> Void) async throws(DeepFaceError) {
        try await write(body)
        _ = try? await pool.writeWithoutTransaction { database in try database.checkpoint(.truncate) }
    }

    private static func failure(_ error: any Error, _ file: URL) -> DeepFaceError {
        switch error {
        case let error as DeepFaceError: return error
        case is CancellationError: return DeepFaceError(.cancelled, "the task was cancelled")
        case let error as DatabaseError:
            switch error.resultCode {
            case .SQLITE_FULL:
                return DeepFaceError(
                    .storeUnavailable, "the disk is full; nothing was changed", input: file.path,
                    advice: "make room and try again")
            case .SQLITE_BUSY, .SQLITE_LOCKED:
                return DeepFaceError(
                    .storeUnavailable, "another process keeps the store busy", input: file.path, advice: "try again")
            case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_CONSTRAINT, .SQLITE_SCHEMA, .SQLITE_ERROR:
                return DeepFaceError(
                    .storeInconsistent,
                    "it is damaged, or no store of faces: \(error.message ?? "\(error.resultCode)")",
                    input: file.path)
            default:
                return DeepFaceError(
                    .storeUnavailable, "it cannot be used: \(error.message ?? "\(error.resultCode)")", input: file.path,
                    advice: "check the file's and its folder's permissions")
            }
        case let error as POSIXError:
            return DeepFaceError(
                .storeUnavailable, "it cannot be opened: \(String(cString: strerror(error.code.rawValue)))",
                input: file.path, advice: "check the folder's permissions")
        default:
            return DeepFaceError(
                .storeUnavailable, "it cannot be used: \(error.localizedDescription)", input: file.path)
        }
    }
}
