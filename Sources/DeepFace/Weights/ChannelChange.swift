/// Times a number plus another, for each channel: what a batch normalization does once it is trained.
struct ChannelChange {
    /// Both empty where nothing changes.
    let scale, shift: [Float]

    static let unchanged = ChannelChange(scale: [], shift: [])

    init(scale: [Float], shift: [Float]) {
        self.scale = scale
        self.shift = shift
    }

    /// A batch normalization.
    init(gamma: [Float], beta: [Float], mean: [Float], variance: [Float], epsilon: Float) {
        let scale = gamma.indices.map { gamma[$0] / (variance[$0] + epsilon).squareRoot() }
        self.init(scale: scale, shift: scale.indices.map { beta[$0] - mean[$0] * scale[$0] })
    }

    /// This change of what `first` gives.
    func after(_ first: ChannelChange) -> ChannelChange {
        guard !scale.isEmpty else { return first }
        return ChannelChange(
            scale: scale.indices.map { scale[$0] * first.scale[$0] },
            shift: scale.indices.map { scale[$0] * first.shift[$0] + shift[$0] })
    }

    /// A kernel whose outermost dimension is the channels, each channel's part times its scale.
    func scaling(_ kernel: [Float]) -> [Float] {
        guard !scale.isEmpty else { return kernel }
        let size = kernel.count / scale.count
        return kernel.indices.map { kernel[$0] * scale[$0 / size] }
    }

    /// A bias as it is after the change.
    func shifting(_ bias: [Float]) -> [Float] {
        scale.isEmpty ? bias : bias.indices.map { bias[$0] * scale[$0] + shift[$0] }
    }

    /// The same where there may be none.
    func shifting(_ bias: [Float]?) -> [Float]? {
        if let bias {
            let shifted: [Float] = shifting(bias)
            return shifted
        }
        return scale.isEmpty ? nil : shift
    }
}
