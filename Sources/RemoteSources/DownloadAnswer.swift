import AsyncHTTPClient

/// What a server's answer to a request for a file, or for the rest of it, means.
struct DownloadAnswer {
    enum Kind: Equatable {
        /// The file from its first byte; in all so many bytes, where said.
        case beginning(total: Int?)
        /// What comes after the bytes that are there.
        case rest(total: Int?)
        /// The bytes that are there are the whole file.
        case nothingMissing
        /// Bytes that do not fit those that are there.
        case otherRange
        /// It may work later.
        case trouble(String)
        /// It will not work.
        case refusal(String)
    }

    private let response: HTTPClientResponse

    init(_ response: HTTPClientResponse) { self.response = response }

    var body: HTTPClientResponse.Body { response.body }

    /// What tells this state of the file from others: its ETag, unless a weak one, else its date.
    var validator: String? {
        if let tag = response.headers.first(name: "ETag"), tag.hasPrefix("\"") { return tag }
        return response.headers.first(name: "Last-Modified")
    }

    /// - Parameters:
    ///   - count: bytes that are there; if any, the request was for the rest.
    ///   - validator: of these bytes.
    func kind(after count: Int, of validator: String?) -> Kind {
        switch response.status.code {
        case 200:
            isPage
                ? .refusal("the server sent a web page instead of the file")
                : .beginning(total: response.headers.first(name: "Content-Length").flatMap { Int($0) })
        case 206:
            if let range, count > 0, range.first == count, isSame(as: validator) {
                .rest(total: range.total)
            } else {
                .otherRange
            }
        case 416: count > 0 && range?.total == count && isSame(as: validator) ? .nothingMissing : .otherRange
        case 408, 429, 500, 502, 503, 504: .trouble("the server answered \(response.status.code)")
        default: .refusal("the server answered \(response.status.code)")
        }
    }

    /// A notice, a login or a portal, shown in the file's place.
    private var isPage: Bool {
        response.headers.first(name: "Content-Type")?.lowercased().hasPrefix("text/html") == true
    }

    /// Whether nothing in this answer says that the file is no longer that of `validator`.
    private func isSame(as validator: String?) -> Bool {
        guard let validator else { return false }
        let now = response.headers.first(name: validator.hasPrefix("\"") ? "ETag" : "Last-Modified")
        return now == nil || now == validator
    }

    /// `Content-Range: bytes first-last/total`, each `nil` where it is a star or missing.
    private var range: (first: Int?, total: Int?)? {
        guard let words = response.headers.first(name: "Content-Range")?.split(separator: " "), words.count == 2,
            words[0].lowercased() == "bytes"
        else { return nil }
        let parts = words[1].split(separator: "/")
        guard parts.count == 2 else { return nil }
        return (parts[0].split(separator: "-").first.flatMap { Int($0) }, Int(parts[1]))
    }
}
