/// A part of the work on photos.
public enum PipelineStage: String, Sendable, CaseIterable {
    /// A photo is read and decoded.
    case decode
    /// Its faces are found, aligned and made ready.
    case find
    /// Faces go through a network together.
    case network
}

/// Hears how long the parts of the work take, for instance to count them.
public protocol PipelineObserver: Sendable {
    /// Called from any thread; must be quick.
    ///
    /// - Parameter count: photos, or the faces that went through the network together.
    func finished(_ stage: PipelineStage, seconds: Double, count: Int)
}

extension Configuration {
    /// Runs `work` and tells the observer how long it took, if it came to its end.
    func timing<Value, Failure: Error>(
        _ stage: PipelineStage, count: Int = 1, _ work: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        guard let observer else { return try work() }
        let start = ContinuousClock.now
        let value = try work()
        observer.finished(stage, seconds: (ContinuousClock.now - start) / .seconds(1), count: count)
        return value
    }
}
