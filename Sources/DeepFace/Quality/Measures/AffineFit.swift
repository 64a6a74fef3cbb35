/// The linear map of points in space onto a picture that fits best, by least squares.
struct AffineFit {
    /// Where a step along each axis of space leads to, across and down.
    let across, down: [Double]

    /// `nil` when the points in space lie in one plane.
    init?(_ space: [[Double]], _ picture: [Point]) {
        let count = Double(space.count)
        let middle = (0..<3).map { axis in space.reduce(0) { $0 + $1[axis] } / count }
        let (x, y) = (picture.reduce(0) { $0 + $1.x } / count, picture.reduce(0) { $0 + $1.y } / count)
        var normal = [[Double]](repeating: [0, 0, 0], count: 3)
        var (right, below) = ([0.0, 0, 0], [0.0, 0, 0])
        for (point, seen) in zip(space, picture) {
            let offset = (0..<3).map { point[$0] - middle[$0] }
            for row in 0..<3 {
                for column in 0..<3 { normal[row][column] += offset[row] * offset[column] }
                right[row] += offset[row] * (seen.x - x)
                below[row] += offset[row] * (seen.y - y)
            }
        }
        guard let across = Self.solve(normal, right), let down = Self.solve(normal, below) else { return nil }
        (self.across, self.down) = (across, down)
    }

    /// The first two rows of the nearest rotation, without the scale; `nil` where all points fall on a line.
    var rotation: (first: [Double], second: [Double])? {
        func dot(_ one: [Double], _ other: [Double]) -> Double { zip(one, other).reduce(0) { $0 + $1.0 * $1.1 } }
        let (a, b, c) = (dot(across, across), dot(across, down), dot(down, down))
        let root = (a * c - b * b).squareRoot()
        guard root.isFinite, root > 1e-9 * (a + c) else { return nil }
        // The rows times the inverse of the square root of their products.
        let scale = 1 / (root * (a + c + 2 * root).squareRoot())
        func row(_ one: Double, _ other: Double) -> [Double] {
            zip(across, down).map { (one * $0 + other * $1) * scale }
        }
        return (row(c + root, -b), row(-b, a + root))
    }

    /// Cramer's rule.
    private static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double]? {
        func determinant(_ m: [[Double]]) -> Double {
            let first = m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
            let second = m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
            let third = m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
            return first - second + third
        }
        let whole = determinant(matrix)
        guard abs(whole) > 1e-9 else { return nil }
        return (0..<3).map { column in
            var changed = matrix
            for row in 0..<3 { changed[row][column] = right[row] }
            return determinant(changed) / whole
        }
    }
}
