import DeepFace
import Foundation

/// Logistic regression on distances that are brought to mean 0 and deviation 1: the plain way to learn from them.
///
/// It minimises Σ log(1 + exp(−y·z)) + penalty / 2 · ‖weights‖², with z = bias + weights · distances and y = ±1, by Newton's
/// method (iteratively reweighted least squares). The bias is not held back.
package struct LogisticModel: Sendable, Codable, Equatable {
    /// A feature each.
    package let means, deviations, weights: [Double]
    package let bias: Double

    /// 1 / (1 + exp(−z)). A distance that is not there counts as the mean.
    package func probability(_ row: [Double]) -> Double {
        var sum = bias
        for (index, value) in row.enumerated() where !value.isNaN {
            sum += weights[index] * (value - means[index]) / deviations[index]
        }
        return Self.sigmoid(sum)
    }

    static func sigmoid(_ value: Double) -> Double {
        value >= 0 ? 1 / (1 + exp(-value)) : exp(value) / (1 + exp(value))
    }
}

extension LogisticModel {
    /// Learns from pairs of both kinds.
    ///
    /// - Parameters:
    ///   - rows: pairs × distances; NaN where a photo has no face.
    ///   - penalty: above 0, so that there is a solution even where the pairs can be told apart without mistake.
    package init(_ rows: [[Double]], same: [Bool], penalty: Double = 1) {
        let width = rows.first?.count ?? 0
        let columns = (0..<width).map { column in rows.map { $0[column] }.filter { !$0.isNaN } }
        let means = columns.map { $0.isEmpty ? 0 : $0.reduce(0, +) / Double($0.count) }
        let deviations = zip(columns, means).map { column, mean in
            let squares = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let deviation = (squares / Double(max(1, column.count))).squareRoot()
            return deviation > 1e-12 ? deviation : 1
        }
        // The last column is the bias's.
        let inputs = rows.map { row in
            row.indices.map { row[$0].isNaN ? 0 : (row[$0] - means[$0]) / deviations[$0] } + [1]
        }
        let solution = LogisticFit(inputs: inputs, same: same, penalty: penalty).solution()
        (self.means, self.deviations) = (means, deviations)
        (weights, bias) = (Array(solution.dropLast()), solution[width])
    }
}

/// The search for the weights.
private struct LogisticFit {
    /// Pairs × (features and a one).
    let inputs: [[Double]]
    let same: [Bool]
    let penalty: Double

    func solution() -> [Double] {
        let width = inputs.first?.count ?? 1
        var weights = [Double](repeating: 0, count: width)
        var cost = cost(weights)
        for _ in 0..<100 {
            let step = newtonStep(weights)
            var share = 1.0
            var next = zip(weights, step).map { $0 - $1 }
            var nextCost = self.cost(next)
            // Newton's step may be too long far from the solution.
            while nextCost > cost, share > 1e-10 {
                share /= 2
                next = zip(weights, step).map { $0 - share * $1 }
                nextCost = self.cost(next)
            }
            guard nextCost <= cost else { break }
            let moved = zip(weights, next).reduce(0) { max($0, abs($1.0 - $1.1)) }
            (weights, cost) = (next, nextCost)
            if moved < 1e-10 { break }
        }
        return weights
    }

    private func score(_ input: [Double], _ weights: [Double]) -> Double {
        zip(input, weights).reduce(0) { $0 + $1.0 * $1.1 }
    }

    private func cost(_ weights: [Double]) -> Double {
        let held = weights.dropLast().reduce(0) { $0 + $1 * $1 } * penalty / 2
        return zip(inputs, same).reduce(held) { sum, pair in
            let margin = score(pair.0, weights) * (pair.1 ? 1 : -1)
            return sum + (margin > 0 ? log1p(exp(-margin)) : log1p(exp(margin)) - margin)
        }
    }

    /// The inverse of the second derivatives times the first.
    private func newtonStep(_ weights: [Double]) -> [Double] {
        let width = weights.count
        var gradient = weights.map { $0 * penalty }
        var curvature = (0..<width).map { row in
            (0..<width).map { $0 == row ? penalty : 0 }
        }
        gradient[width - 1] = 0
        // A hair, for pairs that are all beyond doubt.
        curvature[width - 1][width - 1] = 1e-9
        for (input, isSame) in zip(inputs, same) {
            let likely = LogisticModel.sigmoid(score(input, weights))
            let error = likely - (isSame ? 1 : 0)
            let weight = likely * (1 - likely)
            for row in 0..<width {
                gradient[row] += error * input[row]
                for column in 0...row { curvature[row][column] += weight * input[row] * input[column] }
            }
        }
        return Self.solve(curvature, gradient)
    }

    /// Solves a symmetric, positive system of which the lower half is given (Cholesky).
    private static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
        let width = right.count
        var factor = matrix
        for row in 0..<width {
            for column in 0...row {
                var sum = factor[row][column]
                for place in 0..<column { sum -= factor[row][place] * factor[column][place] }
                factor[row][column] = row == column ? max(sum, 1e-12).squareRoot() : sum / factor[column][column]
            }
        }
        var solution = right
        for row in 0..<width {
            for place in 0..<row { solution[row] -= factor[row][place] * solution[place] }
            solution[row] /= factor[row][row]
        }
        for row in (0..<width).reversed() {
            for place in row + 1..<width { solution[row] -= factor[place][row] * solution[place] }
            solution[row] /= factor[row][row]
        }
        return solution
    }
}
