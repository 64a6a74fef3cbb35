import DeepFace
import FaceStores
import Foundation

/// All that a server can be told.
public struct ServerSettings: Sendable {
    /// Where it listens. Default: this machine only.
    public var host = "127.0.0.1"
    /// Default: 5005, as Python's; 0 takes one that is free.
    public var port = 5005
    /// Whether it may listen for others without asking for keys. Default: false.
    public var servesStrangersWithoutKeys = false
    /// Who shows it may do everything. Default: none.
    public var token: String?
    /// Default: none.
    public var keys: KeyFile?
    /// Where faces are registered. Default: nowhere.
    public var store: StoreAddress?
    /// What encrypted collections are encrypted with.
    public var storeKey: StoreKey?
    /// How `/v1` looks at photos when a request says nothing else.
    public var options = Options()
    /// What the pipeline is made with. Limits on images and the fetcher are the server's business.
    public var configuration = Configuration()
    /// Models and detectors that are made ready besides those of `options`.
    public var preloadedModels: [RecognitionModel] = []
    public var preloadedDetectors: [DetectorModel] = []
    /// Files of ensembles that requests may name, by those names. Default: none.
    public var ensembles: [String: String] = [:]
    /// Files below this folder may be named as images. Default: none.
    public var allowedRoot: String?
    /// Images of these hosts may be named; `*` is every host of the open network. Default: none.
    public var allowedHosts: [String] = []
    /// Sites whose pages may use the server. Default: none but its own.
    public var allowedOrigins: [String] = []
    public var limits = ServerLimits()

    public init() {}

    /// Whether nobody but this machine can reach it.
    var isLocal: Bool { ["localhost", "::1"].contains(host) || host.hasPrefix("127.") }
}

/// What requests may cost.
public struct ServerLimits: Sendable {
    /// Bytes of a body. Default: 10 MiB.
    public var bodyBytes = 10 << 20
    /// Bytes of the body of a request that registers many photos; each photo is held to `bodyBytes`. Default: 1 GiB.
    public var bulkBytes = 1 << 30
    /// Photos of such a request. Default: 10,000.
    public var bulkPhotos = 10_000
    /// Bytes of all bodies at once. Default: 256 MiB.
    public var memoryBytes = 256 << 20
    /// Pixels of an image. Default: 40 million.
    public var pixels = 40_000_000
    /// Faces of a photo; the largest count. Default: 100.
    public var faces = 100
    /// Parts and fields of a form. Default: 32.
    public var fields = 32
    /// Connections at once; more wait to be taken. Default: 512.
    public var connections = 512
    /// Requests that compute at once. Default: 8.
    public var concurrency = 8
    /// Requests that wait for that; more are turned away. Default: 64.
    public var queue = 64
    /// Requests a second of one key or address; 0: any number. Default: 100.
    public var rate = 100.0
    /// Time for a request's head, and for a connection to be idle. Default: 15 seconds.
    public var headTimeout = Duration.seconds(15)
    /// Time that waiting for a body may take, and a second more for every 32 KiB of it. Default: 20 seconds.
    public var bodyTimeout = Duration.seconds(20)
    /// Time after which a stream ends that brings no frame. Default: 60 seconds.
    public var streamTimeout = Duration.seconds(60)
    /// Time that requests under way have to end when the server closes down. Default: 30 seconds.
    public var drainTimeout = Duration.seconds(30)

    public init() {}
}
