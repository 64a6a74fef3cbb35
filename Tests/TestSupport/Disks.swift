import Foundation

/// Folders that cannot be written to, and disks that are full.
public enum Disks {
    /// Calls `body` while nothing can be written into `folder`; not at all where that cannot be had.
    public static func whileReadOnly(_ folder: URL, _ body: () throws -> Void) throws {
        // Permissions do not stop root: there it takes a file system.
        guard getuid() == 0 else {
            chmod(folder.path, 0o555)
            defer { chmod(folder.path, 0o755) }
            return try body()
        }
        guard run("mount", "--bind", folder.path, folder.path) else { return }
        defer { _ = run("umount", folder.path) }
        guard run("mount", "-o", "remount,bind,ro", folder.path) else { return }
        try body()
    }

    /// Calls `body` while `folder` is a disk of so many kilobytes; not at all where that cannot be had.
    public static func whileOfSize(_ folder: URL, kilobytes: Int, _ body: () throws -> Void) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        guard run("mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "none", folder.path) else { return }
        defer { _ = run("umount", folder.path) }
        try body()
    }

    private static func run(_ arguments: String...) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
