/// What the published BlazeFace networks differ in. Source: mediapipe/modules/face_detection of MediaPipe 0.10.14.
struct BlazeFaceVariant: Sendable {
    /// Of the input, in pixels.
    let side: Int
    /// The grids whose cells the network looks for a face in: their cells a side, and how many anchors a cell has.
    let grids: [(cells: Int, anchors: Int)]
    /// How sure the network has to be of a face for MediaPipe to take it.
    let lowestScore: Double
    /// How sure it has to be otherwise. On the sample photos 0.6 loses no face; at 0.5 the short range sees one in 3 %
    /// of their backgrounds, at 0.6 in 0.6 %.
    static let lowestScore = 0.6

    /// Layers of stride 8, 16, 16 and 16, two anchors a cell each: 896 anchors.
    static let shortRange = BlazeFaceVariant(side: 128, grids: [(16, 2), (8, 6)], lowestScore: 0.5)
    /// One layer of stride 4, one anchor a cell: 2304 anchors.
    static let fullRange = BlazeFaceVariant(side: 192, grids: [(48, 1)], lowestScore: 0.6)

    /// Where the anchors are, in sides of the input: their cells' centres, row by row.
    var anchors: [Point] {
        grids.flatMap { grid in
            (0..<grid.cells * grid.cells).flatMap { cell in
                let (column, row) = (Double(cell % grid.cells), Double(cell / grid.cells))
                let centre = Point(
                    x: (column + 0.5) / Double(grid.cells), y: (row + 0.5) / Double(grid.cells))
                return Array(repeating: centre, count: grid.anchors)
            }
        }
    }
}
