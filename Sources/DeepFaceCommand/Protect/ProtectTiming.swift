import ArgumentParser

/// `--timing` of the commands that compute with encrypted numbers.
struct TimingOptions: ParsableArguments {
    @Flag(help: "Say on standard error how long it took.")
    var timing = false

    /// Says what was done since `start`, and how long it took.
    func tell(_ what: String, since start: ContinuousClock.Instant) {
        guard timing else { return }
        let time = start.duration(to: .now) / .milliseconds(1)
        printToStandardError("deepface: \(what): \(Int(time.rounded())) ms")
    }
}
