import DeepFace

extension AttributeFilter {
    /// The filter as a condition of SQL: columns are called as their attributes, and hold whole years or labels. What is
    /// null meets no condition.
    ///
    /// - Parameter placeholder: what stands for the value of a condition, counted from 0.
    func sql(_ placeholder: (Int) -> String) -> String {
        conditions.enumerated().map { place, condition in
            "\(condition.attribute.rawValue) \(condition.comparison.rawValue) \(placeholder(place))"
        }.joined(separator: " AND ")
    }
}
