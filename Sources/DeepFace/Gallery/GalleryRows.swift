/// A photo of a gallery file: a row of its section `photos`, in the order of their paths.
struct PhotoRow: BitwiseCopyable, Sendable {
    var digest = ContentDigest()
    /// Where its path, and behind that the reason of its failure, are in the section `texts`.
    var text = 0
    /// Of the file: bytes, and nanoseconds since 1970.
    var size = 0
    var modified = 0
    /// Its faces are rows of the section `faces`, one after the other.
    var firstFace = 0
    var pathLength: UInt32 = 0
    var reasonLength: UInt32 = 0
    var faceCount: UInt32 = 0
    /// A `GalleryPhoto.Failure.Kind`; 0: none.
    var failure: UInt32 = 0
}

/// A face of a gallery file: a row of its section `faces`. Its embedding has the same number in the index.
struct FaceRow: BitwiseCopyable, Sendable {
    var confidence = 0.0
    /// The row of its photo.
    var photo: UInt32 = 0
    /// Pixels.
    var x: Int32 = 0
    var y: Int32 = 0
    var w: Int32 = 0
    var h: Int32 = 0
    /// Zero, so that rows have no bytes of chance in them.
    var padding: UInt32 = 0
}
