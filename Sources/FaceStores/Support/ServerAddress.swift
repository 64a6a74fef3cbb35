import DeepFace
import Foundation

/// The address of a store that is a server: `scheme://user:password@host:port/path?option=value`.
struct ServerAddress: Sendable {
    let host: String
    let port: Int
    let user: String?
    let password: String?
    /// Without the slash before it.
    let path: String
    private let options: [String: String]
    /// The address without the password, for messages.
    let text: String

    /// - Parameter options: the names that may follow a question mark.
    /// - Throws: `invalidOption`. The password is in no message.
    init(_ address: StoreAddress, port standardPort: Int, options names: [String] = []) throws(DeepFaceError) {
        let text = address.description
        self.text = text
        func invalid(_ why: String) -> DeepFaceError {
            DeepFaceError(
                .invalidOption, "is not the address of a store: \(why)", input: text,
                advice: "write it as \(address.scheme)://user:password@host:\(standardPort)")
        }
        guard address.rest.hasPrefix("//"), let parts = URLComponents(string: "\(address.scheme):\(address.rest)"),
            let host = parts.host, !host.isEmpty
        else { throw invalid("it tells no host; in a password write %40 for @, %2F for /, %25 for %") }
        self.host = host.trimmingCharacters(in: ["[", "]"])
        port = parts.port ?? standardPort
        guard (1...65535).contains(port) else { throw invalid("a port is a number from 1 to 65535") }
        user = parts.user.flatMap { $0.isEmpty ? nil : $0 }
        password = parts.password
        path = String(parts.path.drop { $0 == "/" })
        var options: [String: String] = [:]
        for item in parts.queryItems ?? [] {
            guard names.contains(item.name) else { throw invalid("there is no option \(item.name)") }
            options[item.name] = item.value ?? ""
        }
        self.options = options
    }

    /// `nil` where it is not given.
    func option(_ name: String) -> String? { options[name] }

    /// A number among the options; `nil` where it is not given.
    func number(_ name: String, from least: Int) throws(DeepFaceError) -> Int? {
        guard let value = options[name] else { return nil }
        guard let number = Int(value), number >= least else {
            throw DeepFaceError(.invalidOption, "\(name) is a number from \(least)", input: text)
        }
        return number
    }
}
