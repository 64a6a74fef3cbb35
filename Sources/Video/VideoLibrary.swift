import CVideo
import DeepFace

/// Calls into OpenCV's videoio, which is opened by the first of them.
package enum VideoLibrary {
    /// Sees that the library is there.
    ///
    /// - Parameter name: `videoio`, or `highgui`, which shows windows.
    /// - Throws: `engine`, with the package that has it.
    package static func check(_ name: String = "videoio") throws(DeepFaceError) {
        let (status, message) = call { df_video_library(name, $0) }
        guard status != 0 else { return }
        throw DeepFaceError(
            .engine, "OpenCV's library \(name) \(message)", advice: "install Debian's package libopencv-\(name)-dev")
    }

    /// What `body` returns, and the text it wrote.
    static func call<Value>(_ body: (UnsafeMutablePointer<CChar>?) -> Value) -> (value: Value, message: String) {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(DF_VIDEO_MESSAGE_SIZE)) { buffer in
            buffer.initialize(repeating: 0)
            let value = body(buffer.baseAddress)
            return (value, buffer.baseAddress.map { String(cString: $0) } ?? "")
        }
    }

    /// The status `body` returns where it is no failure.
    static func run(_ body: (UnsafeMutablePointer<CChar>?) -> Int32) throws(DeepFaceError) -> Int32 {
        let (status, message) = call(body)
        if status < 0 {
            let words = message.split(whereSeparator: \.isNewline).joined(separator: "; ")
            throw DeepFaceError(.engine, "OpenCV failed: \(words)")
        }
        return status
    }
}
