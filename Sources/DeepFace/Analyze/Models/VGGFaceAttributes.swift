import Inference

/// Age, gender and race as Python DeepFace reads them: the body of VGG-Face, each with a layer of its own on top.
/// Source: its models/demography/{Age,Gender,Race}.py.
extension AttributeModel {
    /// The mean of 101 ages, weighed by how likely each is.
    public static let age = AttributeModel(
        name: "Age", attribute: .age, summary: "VGG-16, mean error 4.65 years as its author measured",
        network: .keras(.ageWeights) { .vggAttribute("Age", classes: 101) }, picture: .standard,
        reading: .years(length: 101) { row in
            zip(row, row.indices).reduce(0) { $0 + Double($1.0) * Double($1.1 - row.startIndex) }
        }
    )

    public static let gender = AttributeModel(
        name: "Gender", attribute: .gender, summary: "VGG-16, 97.44 % right as its author measured",
        network: .keras(.genderWeights) { .vggAttribute("Gender", classes: 2) }, picture: .standard,
        reading: .shares(["Woman", "Man"], sumsToHundred: false))

    public static let race = AttributeModel(
        name: "Race", attribute: .race, summary: "VGG-16",
        network: .keras(.raceWeights) { .vggAttribute("Race", classes: 6) }, picture: .standard,
        reading: .shares(
            ["asian", "indian", "black", "white", "middle eastern", "latino hispanic"], sumsToHundred: true))
}

extension PublishedFile {
    static let ageWeights = deepfaceRelease(
        "age_model_weights.h5", size: 538_771_776,
        sha256: "0aeff75734bfe794113756d2bfd0ac823d51e9422c8961125b570871d3c2b114", licence: "CC-BY-NC-4.0")
    static let genderWeights = deepfaceRelease(
        "gender_model_weights.h5", size: 537_149_760,
        sha256: "45513ce5678549112d25ab85b1926fb65986507d49c674a3d04b2ba70dba2eb5", licence: "CC-BY-NC-4.0")
    static let raceWeights = deepfaceRelease(
        "race_model_single_batch.h5", sha256: "eb22b28b1f6dfce65b64040af4e86003a5edccb169a1a338470dde270b6f5e54",
        licence: "CC-BY-NC-4.0")
}

extension KerasNetwork {
    fileprivate static func vggAttribute(_ name: String, classes: Int) -> KerasNetwork {
        var net = KerasNetwork(name: name, height: 224, width: 224)
        let body = net.vggBody()
        let scores = net.convolution(net.dropout(body), classes, .init(1))
        net.outputs = [net.activation(net.flatten(scores), .softmax)]
        return net
    }
}
