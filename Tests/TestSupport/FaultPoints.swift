import Foundation

/// Moments at which a test kills a process.
public enum FaultPoints {
    /// How many: what `DEEPFACE_FAULT_POINTS` says, or `usual`.
    public static func count(_ usual: Int) -> Int {
        ProcessInfo.processInfo.environment["DEEPFACE_FAULT_POINTS"].flatMap { Int($0) } ?? usual
    }
}
