import DeepFace
import Foundation

extension RowStore {
    public func people(
        of collection: FaceCollection, containing part: String?, after name: String?, limit: Int
    ) async throws(DeepFaceError) -> [Person] {
        let state = try await state(collection)
        // Such servers cannot sort by name, so all names are read.
        let people = try await people(state).filter { person in
            (name.map { person.name.utf8Order(after: $0) } ?? true)
                && (part.map { NamePart.isIn(person.name, $0) } ?? true)
        }
        .sorted { $1.name.utf8Order(after: $0.name) }.prefix(limit)
        return try await counted(Array(people), state)
    }

    public func peopleCount(of collection: FaceCollection) async throws(DeepFaceError) -> Int {
        try await state(collection).people
    }

    public func person(
        named name: String, in collection: FaceCollection
    ) async throws(DeepFaceError) -> Person? {
        let state = try await state(collection)
        let found = try await people(state, .among("key", [RowText.digest(name)]))
        return try await counted(found.filter { $0.name == name }, state).first
    }

    public func rename(
        _ person: Person, to name: String, in collection: FaceCollection
    ) async throws(DeepFaceError) -> Person {
        if name.isEmpty { throw DeepFaceError(.invalidOption, "a person needs a name") }
        try Self.checkLength(name)
        return try await alone { () throws(DeepFaceError) in
            var state = try await self.recovered(collection)
            let both = try await self.people(
                state, .any([.among("key", [RowText.digest(name)]), .among("id", [person.id])]))
            if both.contains(where: { $0.name == name && $0.id != person.id }) {
                throw DeepFaceError(.invalidOption, "somebody else is called so", input: name)
            }
            guard let known = both.first(where: { $0.id == person.id }) else {
                throw DeepFaceError(.notFound, "the person is not there any more", input: person.name)
            }
            // Who remembers names by the revision shall not.
            state.revision += 1
            try await self.save(state, collection.id)
            // One row, which is replaced as a whole.
            let renamed = Person(id: known.id, name: name, samples: 0, created: known.created)
            try await self.records(state).replace(Self.rows([renamed]))
            return try await self.counted([renamed], state)[0]
        }
    }

    /// People's records as rows.
    static func rows(_ people: [Person]) -> RowColumns {
        var rows = RowColumns(count: people.count)
        rows.add("id", people.map(\.id))
        rows.add("kind", people.map { _ in RowRecord.person.rawValue })
        rows.add("number", people.map { _ in Int64(0) })
        rows.add("key", people.map { RowText.digest($0.name) })
        rows.add("text", people.map(\.name))
        rows.add("created", people.map { $0.created.timeIntervalSince1970 })
        return rows
    }

    static func checkLength(_ name: String) throws(DeepFaceError) {
        if name.utf8.count > RowState.longestText {
            throw DeepFaceError(.invalidOption, "the name is longer than the 65,535 bytes that the store keeps")
        }
    }

    /// The people who count, without the number of their faces.
    func people(_ state: RowState, _ condition: RowCondition? = nil) async throws(DeepFaceError) -> [Person] {
        let rows = try await records(state).query(
            condition ?? .isKind(.person), ["id", "kind", "text", "created"])
        let (kinds, names, dates) = (rows.integers("kind"), rows.texts("text"), rows.doubles("created"))
        let leaving = Set(state.leaving)
        var people: [Person] = []
        for (place, id) in rows.integers("id").enumerated()
        where kinds[place] == RowRecord.person.rawValue && id <= state.record && !leaving.contains(id) {
            people.append(
                Person(id: id, name: names[place], samples: 0, created: Date(timeIntervalSince1970: dates[place])))
        }
        return people
    }

    /// The same people with the number of their faces.
    private func counted(_ people: [Person], _ state: RowState) async throws(DeepFaceError) -> [Person] {
        var counts: [Int64: Int] = [:]
        for start in stride(from: 0, to: people.count, by: 1000) {
            let part = people[start..<min(start + 1000, people.count)].map(\.id)
            let rows = try await faces(state).query(.among("person", part), ["id", "person"])
            for (id, person) in zip(rows.integers("id"), rows.integers("person")) where state.counts(id, of: person) {
                counts[person, default: 0] += 1
            }
        }
        return people.map { Person(id: $0.id, name: $0.name, samples: counts[$0.id] ?? 0, created: $0.created) }
    }
}

extension String {
    /// Whether it comes after another one byte by byte, as other stores order names.
    fileprivate func utf8Order(after other: String) -> Bool { other.utf8.lexicographicallyPrecedes(utf8) }
}
