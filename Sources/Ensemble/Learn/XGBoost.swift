import CXGBoost
import DeepFace
import Foundation

/// XGBoost's C interface with our errors; one thread, and always the same seed.
enum XGBoost {
    static var lastError: String {
        let words = XGBGetLastError().map { String(cString: $0) } ?? "no reason is given"
        // The first line says it; a stack trace may follow.
        return words.split(whereSeparator: \.isNewline).first.map(String.init) ?? words
    }

    /// - Throws: `engine` when a call failed.
    static func check(_ status: Int32) throws(DeepFaceError) {
        guard status == 0 else { throw DeepFaceError(.engine, "XGBoost failed: \(lastError)") }
    }

    /// Calls `body` with rows of `width` numbers as XGBoost takes them; NaN is missing.
    static func withMatrix<Result>(
        _ rows: [[Double]], width: Int, _ body: (DMatrixHandle) throws(DeepFaceError) -> Result
    ) throws(DeepFaceError) -> Result {
        var values: [Float] = []
        values.reserveCapacity(rows.count * width)
        for row in rows { for value in row { values.append(Float(value)) } }
        var made: DMatrixHandle?
        try check(XGDMatrixCreateFromMat_omp(values, UInt64(rows.count), UInt64(width), .nan, &made, 1))
        guard let matrix = made else { throw DeepFaceError(.engine, "XGBoost made no matrix") }
        defer { XGDMatrixFree(matrix) }
        return try body(matrix)
    }

    /// A booster with nothing in it, the caller's to free.
    static func booster(_ matrices: [DMatrixHandle] = []) throws(DeepFaceError) -> BoosterHandle {
        var made: BoosterHandle?
        let optional: [DMatrixHandle?] = matrices
        try check(XGBoosterCreate(optional, UInt64(optional.count), &made))
        guard let booster = made else { throw DeepFaceError(.engine, "XGBoost made no booster") }
        for (name, value) in [("nthread", "1"), ("seed", "0"), ("verbosity", "0")] {
            XGBoosterSetParam(booster, name, value)
        }
        return booster
    }

    static func withBooster<Result>(
        _ matrices: [DMatrixHandle], _ body: (BoosterHandle) throws(DeepFaceError) -> Result
    ) throws(DeepFaceError) -> Result {
        let booster = try booster(matrices)
        defer { XGBoosterFree(booster) }
        return try body(booster)
    }

    /// The trees of a booster.
    static func json(of booster: BoosterHandle) throws(DeepFaceError) -> String {
        var length: bst_ulong = 0
        var bytes: UnsafePointer<CChar>?
        try check(XGBoosterSaveModelToBuffer(booster, #"{"format":"json"}"#, &length, &bytes))
        guard let bytes else { throw DeepFaceError(.engine, "XGBoost wrote no trees") }
        return String(decoding: UnsafeRawBufferPointer(start: bytes, count: Int(length)), as: UTF8.self)
    }

    /// A number for each of `count` rows.
    static func predict(
        _ booster: BoosterHandle, _ matrix: DMatrixHandle, count: Int
    ) throws(DeepFaceError) -> [Double] {
        let wish = #"{"type":0,"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":false}"#
        var shape: UnsafePointer<bst_ulong>?
        var dimensions: bst_ulong = 0
        var numbers: UnsafePointer<Float>?
        try check(XGBoosterPredictFromDMatrix(booster, matrix, wish, &shape, &dimensions, &numbers))
        guard let numbers, let shape, dimensions == 1, shape[0] == UInt64(count) else {
            throw DeepFaceError(.engine, "XGBoost gives other numbers than one a pair")
        }
        // They are XGBoost's, until its next call.
        return (0..<count).map { Double(numbers[$0]) }
    }
}
