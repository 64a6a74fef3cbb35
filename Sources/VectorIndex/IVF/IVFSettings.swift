/// How an `IVFIndex` is built.
public struct IVFSettings: Sendable, Equatable {
    /// How vectors are compared.
    public var metric: VectorMetric = .cosine
    /// Bits of each number, 2 to 8: the first is kept in memory, the others on disk. 4 distinguishes faces as well as
    /// whole numbers do; 8 gives distances good to three digits.
    public var bits: Int = 4
    /// Lists the vectors are kept in; `nil`: about 4 × √count.
    public var lists: Int?
    /// The part of searches that shall find the nearest vector, above 0 and below 1: how many lists are looked at and
    /// how many vectors are read is measured on the data so that they do.
    public var recall: Double = 0.99
    /// How many of the nearest vectors `recall` counts: all of a person's pictures, not just the best one.
    public var neighbors: Int = 1
    /// Bytes a build may use, about, beyond the model of the data (centroids) and what the source needs for itself. The
    /// sample lists are learnt from is within it too: for hundreds of millions of vectors, 4 GB give better lists.
    public var memory: Int = 1 << 30
    /// Threads that build, and that search where there are several probes; `nil`: as many as there are cores.
    public var threads: Int?

    public init() {}

    /// - Throws: `invalidSetting`.
    func check() throws(VectorIndexError) {
        func refuse(_ message: String) -> VectorIndexError { VectorIndexError(.invalidSetting, message) }
        guard (2...8).contains(bits) else { throw refuse("bits must be 2 to 8, not \(bits)") }
        guard recall > 0, recall < 1 else { throw refuse("recall must be between 0 and 1, not \(recall)") }
        guard neighbors > 0 else { throw refuse("neighbors must be 1 at least, not \(neighbors)") }
        guard lists ?? 1 > 0 else { throw refuse("lists must be 1 at least") }
        guard memory >= 64 << 20 else { throw refuse("memory must be 64 MiB at least, not \(memory) bytes") }
        guard threads ?? 1 > 0 else { throw refuse("threads must be 1 at least") }
    }
}

/// How far an `IVFIndex` looks: more finds more, and takes longer.
public struct IVFEffort: Sendable, Equatable, Codable {
    /// Lists looked at.
    public var lists: Int
    /// Vectors read from disk, the best by their codes in memory.
    public var candidates: Int

    public init(lists: Int, candidates: Int) {
        (self.lists, self.candidates) = (lists, candidates)
    }
}

/// What a build is at.
public enum IVFBuildStage: String, Sendable {
    /// Learning the lists from a sample.
    case learning
    /// Reading the vectors and sorting them into lists.
    case sorting
    /// Writing the lists.
    case writing
    /// Measuring how far to look.
    case calibrating
}
