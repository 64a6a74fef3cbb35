/// What was read off a face of a gallery file: a row of its section `attributes`, which has one for each face where any was
/// read.
package struct AttributeRow: BitwiseCopyable, Sendable, Codable, Equatable {
    /// A bit for each attribute that was asked for, in the order of `Attribute.allCases`.
    private var asked: UInt8 = 0
    /// 1 more than the years, or than the label's place among its attribute's; 0: not read.
    private var age: UInt8 = 0
    private var gender: UInt8 = 0
    private var emotion: UInt8 = 0
    private var race: UInt8 = 0

    package init() {}

    func has(_ attribute: Attribute) -> Bool { asked & Self.bit(attribute) != 0 }

    /// Puts in what models of these attributes have read; `nil`: they could make nothing of the face.
    package mutating func note(_ attributes: [Attribute], _ reading: FaceAttributes?) {
        for attribute in attributes {
            asked |= Self.bit(attribute)
            let place = reading?.label(attribute).flatMap { attribute.labels.firstIndex(of: $0) }
            let code = place.map { UInt8(clamping: $0 + 1) } ?? 0
            switch attribute {
            case .age: age = reading?.age.map { UInt8(clamping: max(0, $0) + 1) } ?? 0
            case .gender: gender = code
            case .emotion: emotion = code
            case .race: race = code
            }
        }
    }

    /// As if these had not been asked for.
    mutating func forget(_ attributes: [Attribute]) {
        note(attributes, nil)
        for attribute in attributes { asked &= ~Self.bit(attribute) }
    }

    var attributes: FaceAttributes {
        func label(_ attribute: Attribute, _ code: UInt8) -> String? {
            let labels = attribute.labels
            return code > 0 && Int(code) <= labels.count ? labels[Int(code) - 1] : nil
        }
        return FaceAttributes(
            age: age == 0 ? nil : Int(age) - 1, gender: label(.gender, gender), emotion: label(.emotion, emotion),
            race: label(.race, race))
    }

    private static func bit(_ attribute: Attribute) -> UInt8 {
        switch attribute {
        case .age: 1
        case .gender: 2
        case .emotion: 4
        case .race: 8
        }
    }
}
