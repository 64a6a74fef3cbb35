import DeepFace
import Metrics

/// What the server counts.
struct ServerMetrics: Sendable {
    let factory: PrometheusMetrics

    /// A request was answered. The route is its pattern: names of people are never told.
    func answered(_ method: String, route: String, status: Int, seconds: Double) {
        let dimensions = [("method", method), ("route", route)]
        Counter(label: "deepface_requests", dimensions: dimensions + [("status", "\(status)")], factory: factory)
            .increment()
        Timer(label: "deepface_request_duration", dimensions: dimensions, factory: factory).recordSeconds(seconds)
    }

    /// A part of the work was done.
    func stage(_ name: String, seconds: Double) {
        Timer(label: "deepface_stage_duration", dimensions: [("stage", name)], factory: factory)
            .recordSeconds(seconds)
    }

    /// All metrics as they are now.
    func text(_ admission: Admission, _ memory: MemoryBudget) -> String {
        func gauge(_ label: String, _ value: some BinaryInteger) {
            Meter(label: label, factory: factory).set(Int64(value))
        }
        gauge("deepface_queue_depth", admission.waiting)
        gauge("deepface_requests_running", admission.running)
        gauge("deepface_body_bytes", memory.inUse)
        if let resident = ResidentMemory.bytes { gauge("process_resident_memory_bytes", resident) }
        return factory.text()
    }
}

extension ServerMetrics: PipelineObserver {
    func finished(_ stage: PipelineStage, seconds: Double, count: Int) {
        self.stage(stage.rawValue, seconds: seconds)
        if stage == .network {
            Recorder(label: "deepface_batch_size", dimensions: [], aggregate: true, factory: factory).record(count)
        }
    }
}
