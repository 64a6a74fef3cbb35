import CDlib
import CImageCodecs
import CVision

/// Calls into our C shims, which answer with a value and, where they fail, write a line of text.
enum Shim {
    /// Room for any shim's text.
    private static let messageSize = Int(max(DF_VISION_MESSAGE_SIZE, DF_DLIB_MESSAGE_SIZE, DF_CODEC_MESSAGE_SIZE))

    /// What `body` returns, and the text it wrote.
    static func call<Value>(_ body: (UnsafeMutablePointer<CChar>?) -> Value) -> (value: Value, message: String) {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: messageSize) { buffer in
            buffer.initialize(repeating: 0)
            let value = body(buffer.baseAddress)
            return (value, buffer.baseAddress.map { String(cString: $0) } ?? "")
        }
    }
}

/// Calls into OpenCV and turns its failure into an error.
func vision(_ body: (UnsafeMutablePointer<CChar>?) -> Int32) throws(DeepFaceError) {
    let (status, message) = Shim.call(body)
    if status != 0 { throw .library("OpenCV", message) }
}

/// Calls into libdlib and turns its failure into an error.
func dlib(_ body: (UnsafeMutablePointer<CChar>?) -> Int32) throws(DeepFaceError) {
    let (status, message) = Shim.call(body)
    if status != 0 { throw .library("dlib", message) }
}
