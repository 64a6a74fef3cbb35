import Foundation

/// A part of a name, looked for whatever the case of letters and the marks on them: `anne` is in `Joanne` and in `Änné`.
enum NamePart {
    static func isIn(_ name: String, _ part: String) -> Bool {
        name.range(of: part, options: [.caseInsensitive, .diacriticInsensitive]) != nil
    }

    /// Names that are looked through at a time by stores that cannot do so themselves.
    static let portion = 10_000
}
