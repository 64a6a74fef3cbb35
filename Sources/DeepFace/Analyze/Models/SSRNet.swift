import Inference

/// Age and gender by SSR-Net: a third of a megabyte, three stages that each divide what the one before left open (Yang
/// et al., IJCAI 2018; github.com/shamangary/SSR-Net).
extension AttributeModel {
    public static let ssrNetAge = AttributeModel(
        name: "ssrnet", attribute: .age, summary: "SSR-Net, 0.3 MB, trained on IMDB",
        network: .keras(.ssrNetAge) { .ssrNet("ssrnet-age") }, picture: .ssrNet,
        // 101 years.
        reading: .years(length: 1) { row in row.first.map { Double(min(100, max(0, 101 * $0))) } ?? 0 })

    /// Its authors say themselves that it looks at the hair.
    public static let ssrNetGender = AttributeModel(
        name: "ssrnet", attribute: .gender, summary: "SSR-Net, 0.3 MB, trained on WIKI",
        network: .keras(.ssrNetGender) { .ssrNet("ssrnet-gender", shares: true) }, picture: .ssrNet,
        reading: .shares(["Woman", "Man"], sumsToHundred: true))
}

extension PublishedFile {
    static let ssrNetAge = ssrNet(
        "ssrnet_age_imdb.h5", folder: "imdb", size: 326_368,
        sha256: "f51ac230a68bafdcd9699160f01e4d67a78232419ebcfae8622e0638e6dd4ca3")
    static let ssrNetGender = ssrNet(
        "ssrnet_gender_wiki.h5", folder: "wiki_gender_models", size: 326_344,
        sha256: "2d15bfa72869526d1e2b80385157e34a55fb5a4b184bbac5ea56d623141d7e8c")

    private static func ssrNet(_ name: String, folder: String, size: Int, sha256: String) -> PublishedFile {
        let file = "ssrnet_3_3_3_64_1.0_1.0"
        return web(
            name, size: size, sha256: sha256, licence: "Apache-2.0",
            "https://github.com/shamangary/SSR-Net/raw/master/pre-trained/\(folder)/\(file)/\(file).h5")
    }
}

extension FacePicture {
    /// Blue, green, red, stretched so that the darkest number is 0 and the brightest 255.
    fileprivate static let ssrNet = square("ssrnet", 64, margin: 0.4, channels: 3) { image in
        let (low, high) = (Float(image.pixels.min() ?? 0), Float(image.pixels.max() ?? 0))
        let stretch = high > low ? 255 / (high - low) : 0
        return channelPlanes(image.pixels) { (Float($0) - low) * stretch }
    }
}

extension KerasNetwork {
    /// Gives a number of 0 to 1, or with `shares` that of a woman and that of a man.
    static func ssrNet(_ name: String, shares: Bool = false) -> KerasNetwork {
        var net = KerasNetwork(name: name, height: 64, width: 64)
        var (s, x) = (net.input, net.input)
        var taps: [(s: Node, x: Node)] = []
        for level in 0..<4 {
            s = net.activation(net.batchNormalization(net.convolution(s, 16, .init(3))), .tanh)
            x = net.relu(net.batchNormalization(net.convolution(x, 32, .init(3))))
            if level < 3 {
                (s, x) = (net.maxPool(s, .init(2, stride: 2)), net.averagePool(x, .init(2, stride: 2)))
            }
            taps.append((s, x))
        }
        let stages = [
            net.stage(taps[3], pool: nil), net.stage(taps[1], pool: 4), net.stage(taps[0], pool: 8),
        ]
        // In the file's order: likelihoods, widths, places.
        let likelihoods = stages.map { net.dense($0.mixed, 3, activation: .relu) }
        let widths = stages.map { net.dense($0.product, 1, activation: .tanh) }
        let places = stages.map { net.dense($0.mixed, 3, activation: .tanh) }
        let parts = [likelihoods, widths, places].flatMap(\.self)
        net.outputs = [
            net.merge(parts) { graph, values in
                let number = ssrNumber(&graph, values)
                guard shares else { return number }
                let one = graph.constant([1], shape: [1, 1])
                let zero = graph.constant([0], shape: [1, 1])
                let man = graph.node("Max", [zero, graph.node("Min", [one, number])])
                return graph.concatenate([graph.node("Sub", [one, man]), man], axis: 1)
            }
        ]
        return net
    }

    /// What one stage makes of its two taps: their product, and six numbers mixed from it.
    private mutating func stage(_ tap: (s: Node, x: Node), pool: Int?) -> (product: Node, mixed: Node) {
        var s = convolution(tap.s, 10, .init(1), activation: .relu)
        var x = convolution(tap.x, 10, .init(1), activation: .relu)
        if let pool { (s, x) = (maxPool(s, .init(pool, stride: pool)), averagePool(x, .init(pool, stride: pool))) }
        let (flatS, flatX) = (flatten(s), flatten(x))
        let product = multiply(flatS, flatX)
        let mix = multiply(
            dense(dropout(flatS), 3, activation: .relu), dense(dropout(flatX), 3, activation: .relu))
        return (product, dense(mix, 6, activation: .relu))
    }

    /// n₁/d₁ + n₂/(d₁d₂) + n₃/(d₁d₂d₃) with n = Σ (i + place) × likelihood and d = 3 × (1 + width), three of each.
    private static func ssrNumber(_ graph: inout GraphBuilder, _ values: [GraphBuilder.Value]) -> GraphBuilder.Value {
        var sum: GraphBuilder.Value?
        var denominator: GraphBuilder.Value?
        for stage in 0..<3 {
            let steps = graph.add(values[6 + stage], graph.constant([0, 1, 2], shape: [1, 3]))
            let weighed = graph.node("Mul", [steps, values[stage]])
            let n = graph.node("ReduceSum", [weighed, graph.constant([1])], [("keepdims", .int(1))])
            let three = graph.constant([3], shape: [1, 1])
            let one = graph.constant([1], shape: [1, 1])
            let d = graph.node("Mul", [graph.add(values[3 + stage], one), three])
            denominator = denominator.map { graph.node("Mul", [$0, d]) } ?? d
            let part = graph.node("Div", [n, denominator!])
            sum = sum.map { graph.add($0, part) } ?? part
        }
        return sum!
    }
}
