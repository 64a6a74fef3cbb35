import Foundation
import Synchronization

/// A server that a test starts on a free port of this machine. It ends with the test, and with the test program however
/// that ends.
final class TestServer: Sendable {
    let port: Int
    private let command: [String]
    private let environment: [String: String]
    private let running = Mutex<(watcher: pid_t, rope: FileHandle, pid: pid_t)?>(nil)

    struct NotStarted: Error, CustomStringConvertible {
        let description: String
    }

    /// - Parameter command: the program and its arguments; `{port}` stands for the port.
    init(_ command: [String], environment: [String: String] = [:]) throws {
        port = try Self.freePort()
        let port = port
        self.command = command.map { $0.replacingOccurrences(of: "{port}", with: "\(port)") }
        self.environment = environment
        try start()
    }

    deinit { kill() }

    /// Starts it, and waits until it takes connections.
    func start() throws {
        // A shell starts it and waits at the other end of a pipe, which closes when this program is gone. It keeps no
        // file of this program open: others wait for the end of theirs.
        let script = """
            exec 2>/dev/null
            for file in /proc/$$/fd/*; do
                number=${file##*/}
                [ "$number" -le 2 ] || [ "$number" = 255 ] || eval "exec $number>&-"
            done
            "$@" </dev/null >/dev/null 2>&1 &
            echo $!
            exec >&-
            read -r _
            kill -9 $!
            wait
            """
        let (rope, told) = (try Self.pipe(), try Self.pipe())
        let watcher = try Self.spawn(
            ["/bin/bash", "-c", script, "bash"] + command,
            environment: ProcessInfo.processInfo.environment.merging(environment) { $1 },
            input: rope.reading.fileDescriptor, output: told.writing.fileDescriptor)
        try rope.reading.close()
        try told.writing.close()
        let line = String(decoding: told.reading.availableData, as: UTF8.self)
        guard let pid = pid_t(line.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw NotStarted(description: "\(command[0]) was not started")
        }
        running.withLock { $0 = (watcher, rope.writing, pid) }
        let end = Date() + 180
        while !Self.isOpen(port) {
            guard Date() < end, Foundation.kill(pid, 0) == 0 else {
                kill()
                throw NotStarted(description: "\(command.joined(separator: " ")) takes no connections")
            }
            usleep(20_000)
        }
    }

    /// Ends it as a power cut would.
    func kill() {
        let taken = running.withLock { state in
            defer { state = nil }
            return state.map { ($0.watcher, $0.rope, $0.pid) }
        }
        guard let (watcher, rope, pid) = taken else { return }
        Foundation.kill(pid, SIGKILL)
        try? rope.write(contentsOf: Data("\n".utf8))
        try? rope.close()
        var status: Int32 = 0
        while waitpid(watcher, &status, 0) < 0, errno == EINTR {}
    }

    /// A pipe that programs started elsewhere do not inherit.
    private static func pipe() throws -> (reading: FileHandle, writing: FileHandle) {
        var ends: [Int32] = [-1, -1]
        guard Foundation.pipe(&ends) == 0 else { throw NotStarted(description: "there is no pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (
            FileHandle(fileDescriptor: ends[0], closeOnDealloc: true),
            FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
        )
    }

    /// Not `Process`: that learns of a program's end by a file which every other program keeps open.
    private static func spawn(
        _ arguments: [String], environment: [String: String], input: Int32, output: Int32
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        let words = arguments.map { strdup($0) } + [nil]
        let settings = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + settings { free(text) } }
        var pid: pid_t = 0
        guard posix_spawn(&pid, arguments[0], &actions, nil, words, settings) == 0 else {
            throw NotStarted(description: "\(arguments[0]) cannot be started")
        }
        return pid
    }

    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard isBound else { throw NotStarted(description: "no port is free") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func isOpen(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(port)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
