/// What bringing a gallery up to date has changed in it.
public struct GalleryChanges: Sendable, Equatable {
    /// Photos that are new or of new content: embedded.
    public internal(set) var embedded = 0
    /// Faces of those that were turned away for their quality.
    public internal(set) var rejected = 0
    /// Photos that were moved, copied or touched, and those that a run before this one had embedded and not yet put
    /// into the gallery: known by their content, and not embedded again.
    public internal(set) var recognised = 0
    /// Photos that are gone.
    public internal(set) var removed = 0
    /// Why the gallery was made anew: how its file was damaged.
    public internal(set) var damage: String?
    /// Whether the gallery was made anew because it was not sealed although a key was given.
    public internal(set) var wasUnsealed = false

    public var isEmpty: Bool { self == GalleryChanges() }
}
