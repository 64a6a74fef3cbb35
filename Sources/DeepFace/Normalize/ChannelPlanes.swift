/// Interleaved channels as planes, one after another: how networks take pictures.
func channelPlanes<Number>(_ interleaved: [Number], _ value: (Number) -> Float) -> [Float] {
    let count = interleaved.count / 3
    return [Float](unsafeUninitializedCapacity: interleaved.count) { planes, initialized in
        interleaved.withUnsafeBufferPointer { source in
            for channel in 0..<3 {
                for place in 0..<count { planes[channel * count + place] = value(source[place * 3 + channel]) }
            }
        }
        initialized = count * 3
    }
}
