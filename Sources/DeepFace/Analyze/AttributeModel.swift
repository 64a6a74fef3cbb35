import Inference

/// Something about a person that a face tells.
public enum Attribute: String, Sendable, CaseIterable, Codable {
    case age, gender, emotion, race
}

/// A network that reads an attribute off faces: everything there is to know about it, in one value.
public struct AttributeModel: Sendable {
    /// Unique among the models of its attribute.
    public let name: String
    public let attribute: Attribute
    /// What it is, in a few words.
    public let summary: String
    let network: StoredNetwork
    let picture: FacePicture
    let reading: Reading

    /// The weights it needs.
    public var files: [PublishedFile] { network.files }

    /// What its network's numbers mean.
    enum Reading: Sendable {
        /// An age in years, from a row of the network's output.
        case years(length: Int, @Sendable (ArraySlice<Float>) -> Double)
        /// A share for each label. `sumsToHundred` divides by their sum, as Python does for some.
        case shares([String], sumsToHundred: Bool)
    }
}

/// What an attribute model has to say of a face.
enum AttributeReading: Sendable, Equatable {
    case years(Double)
    /// In percent.
    case shares([String: Double], dominant: String)
}

extension AttributeModel.Reading {
    /// How many numbers the network gives.
    var length: Int {
        switch self {
        case .years(let length, _): length
        case .shares(let labels, _): labels.count
        }
    }

    func callAsFunction(_ row: ArraySlice<Float>) -> AttributeReading {
        switch self {
        case .years(_, let years):
            return .years(years(row))
        case .shares(let labels, let sumsToHundred):
            let total = sumsToHundred ? row.reduce(0, +) : 1
            let shares = row.map { Double(100 * $0 / total) }
            let best = shares.indices.max { shares[$0] < shares[$1] } ?? 0
            return .shares(Dictionary(uniqueKeysWithValues: zip(labels, shares)), dominant: labels[best])
        }
    }
}
