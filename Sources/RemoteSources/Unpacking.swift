import DeepFace
import Foundation
import Subprocess

/// Takes one file out of an archive, with the zipfile module of python3, a piece at a time.
package enum Unpacking {
    /// Writes `member` of the zip file `archive` to `target`, replacing what is there.
    ///
    /// - Parameters:
    ///   - member: its whole name in the archive, such as `folder/file`.
    ///   - maximumBytes: more is refused. Default: 2 GiB.
    /// - Throws: `weightsDamaged` when the archive is not one, lacks the member or holds too much; `unwritableOutput`
    ///   when `target` cannot be written; `weightsMissing` when python3 does not run; `cancelled`. `target` is removed
    ///   then.
    package static func zip(
        _ archive: URL, member: String, to target: URL, maximumBytes: Int = 2 << 30
    ) async throws(DeepFaceError) {
        do {
            // Isolated (-I), so that no file of the current folder stands in for a module of Python's.
            let result = try await Subprocess.run(
                .name("python3"),
                arguments: Arguments(["-I", "-c", script, archive.path, target.path, String(maximumBytes), member]),
                output: .discarded, error: .string(limit: 1 << 20))
            try Task.checkCancellation()
            guard !result.terminationStatus.isSuccess else { return }
            let reason = result.standardError.split(whereSeparator: \.isNewline).last ?? "no reason given"
            switch result.terminationStatus {
            case .exited(3): throw DeepFaceError(.weightsDamaged, "cannot be unpacked: \(reason)", input: archive.path)
            case .exited(4):
                throw DeepFaceError(
                    .unwritableOutput, "cannot be written: \(reason)", input: target.path,
                    advice: "check the folder's permissions and the free space")
            default: throw failure(archive, String(reason))
            }
        } catch {
            try? FileManager.default.removeItem(at: target)
            if Task.isCancelled { throw DeepFaceError(.cancelled, "the task was cancelled") }
            throw error as? DeepFaceError ?? failure(archive, String(describing: error))
        }
    }

    private static func failure(_ archive: URL, _ reason: String) -> DeepFaceError {
        DeepFaceError(
            .weightsMissing, "cannot be unpacked: \(reason)", input: archive.path,
            advice: "check that python3 with its standard modules is installed, then try again")
    }

    /// Arguments: archive, target, most bytes, member. Leaves with 3 when the archive is at
    /// fault, with 4 when the target is.
    private static let script = """
        import os, shutil, sys, zipfile

        def leave(status, reason):
            print(*str(reason).split(), file=sys.stderr, flush=True)
            os._exit(status)

        class Bounded:
            def __init__(self, file, limit):
                self.file, self.limit, self.left = file, limit, limit

            def write(self, piece):
                self.left -= len(piece)
                if self.left < 0:
                    leave(3, f"it holds more than the {self.limit} bytes allowed")
                try:
                    self.file.write(piece)
                except OSError as error:
                    leave(4, error.strerror)

        archive, target, limit, member = sys.argv[1:]
        try:
            file = open(target, "wb")
        except OSError as error:
            leave(4, error.strerror)
        try:
            with zipfile.ZipFile(archive).open(member) as source:
                shutil.copyfileobj(source, Bounded(file, int(limit)), 1 << 20)
        except Exception as error:
            leave(3, error.args[0] if isinstance(error, KeyError) else error)
        try:
            file.flush()
            os.fsync(file.fileno())
            file.close()
        except OSError as error:
            leave(4, error.strerror)
        """
}
