import DeepFace

/// What the server's refusals mean.
enum RedisFailure {
    /// The first word of our own scripts' refusals.
    static let collectionGone = "COLLECTIONGONE"
    static let personGone = "PERSONGONE"
    static let nameTaken = "NAMETAKEN"

    static func error(_ words: String, _ address: ServerAddress) -> DeepFaceError {
        func unavailable(_ message: String, _ advice: String) -> DeepFaceError {
            DeepFaceError(.storeUnavailable, message, input: address.text, advice: advice)
        }
        // Some errors of scripts are told with the script's name before them.
        func tells(_ word: String) -> Bool { words.hasPrefix(word) || words.contains(" \(word) ") }
        if words.contains(collectionGone) {
            return DeepFaceError(.notFound, "the collection is not there any more", input: address.text)
        }
        if words.contains(personGone) { return DeepFaceError(.notFound, "the person is not there any more") }
        if words.contains(nameTaken) { return DeepFaceError(.invalidOption, "somebody else is called so") }
        if tells("WRONGPASS") || tells("NOAUTH") || words.contains("invalid password")
            || words.contains("without any password configured")
        {
            return unavailable("the server refuses the user or the password", "check both in the address")
        }
        if tells("NOPERM") || words.contains("user executing the script can't") {
            return unavailable(
                "the user may not do what is needed: \(words)",
                "give it +@read +@write +@scripting +select +time and the keys ~deepface:*")
        }
        if tells("OOM") { return unavailable("the server's memory is full; nothing was changed", "make room") }
        if tells("MISCONF") {
            return unavailable("the server cannot save to its disk; nothing was changed", "see the server's log")
        }
        if tells("LOADING") { return unavailable("the server is still reading its data", "try again") }
        if tells("BUSY") { return unavailable("the server is busy with a script", "try again") }
        if tells("READONLY") {
            return unavailable("the server is a replica that is not written to", "name the primary")
        }
        if tells("WRONGTYPE") {
            return DeepFaceError(
                .storeInconsistent, "a key that begins with deepface: is another program's, or damaged",
                input: address.text)
        }
        return DeepFaceError(.storeUnavailable, "the server refuses: \(words)", input: address.text)
    }
}
