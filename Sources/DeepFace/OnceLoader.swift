/// Things made once, on first use, however many callers ask for them at the same time. A failure is not kept: the next
/// caller tries again, for instance after putting the missing file in place.
actor OnceLoader<Value: Sendable> {
    private var loading: [String: Task<Result<Value, DeepFaceError>, Never>] = [:]

    func value(
        _ key: String, load: @escaping @Sendable () async throws(DeepFaceError) -> Value
    ) async throws(DeepFaceError) -> Value {
        let task =
            loading[key]
            ?? Task.detached {
                do throws(DeepFaceError) {
                    return .success(try await load())
                } catch {
                    return .failure(error)
                }
            }
        loading[key] = task
        let result = await task.value
        if case .failure = result, loading[key] == task { loading[key] = nil }
        return try result.get()
    }
}
