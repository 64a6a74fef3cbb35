import Foundation

/// What one of BlazeFace's anchors takes for a face. Lengths are in sides of the network's input.
struct BlazeFaceCandidate: Sendable, Equatable {
    /// Numbers the network gives for each anchor: the box's centre and size, then six points.
    static let numbers = 16

    var area: Rectangle
    /// From the person's side: right eye, left eye, tip of the nose, centre of the mouth, right ear, left ear.
    var points: [Point]
    /// 0 to 1.
    var score: Double

    /// - Parameters:
    ///   - offsets: what the network gives for an anchor.
    ///   - anchor: where that is.
    /// - Returns: `nil` when these are no box and points.
    init?(_ offsets: [Double], from anchor: Point, score: Double) {
        // Far outside the photo there is no face, and what comes of larger numbers fits no integer.
        guard offsets.count == Self.numbers, offsets.allSatisfy({ abs($0) < 1000 }), offsets[2] >= 0, offsets[3] >= 0
        else { return nil }
        func point(_ index: Int) -> Point { Point(x: offsets[index] + anchor.x, y: offsets[index + 1] + anchor.y) }
        let centre = point(0)
        let (halfWidth, halfHeight) = (offsets[2] / 2, offsets[3] / 2)
        area = Rectangle(
            left: centre.x - halfWidth, top: centre.y - halfHeight, right: centre.x + halfWidth,
            bottom: centre.y + halfHeight)
        points = stride(from: 4, to: Self.numbers, by: 2).map(point)
        self.score = score
    }

    /// How sure the network is, from what it gives.
    static func score(ofLogit logit: Double) -> Double { 1 / (1 + exp(-min(100, max(-100, logit)))) }
}

extension [BlazeFaceCandidate] {
    /// One of those that overlap by more than 0.3 each time: their mean, weighted by the scores, and the surest one's
    /// score (MediaPipe's weighted suppression). Expects the surest first.
    var merged: [BlazeFaceCandidate] {
        var faces: [BlazeFaceCandidate] = []
        var open = self[...]
        while let surest = open.first {
            let isSame = open.dropFirst().map { $0.area.overlap(surest.area) > 0.3 }
            let same = [surest] + zip(open.dropFirst(), isSame).filter(\.1).map(\.0)
            open = zip(open.dropFirst(), isSame).filter { !$1 }.map(\.0)[...]
            let total = same.reduce(0) { $0 + $1.score }
            func mean(_ value: (BlazeFaceCandidate) -> Double) -> Double {
                same.reduce(0) { $0 + value($1) * $1.score } / total
            }
            var face = surest
            face.area = Rectangle(
                left: mean(\.area.left), top: mean(\.area.top), right: mean(\.area.right), bottom: mean(\.area.bottom))
            face.points = surest.points.indices.map { index in
                Point(x: mean { $0.points[index].x }, y: mean { $0.points[index].y })
            }
            faces.append(face)
        }
        return faces
    }
}
