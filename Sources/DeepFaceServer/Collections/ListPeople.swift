extension Route {
    static let listPeople = Route(.get, "/v1/collections/{collection}/people", .role(.read)) { call in
        let place = try await CollectionCall(call)
        var limit = 100
        if let text = call.query("limit") {
            guard let number = Int(text), (1...1000).contains(number) else {
                throw Problem.invalid("limit is not a whole number from 1 to 1000")
            }
            limit = number
        }
        // One more tells whether there is a next page.
        let people = try await place.store.people(of: place.collection, after: call.query("after"), limit: limit + 1)
        let page = people.prefix(limit)
        return try Reply.json(
            PeoplePage(people: page.map { PersonReply($0) }, next: people.count > limit ? page.last?.name : nil))
    }
}

private struct PeoplePage: Encodable {
    let people: [PersonReply]
    let next: String?

    enum CodingKeys: CodingKey {
        case people, next
    }

    /// `next` is always written.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(people, forKey: .people)
        try container.encode(next, forKey: .next)
    }
}
