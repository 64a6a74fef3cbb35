import CVision
import Inference

/// Some rows of an image scaled down. The proposal network sees an image band by band: what it finds is the same, since
/// bands overlap by what the network looks at, and memory stays small however large the photo is.
struct ScaledBand {
    /// The network looks at squares of this many pixels…
    static let cell = 12
    /// …one every so many.
    static let stride = 2
    /// About how many pixels a band has.
    private static let pixels = 1 << 17

    let scale: Double
    /// The scaled image's size.
    let width, height: Int
    /// The band's first row and number of rows in it.
    let first, rows: Int

    /// The bands that together show the network the whole image at `scale`.
    static func covering(_ image: Image, scale: Double) -> [ScaledBand] {
        let (width, height) = (Int(Double(image.width) * scale), Int(Double(image.height) * scale))
        guard width >= cell, height >= cell else { return [] }
        let steps = max(16, pixels / width / stride)
        var bands: [ScaledBand] = []
        var first = 0
        while true {
            let rows = steps * stride + cell - stride
            let isLast = first + rows + stride > height
            bands.append(
                ScaledBand(
                    scale: scale, width: width, height: height, first: first, rows: isLast ? height - first : rows))
            if isLast { return bands }
            first += steps * stride
        }
    }

    /// The band as the network takes it: one batch entry, planes red, green, blue, (value − 127.5) / 128, each pixel
    /// the mean of those it covers.
    func planes(of image: Image) throws(InferenceError) -> Tensor {
        let count = width * rows * 3
        var failure: DeepFaceError?
        let values = [Float](unsafeUninitializedCapacity: count) { target, initialized in
            do throws(DeepFaceError) {
                try vision { message in
                    df_area_planes(
                        image.pixels, Int32(image.width), Int32(image.height), target.baseAddress, Int32(width),
                        Int32(height), Int32(first), Int32(rows), 127.5, 128, message)
                }
                initialized = count
            } catch {
                failure = error
            }
        }
        if let failure { throw InferenceError(action: "scaling the image", detail: failure.message) }
        return Tensor(shape: [1, 3, rows, width], values: values)
    }
}
