/// Two photos, and whether they show the same person.
public struct LabelledPair: Sendable, Hashable {
    /// The photos as the pairs file names them: relative to the folder of images, or absolute.
    public let first, second: String
    public let same: Bool
    /// Which part of the pairs it is in when accuracy is measured part by part; `nil` where the file does not say.
    public let fold: Int?

    public init(_ first: String, _ second: String, same: Bool, fold: Int? = nil) {
        (self.first, self.second, self.same, self.fold) = (first, second, same, fold)
    }
}
