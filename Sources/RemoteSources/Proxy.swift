import AsyncHTTPClient
import Foundation

/// The proxy that the environment names, as curl and pip understand it.
package enum Proxy {
    /// `nil` where `address` is to be reached directly: no `https_proxy` or `http_proxy` (in either case) for its
    /// scheme, or its host is in `no_proxy`.
    package static func server(
        for address: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> HTTPClient.Configuration.Proxy? {
        func value(_ name: String) -> String? {
            [name, name.uppercased()].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        guard let url = URL(string: address), let scheme = url.scheme?.lowercased(),
            let host = url.host()?.lowercased(),
            let named = value("\(scheme)_proxy"),
            let proxy = URL(string: named.contains("://") ? named : "http://\(named)"), let proxyHost = proxy.host()
        else { return nil }
        let direct = (value("no_proxy") ?? "").split(separator: ",").contains { entry in
            let name = entry.trimmingCharacters(in: .whitespaces).lowercased()
            let suffix = name.hasPrefix(".") ? name : "." + name
            return name == "*" || host == name || host.hasSuffix(suffix)
        }
        guard !direct else { return nil }
        let port = proxy.port ?? 80
        guard let user = proxy.user(percentEncoded: false) else { return .server(host: proxyHost, port: port) }
        return .server(
            host: proxyHost, port: port,
            authorization: .basic(username: user, password: proxy.password(percentEncoded: false) ?? ""))
    }
}
