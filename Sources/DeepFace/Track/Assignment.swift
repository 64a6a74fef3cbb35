/// Who goes with whom: the pairs of rows and columns whose affinities add up to the most (Kuhn's and Munkres' method, in
/// the form with potentials; cubic in the smaller side).
package enum Assignment {
    /// For each row its column, `nil` where no pair of it that is left reaches `least`.
    package static func best(_ affinities: [[Double]], columns: Int, least: Double) -> [Int?] {
        let rows = affinities.count
        guard rows > 0, columns > 0 else { return affinities.map { _ in nil } }
        // A pair that is not allowed costs as much as none.
        func cost(_ row: Int, _ column: Int) -> Double {
            let affinity = affinities[row][column]
            return affinity >= least ? -affinity : 0
        }
        let isTall = rows > columns
        let pairs =
            isTall
            ? solve(rows: columns, columns: rows) { cost($1, $0) } : solve(rows: rows, columns: columns, cost)
        var result = [Int?](repeating: nil, count: rows)
        for (index, other) in pairs.enumerated() {
            let (row, column) = isTall ? (other, index) : (index, other)
            if affinities[row][column] >= least { result[row] = column }
        }
        return result
    }

    /// The column of each row, for as many columns as rows or more.
    private static func solve(rows: Int, columns: Int, _ cost: (Int, Int) -> Double) -> [Int] {
        var rowPotential = [Double](repeating: 0, count: rows + 1)
        var columnPotential = [Double](repeating: 0, count: columns + 1)
        // Of each column, from one on; zero is nobody.
        var rowOf = [Int](repeating: 0, count: columns + 1)
        for row in 1...rows {
            var way = [Int](repeating: 0, count: columns + 1)
            var slack = [Double](repeating: .infinity, count: columns + 1)
            var used = [Bool](repeating: false, count: columns + 1)
            rowOf[0] = row
            var column = 0
            repeat {
                used[column] = true
                let current = rowOf[column]
                var (step, next) = (Double.infinity, 0)
                for other in 1...columns where !used[other] {
                    let reduced = cost(current - 1, other - 1) - rowPotential[current] - columnPotential[other]
                    if reduced < slack[other] { (slack[other], way[other]) = (reduced, column) }
                    if slack[other] < step { (step, next) = (slack[other], other) }
                }
                for other in 0...columns {
                    if used[other] {
                        rowPotential[rowOf[other]] += step
                        columnPotential[other] -= step
                    } else {
                        slack[other] -= step
                    }
                }
                column = next
            } while rowOf[column] != 0
            while column != 0 {
                rowOf[column] = rowOf[way[column]]
                column = way[column]
            }
        }
        var result = [Int](repeating: 0, count: rows)
        for column in 1...columns where rowOf[column] > 0 { result[rowOf[column] - 1] = column - 1 }
        return result
    }
}
