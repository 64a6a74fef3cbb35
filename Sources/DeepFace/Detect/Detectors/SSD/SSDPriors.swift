/// The boxes that the network's outputs are relative to: of each cell of six grids some, each about the cell's centre.
///
/// Sizes and steps are those of OpenCV's samples/dnn/face_detector/deploy.prototxt; how they become boxes is what
/// Caffe's PriorBox layer does (https://github.com/weiliu89/caffe, branch ssd).
struct SSDPriors: Sendable {
    /// Width and height of what the network sees, in pixels.
    static let side = 300

    /// A box; all numbers are shares of the sides of what the network sees.
    struct Prior: Sendable, Equatable {
        let x, y, width, height: Double
    }

    /// Cells row by row, grid after grid.
    let boxes: [Prior]

    /// For the network without padding in its last layers.
    static let plain = SSDPriors(lastGrids: [3, 1])
    /// For the network with padding in its last layers.
    static let padded = SSDPriors(lastGrids: [5, 5])

    /// A grid's boxes are squares of side `smallest` and of the geometric mean of both, then boxes of the smallest
    /// one's area that are `aspects` times as wide as high, or as high as wide.
    private struct Grid {
        /// In pixels.
        let step, smallest, largest: Double
        let aspects: [Double]

        var sizes: [(width: Double, height: Double)] {
            let mean = (smallest * largest).squareRoot()
            var sizes = [(width: smallest, height: smallest), (width: mean, height: mean)]
            for aspect in aspects {
                let (long, short) = (smallest * aspect.squareRoot(), smallest / aspect.squareRoot())
                sizes += [(width: long, height: short), (width: short, height: long)]
            }
            return sizes
        }
    }

    private static let grids = [
        Grid(step: 8, smallest: 30, largest: 60, aspects: [2]),
        Grid(step: 16, smallest: 60, largest: 111, aspects: [2, 3]),
        Grid(step: 32, smallest: 111, largest: 162, aspects: [2, 3]),
        Grid(step: 64, smallest: 162, largest: 213, aspects: [2, 3]),
        Grid(step: 100, smallest: 213, largest: 264, aspects: [2]),
        Grid(step: 300, smallest: 264, largest: 315, aspects: [2]),
    ]

    /// - Parameter lastGrids: how many cells the last two grids have on a side.
    private init(lastGrids: [Int]) {
        let side = Double(Self.side)
        var boxes: [Prior] = []
        for (grid, cells) in zip(Self.grids, [38, 19, 10, 5] + lastGrids) {
            let sizes = grid.sizes
            for cell in 0..<(cells * cells) {
                let x: Double = (Double(cell % cells) + 0.5) * grid.step / side
                let y: Double = (Double(cell / cells) + 0.5) * grid.step / side
                for size in sizes {
                    boxes.append(Prior(x: x, y: y, width: size.width / side, height: size.height / side))
                }
            }
        }
        self.boxes = boxes
    }
}
