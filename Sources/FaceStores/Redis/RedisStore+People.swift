import DeepFace
import Foundation

extension RedisStore {
    public func people(
        of collection: FaceCollection, containing part: String?, after name: String?, limit: Int
    ) async throws(DeepFaceError) -> [Person] {
        var start = name.map { "(\($0)" } ?? "-"
        guard let part else {
            return try people(await ask(Self.call(RedisScripts.people, collection, start, "\(limit)"))[0])
        }
        // Scripts know no letters but those of ASCII.
        var found: [String] = []
        while found.count < limit {
            let names = try await ask(
                RedisCommand(
                    "ZRANGEBYLEX", "\(Self.base(of: collection))names", start, "+", "LIMIT", "0",
                    "\(NamePart.portion)"))[0].list.map(\.text)
            found += names.filter { NamePart.isIn($0, part) }
            guard names.count == NamePart.portion, let last = names.last else { break }
            start = "(\(last)"
        }
        let wanted = found.prefix(limit).map { Data($0.utf8) }
        return try people(await ask(Self.call(RedisScripts.named, collection, wanted))[0])
    }

    public func peopleCount(of collection: FaceCollection) async throws(DeepFaceError) -> Int {
        try await count(1, collection)
    }

    public func person(
        named name: String, in collection: FaceCollection
    ) async throws(DeepFaceError) -> Person? {
        try people(await ask(Self.call(RedisScripts.named, collection, name))[0]).first
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
