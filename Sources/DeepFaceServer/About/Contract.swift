import Foundation
import Yams

/// The OpenAPI document: written as YAML, served as JSON.
enum Contract {
    static let json: Data = {
        let text = String(decoding: PackageResources.openapi_yaml, as: UTF8.self)
        guard let document = try? Yams.load(yaml: text),
            let json = try? JSONSerialization.data(
                withJSONObject: document, options: [.sortedKeys, .withoutEscapingSlashes])
        else { preconditionFailure("Contract/openapi.yaml is not YAML that JSON can say") }
        return json
    }()
}

extension Route {
    static let contract = Route(.get, "/openapi.json", .anybody) { _ in
        Reply.bytes(Contract.json, type: "application/json")
    }
}
