import FaceStores

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
        let (after, part) = (try call.namePart("after"), try call.namePart("contains"))
        // One more tells whether there is a next page.
        let people = try await place.store.people(
            of: place.collection, containing: part, after: after, limit: limit + 1)
        let page = Array(people.prefix(limit))
        let portraits = try await place.portraits(of: page)
        return try Reply.json(
            PeoplePage(
                people: page.map { PersonDocument($0, portrait: portraits[$0.id]) },
                next: people.count > limit ? page.last?.name : nil))
    }
}

extension Call {
    /// A part of a name behind the question mark; `nil` where there is none.
    fileprivate func namePart(_ name: String) throws(Problem) -> String? {
        guard let text = query(name), !text.isEmpty else { return nil }
        try Name.checkPart(text, name)
        return text
    }
}

extension CollectionCall {
    /// Of each of these people, by id, the first sample whose photo was kept.
    fileprivate func portraits(of people: [Person]) async throws -> [Int64: SampleDocument] {
        let ids = try await store.portraits(of: people, in: collection)
        let samples = try await store.samples(Array(ids.values), of: collection)
        let byID = Dictionary(uniqueKeysWithValues: samples.map { ($0.id, $0) })
        return ids.compactMapValues { id in byID[id].map { SampleDocument($0, hasPhoto: true) } }
    }
}

private struct PeoplePage: Encodable {
    let people: [PersonDocument]
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
