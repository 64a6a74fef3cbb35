/// What one setting of one index gave; a line of JSON between processes.
struct Result: Codable {
    var library: String
    var setting: String
    /// Milliseconds of one search, on one thread: the median.
    var ms: Double
    /// Searches a second, all probes at once on two threads.
    var qps: Double?
    /// Seconds to build, on two threads.
    var build: Double
    /// The part of probes whose nearest vector is of the same person; that found all pictures of the person among ten.
    var rank1, mates: Double
    /// The part of the ten nearest that is found; `nil` where they are not known.
    var recall: Double?
    /// Megabytes of the process at most.
    var rss: Double
}
