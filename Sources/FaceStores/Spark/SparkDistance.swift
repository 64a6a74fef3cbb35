import DeepFace

/// A metric in Spark SQL. A face's embedding is in the columns `v0`, `v1`, …, numbers of 64 bits, and its length in `n`;
/// `p` is the face that is looked for, `g` one of the gallery.
///
/// Sums run in the order in which `DistanceMetric` adds, so that every distance is the same to the last bit; they are
/// plain expressions, which Spark compiles, unlike lambdas.
struct SparkDistance {
    let metric: DistanceMetric
    let dimensions: Int

    /// The faces of `table` as these columns.
    func columns(of table: String) -> String {
        let isUnit = metric == .euclideanL2
        let numbers = (0..<dimensions).map { index in
            "coalesce(CAST(e[\(index)] AS DOUBLE)\(isUnit ? " / m" : ""), 0D) AS v\(index)"
        }
        return """
            SELECT id, \(isUnit ? "l / m" : "l") AS n, \(numbers.joined(separator: ", "))
            FROM (SELECT *, l + 1e-10D AS m FROM (
                SELECT id, embedding AS e, coalesce(
                    sqrt(aggregate(embedding, 0D, (s, x) -> s + CAST(x AS DOUBLE) * CAST(x AS DOUBLE))), 0D) AS l
                FROM \(table)))
            """
    }

    /// The distance to six decimals.
    var exact: String {
        let distance: String
        switch metric {
        case .cosine: distance = "1D - \(cosine)"
        case .angular: distance = "acos(\(cosine)) / pi()"
        case .euclidean, .euclideanL2:
            let squares = (0..<dimensions).map { "(p.v\($0) - g.v\($0)) * (p.v\($0) - g.v\($0))" }
            distance = "sqrt(\(squares.joined(separator: " + ")))"
        }
        return "rint((\(distance)) * 1e6D) / 1e6D"
    }

    private var cosine: String {
        "least(1D, greatest(-1D, (\(products.joined(separator: " + "))) / (p.n * g.n)))"
    }

    private var products: [String] { (0..<dimensions).map { "p.v\($0) * g.v\($0)" } }

    /// Whether the distance may be as little as `least` was made for; true wherever it is. Four sums, which a processor
    /// adds side by side.
    var mayBeNear: String {
        let products = products
        let sums = (0..<min(4, dimensions)).map { lane in
            "(\(stride(from: lane, to: dimensions, by: 4).map { products[$0] }.joined(separator: " + ")))"
        }
        let bound = isByAngle ? "p.least * g.n" : "p.least + g.n * g.n * (0.5D - 1e-9D)"
        return "\(sums.joined(separator: " + ")) >= \(bound)"
    }

    private var isByAngle: Bool { metric == .cosine || metric == .angular }

    /// The column `least` of `p`, from `bound`, a distance.
    var least: String {
        switch metric {
        case .cosine: "(1D - bound) * n"
        case .angular: "(cos(pi() * least(bound, 1D)) - 1e-9D) * n"
        case .euclidean, .euclideanL2: "n * n * (0.5D - 1e-9D) - bound * bound / 2D"
        }
    }
}
