import DeepFace

extension Call {
    /// What `/v1` takes of every request that looks at photos: `FaceOptions` and `VerdictOptions` of the contract.
    func options(_ form: Form) throws -> Options {
        var options = backend.deepface.options
        if let name = try form.text("model") {
            options.model = try RecognitionRegistry.model(knownAs: name)
            if options.alignment == .landmarks, options.model.template == nil { options.alignment = nil }
        }
        if let name = try form.text("detector") { options.detector = try DetectorRegistry.detector(named: name) }
        if let align: Alignment = try form.choice("align") { options.alignment = align }
        if let normalization: Normalization = try form.choice("normalization") { options.normalization = normalization }
        if let expand = try form.whole("expand", in: 0...1000) { options.expand = expand }
        if let metric: DistanceMetric = try form.choice("metric") { options.metric = metric }
        if let threshold = try form.number("threshold") { options.threshold = threshold }
        return try look(form, options)
    }

    /// The part of the options that does not decide what an embedding is.
    func look(_ form: Form, _ options: Options) throws -> Options {
        var options = options
        if let count = try form.whole("max_faces", in: 1...100) { options.maximumFaces = count }
        options.maximumFaces = min(options.maximumFaces ?? .max, backend.settings.limits.faces)
        if let enforce = try form.bool("enforce_detection") { options.enforceDetection = enforce }
        if let quality = try form.number("min_quality", in: 0...1) { options.minimumQuality = quality }
        if let antiSpoofing = try form.bool("anti_spoofing") { options.antiSpoofing = antiSpoofing }
        return options
    }
}
