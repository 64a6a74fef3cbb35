import COpenVINO
import Foundation
import Synchronization

/// The inference engine: OpenVINO's CPU plugin through its C API.
///
/// A network runs `streams` calls side by side, which share its threads: one stream answers a single call soonest, as
/// many streams as threads get most done when there are always several calls.
public final class OpenVINOEngine: Sendable {
    private let core: OpenVINOHandle
    private let properties: [(key: String, value: String)]

    /// The engine's version, for instance "2026.4.1".
    public static var version: String {
        var version = ov_version_t()
        guard ov_get_openvino_version(&version) == OK, let number = version.buildNumber else { return "unknown" }
        defer { ov_version_free(&version) }
        return String(cString: number)
    }

    /// - Parameters:
    ///   - threads: threads of a network; at least 1.
    ///   - streams: calls that run side by side; from 1 to `threads`.
    ///   - precision: the numbers networks compute with.
    public init(threads: Int, streams: Int, precision: Precision = .f32) throws(InferenceError) {
        var core: OpaquePointer?
        try check(ov_core_create(&core), "starting OpenVINO")
        self.core = OpenVINOHandle(core, free: ov_core_free)
        self.properties = [
            ("NUM_STREAMS", String(max(1, streams))), ("INFERENCE_NUM_THREADS", String(max(1, threads))),
            ("ENABLE_CPU_PINNING", "NO"),
            ("INFERENCE_PRECISION_HINT", precision.rawValue),
        ]
    }

    /// Reads and compiles a network in a file: ONNX or TensorFlow Lite.
    ///
    /// - Parameters:
    ///   - weightsName: the file beside it that its weights lie in. It is mapped into memory, which processes share and
    ///     which is given back once the engine has no more use for it.
    ///   - input: what the sides of its only input are besides the batch, where the file leaves them open; `nil` opens
    ///     a side that the file fixes. The engine checks every node of fixed sides now; open ones it takes for granted
    ///     later, and writes beyond them.
    public func network(
        at path: String, weightsName: String? = nil, input: [Int?] = []
    ) throws(InferenceError) -> any Network {
        let handle = try MappedFile.changing.withLock { _ throws(InferenceError) in try compiled(path, input) }
        var outputs = 0
        try check(ov_compiled_model_outputs_size(handle.pointer, &outputs), "reading \(path)")
        let inputShape = try shape(path, "input") { ov_compiled_model_input_by_index(handle.pointer, 0, &$0) }
        var outputShapes: [[Int?]] = []
        for index in 0..<outputs {
            outputShapes.append(
                try shape(path, "output") { ov_compiled_model_output_by_index(handle.pointer, index, &$0) })
        }
        let weights = weightsName.flatMap { name in
            MappedFile(URL(fileURLWithPath: path).deletingLastPathComponent().appending(path: name).path)
        }
        return OpenVINONetwork(
            compiled: handle, inputShape: inputShape, outputShapes: outputShapes, path: path, weights: weights)
    }

    private func compiled(_ path: String, _ input: [Int?]) throws(InferenceError) -> OpenVINOHandle {
        var model: OpaquePointer?
        try check(ov_core_read_model(core.pointer, path, nil, &model), "reading \(path)")
        defer { ov_model_free(model) }
        if !input.isEmpty { try fix(model, input, path) }
        var compiled: OpaquePointer?
        let status = withProperties { list in
            ov_core_compile_model_props(core.pointer, model, "CPU", list.count, list.baseAddress, &compiled)
        }
        try check(status, "compiling \(path)")
        return OpenVINOHandle(compiled) { compiled in
            MappedFile.changing.withLock { _ in ov_compiled_model_free(compiled) }
        }
    }

    /// Fixes the open sides of the only input, except the batch, and opens those that are to be.
    private func fix(_ model: OpaquePointer?, _ input: [Int?], _ path: String) throws(InferenceError) {
        let sides = try shape(path, "input") { ov_model_const_input(model, &$0) }
        let changes = sides.isEmpty || zip(sides.dropFirst(), input).contains { ($0 == nil) != ($1 == nil) }
        guard changes, sides.isEmpty || sides.count == input.count + 1 else { return }
        func dimension(_ side: Int?) -> ov_dimension_t {
            ov_dimension_t(min: Int64(side ?? -1), max: Int64(side ?? -1))
        }
        var dimensions = [dimension(sides.first ?? nil)]
        for (place, side) in input.enumerated() {
            dimensions.append(dimension(sides.isEmpty || side == nil ? side : sides[place + 1] ?? side))
        }
        let rank = Int64(dimensions.count)
        var shape = ov_partial_shape_t()
        try check(
            ov_partial_shape_create_dynamic(ov_rank_t(min: rank, max: rank), &dimensions, &shape), "reading \(path)")
        defer { ov_partial_shape_free(&shape) }
        try check(ov_model_reshape_single_input(model, shape), "reading \(path)")
    }

    /// The dimensions of the input or output that `port` gets hold of; none where even their number is open.
    ///
    /// - Throws: when its numbers are of another type than 32-bit floating point.
    private func shape(
        _ path: String, _ what: String, _ port: (inout OpaquePointer?) -> ov_status_e
    ) throws(InferenceError) -> [Int?] {
        var handle: OpaquePointer?
        try check(port(&handle), "reading \(path)")
        defer { ov_output_const_port_free(handle) }
        var type = ov_element_type_e(0)
        try check(ov_port_get_element_type(handle, &type), "reading \(path)")
        guard type == F32 else {
            throw InferenceError(
                action: "reading \(path)", detail: "its \(what) is not of 32-bit floating point numbers")
        }
        var shape = ov_partial_shape_t()
        try check(ov_port_get_partial_shape(handle, &shape), "reading \(path)")
        defer { ov_partial_shape_free(&shape) }
        guard shape.rank.min == shape.rank.max, let dimensions = shape.dims else { return [] }
        return (0..<Int(shape.rank.max)).map { index in
            dimensions[index].min == dimensions[index].max ? Int(dimensions[index].max) : nil
        }
    }

    /// Calls `body` with the properties as C strings, valid during the call.
    private func withProperties<Result>(_ body: (UnsafeBufferPointer<ov_property_t>) -> Result) -> Result {
        let strings = properties.flatMap { [$0.key, $0.value] }.map { ContiguousArray($0.utf8CString) }
        let storage = UnsafeMutablePointer<CChar>.allocate(capacity: strings.reduce(0) { $0 + $1.count })
        defer { storage.deallocate() }
        var starts: [UnsafeMutablePointer<CChar>] = []
        var next = storage
        for string in strings {
            starts.append(next)
            for byte in string {
                next.initialize(to: byte)
                next += 1
            }
        }
        let list = stride(from: 0, to: starts.count, by: 2).map { index in
            ov_property_t(key: UnsafePointer(starts[index]), value: UnsafeRawPointer(starts[index + 1]))
        }
        return list.withUnsafeBufferPointer(body)
    }
}

/// A network compiled by OpenVINO, with a pool of infer requests that grows with the calls made at the same time.
private final class OpenVINONetwork: Network {
    let inputShape: [Int?]
    let outputShapes: [[Int?]]
    private let compiled: OpenVINOHandle
    private let path: String
    private let idle = Mutex<[OpenVINOHandle]>([])
    /// The file beside the model that its weights lie in, where it is large.
    private let weights: MappedFile?
    /// The batches that were run already.
    private let batches = Mutex<Set<Int>>([])

    init(
        compiled: OpenVINOHandle, inputShape: [Int?], outputShapes: [[Int?]], path: String, weights: MappedFile?
    ) {
        self.compiled = compiled
        self.inputShape = inputShape
        self.outputShapes = outputShapes
        self.path = path
        self.weights = weights
    }

    func callAsFunction(_ input: Tensor) throws(InferenceError) -> [Tensor] {
        guard inputShape.first == 1, let count = input.shape.first, count > 1 else { return try runOnce(input) }
        var joined: [Tensor] = []
        for row in input.rows {
            let outputs = try runOnce(Tensor(shape: [1] + input.shape.dropFirst(), values: Array(row)))
            joined = joined.isEmpty ? outputs : zip(joined, outputs).map { $0.appending($1) }
        }
        return joined
    }

    private func runOnce(_ input: Tensor) throws(InferenceError) -> [Tensor] {
        let request: OpenVINOHandle
        if let waiting = idle.withLock({ $0.popLast() }) { request = waiting } else { request = try makeRequest() }
        let outputs = try run(request, input)
        idle.withLock { $0.append(request) }
        // With a batch's first run the engine has brought the weights into the order it wants; it rarely looks at the
        // file again.
        if let weights, batches.withLock({ $0.insert(input.shape.first ?? 0).inserted }) { weights.release() }
        return outputs
    }

    private func makeRequest() throws(InferenceError) -> OpenVINOHandle {
        var request: OpaquePointer?
        try check(ov_compiled_model_create_infer_request(compiled.pointer, &request), "preparing \(path)")
        return OpenVINOHandle(request, free: ov_infer_request_free)
    }

    private func run(_ request: OpenVINOHandle, _ input: Tensor) throws(InferenceError) -> [Tensor] {
        let action = "running \(path)"
        var dimensions = input.shape.map(Int64.init)
        var shape = ov_shape_t()
        try check(ov_shape_create(Int64(dimensions.count), &dimensions, &shape), action)
        defer { ov_shape_free(&shape) }
        // The engine only reads its input, during this call, so it may look at the array itself.
        let status = input.values.withUnsafeBytes { bytes in
            var tensor: OpaquePointer?
            let host = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
            var status = ov_tensor_create_from_host_ptr(F32, shape, host, &tensor)
            guard status == OK else { return status }
            defer { ov_tensor_free(tensor) }
            status = ov_infer_request_set_input_tensor(request.pointer, tensor)
            return status == OK ? ov_infer_request_infer(request.pointer) : status
        }
        try check(status, action)
        var outputs: [Tensor] = []
        for index in outputShapes.indices { outputs.append(try output(index, of: request, action)) }
        return outputs
    }

    private func output(_ index: Int, of request: OpenVINOHandle, _ action: String) throws(InferenceError) -> Tensor {
        var tensor: OpaquePointer?
        try check(ov_infer_request_get_output_tensor_by_index(request.pointer, index, &tensor), action)
        defer { ov_tensor_free(tensor) }
        var shape = ov_shape_t()
        try check(ov_tensor_get_shape(tensor, &shape), action)
        defer { ov_shape_free(&shape) }
        var data: UnsafeMutableRawPointer?
        try check(ov_tensor_data(tensor, &data), action)
        let dimensions = (0..<Int(shape.rank)).map { Int(shape.dims[$0]) }
        let count = dimensions.reduce(1, *)
        let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            if let data, let base = buffer.baseAddress {
                base.initialize(from: data.assumingMemoryBound(to: Float.self), count: count)
            }
            initialized = count
        }
        return Tensor(shape: dimensions, values: values)
    }
}

/// Owns one OpenVINO object.
///
/// `@unchecked Sendable`: the pointer never changes; OpenVINO's core and compiled models may be used from many threads,
/// and an infer request is held by one call at a time (`OpenVINONetwork.idle`).
private final class OpenVINOHandle: @unchecked Sendable {
    let pointer: OpaquePointer?
    private let free: @Sendable (OpaquePointer?) -> Void

    init(_ pointer: OpaquePointer?, free: @escaping @Sendable (OpaquePointer?) -> Void) {
        self.pointer = pointer
        self.free = free
    }

    deinit { free(pointer) }
}

private func check(_ status: ov_status_e, _ action: @autoclosure () -> String) throws(InferenceError) {
    guard status == OK else {
        let detail = ov_get_last_err_msg().map { String(cString: $0) } ?? ""
        let line = detail.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix(while: \.isWhitespace) }
        throw InferenceError(
            action: action(), detail: line.isEmpty ? "status \(status.rawValue)" : line.joined(separator: "; "))
    }
}
