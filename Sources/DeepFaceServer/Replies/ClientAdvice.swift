import DeepFace

/// What an error of the library advises, for a client of the server: the library's own words are those of the command
/// line.
enum ClientAdvice {
    /// The command line's words, and what a request has in their place.
    private static let words = [
        ("--no-enforce-detection", "enforce_detection=false"), ("--max-faces 1", "max_faces=1"),
        ("--min-quality", "min_quality"),
        ("with --threshold", "as threshold"), ("without --ann", "without approximate"), (" (--collection)", ""),
        ("with: deepface index build", "by POST to the collection's /index"),
    ]

    static func of(_ error: DeepFaceError) -> String? {
        guard var advice = error.advice else { return nil }
        for (command, request) in words { advice = advice.replacing(command, with: request) }
        guard advice.contains("--") || advice.contains("deepface ") else { return advice }
        // Nothing that a client could do.
        return error.status.kind == .serverError ? "on the server, \(advice)" : nil
    }
}
