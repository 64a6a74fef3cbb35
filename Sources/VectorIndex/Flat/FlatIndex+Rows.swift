extension FlatIndex {
    /// The vector of a row, as it is compared: of length one for the cosine. Rows are in the order they were added,
    /// those deleted since the index was last written among them.
    package func vector(_ row: Int) -> [Float] { rows.rows(row..<row + 1) }
}
