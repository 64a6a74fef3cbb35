import CVision
import Inference

/// What becomes of pixels on their way into a network: (value − mean) × scale, in planes.
struct PlaneLayout: Sendable {
    /// Whether red comes first, else blue.
    var redFirst = false
    /// A number a plane.
    var mean: [Float] = [0, 0, 0]
    var scale: Float = 1
    /// What stands where the image does not reach.
    var fill: Float = 0
}

extension Image {
    /// The image as a batch of one: 1 × 3 × `height` × `width`, in the top left corner of that (default: its own size).
    func planes(
        _ layout: PlaneLayout = PlaneLayout(), width planeWidth: Int? = nil, height planeHeight: Int? = nil
    ) throws(DeepFaceError) -> Tensor {
        let (planeWidth, planeHeight) = (planeWidth ?? width, planeHeight ?? height)
        let count = 3 * planeWidth * planeHeight
        var failure: DeepFaceError?
        let values = [Float](unsafeUninitializedCapacity: count) { target, initialized in
            do throws(DeepFaceError) {
                try vision { message in
                    df_planes(
                        pixels, Int32(width), Int32(height), layout.redFirst ? 1 : 0, layout.mean, layout.scale,
                        layout.fill, target.baseAddress, Int32(planeWidth), Int32(planeHeight), message)
                }
                initialized = count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return Tensor(shape: [1, 3, planeHeight, planeWidth], values: values)
    }
}
