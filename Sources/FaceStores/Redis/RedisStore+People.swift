import DeepFace
import Foundation

extension RedisStore {
    public func people(
        of collection: FaceCollection, after name: String?, limit: Int
    ) async throws(DeepFaceError) -> [Person] {
        try people(
            await ask(Self.call(RedisScripts.people, collection, name.map { "(\($0)" } ?? "-", "\(limit)"))[0])
    }

    public func peopleCount(of collection: FaceCollection) async throws(DeepFaceError) -> Int {
        try await count(1, collection)
    }

    public func person(
        named name: String, in collection: FaceCollection
    ) async throws(DeepFaceError) -> Person? {
        try people(await ask(Self.call(RedisScripts.person, collection, name))[0]).first
    }

    public func rename(
        _ person: Person, to name: String, in collection: FaceCollection
    ) async throws(DeepFaceError) -> Person {
        if name.isEmpty { throw DeepFaceError(.invalidOption, "a person needs a name") }
        let reply = try await change(Self.call(RedisScripts.rename, collection, "\(person.id)", name))
        guard let renamed = try people(reply).first else { throw inconsistent("\(name) is damaged") }
        return renamed
    }

    public func delete(_ people: [Person], of collection: FaceCollection) async throws(DeepFaceError) {
        if people.isEmpty { return }
        let numbers = people.map { Data("\($0.id)".utf8) }
        _ = try await change(Self.call(RedisScripts.deletePeople, collection, numbers))
    }

    private func people(_ reply: RedisReply) throws(DeepFaceError) -> [Person] {
        var people: [Person] = []
        for row in reply.list.map(\.list) {
            guard row.count == 4, let id = row[0].number, let samples = row[2].number,
                let created = Double(row[3].text)
            else { throw inconsistent("a person is damaged") }
            people.append(
                Person(
                    id: id, name: row[1].text, samples: Int(samples), created: Date(timeIntervalSince1970: created)))
        }
        return people
    }
}
