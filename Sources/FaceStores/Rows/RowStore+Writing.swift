import DeepFace
import Foundation

extension RowStore {
    public func add(
        _ faces: [NewFace], to collection: FaceCollection
    ) async throws(DeepFaceError) -> [AddedFace] {
        let key = collection.isEncrypted ? try needed(collection.name) : nil
        try faces.check(for: collection)
        for face in faces { try Self.checkLength(face.person) }
        if faces.isEmpty { return [] }
        return try await alone { () throws(DeepFaceError) in
            var state = try await self.recovered(collection)
            let revision = state.revision
            let known = try await self.known(state, adding: faces.count)
            var adding = RowAdding(
                collection: collection, key: key, face: state.face, record: state.record,
                places: try await self.places(of: faces, state, known),
                people: try await self.numbers(of: faces, state, known),
                photos: try await self.photos(
                    Set(faces.filter { $0.photo != nil }.map { RowText.digest($0.hash) }), state)
            )
            var added: [AddedFace] = []
            for face in faces { added.append(try adding.add(face)) }
            if adding.faces.isEmpty { return added }
            if !state.isWriting {
                state.isWriting = true
                try await self.save(state, collection.id)
            }
            for rows in adding.recordRows { try await self.records(state).insert(rows) }
            for rows in adding.faceRows { try await self.faces(state).insert(rows) }
            guard try await self.state(collection).revision == revision else {
                throw DeepFaceError(
                    .storeInconsistent, "another machine wrote to the collection at the same time",
                    input: collection.name,
                    advice: "let one machine write at a time, and look at the store with: deepface index check")
            }
            state.revision += 1
            state.face += Int64(adding.faces.count)
            state.record += Int64(adding.records.count)
            state.faces += adding.faces.count
            state.people += adding.newPeople
            state.isWriting = false
            try await self.save(state, collection.id)
            self.remember(known, adding, state)
            return added
        }
    }

    public func delete(_ people: [Person], of collection: FaceCollection) async throws(DeepFaceError) {
        if people.isEmpty { return }
        try await alone { () throws(DeepFaceError) in
            var state = try await self.recovered(collection)
            let leaving = try await self.people(state, .among("id", people.map(\.id))).map(\.id)
            if leaving.isEmpty { return }
            let rows = try await self.faces(state).query(.among("person", leaving), ["id"])
            state.leaving = leaving
            try await self.leave(&state, collection, faces: rows.integers("id").count)
        }
    }

    public func delete(samples ids: [Int64], of collection: FaceCollection) async throws(DeepFaceError) {
        if ids.isEmpty { return }
        try await alone { () throws(DeepFaceError) in
            var state = try await self.recovered(collection)
            let table = self.faces(state)
            let rows = try await table.query(.among("id", ids), ["id", "person"])
            let gone = Set(rows.integers("id"))
            if gone.isEmpty { return }
            let owners = Set(rows.integers("person"))
            let theirs = try await table.query(.among("person", owners), ["id", "person"])
            let staying = zip(theirs.integers("id"), theirs.integers("person")).filter { !gone.contains($0.0) }
            state.leaving = owners.subtracting(staying.map(\.1)).sorted()
            state.leavingFaces = gone.sorted()
            try await self.leave(&state, collection, faces: gone.count)
        }
    }

    /// Has those go of whom the state says that they are leaving.
    private func leave(
        _ state: inout RowState, _ collection: FaceCollection, faces: Int
    ) async throws(DeepFaceError) {
        state.leavingIsNoted = false
        state.faces -= faces
        state.people -= state.leaving.count
        state.revision += 1
        // From here on nobody sees them.
        try await save(state, collection.id)
        try await finishLeaving(&state, collection)
    }

    /// The state, once what a stopped writer left undone is done or taken away. Only while no other writes.
    func recovered(_ collection: FaceCollection) async throws(DeepFaceError) -> RowState {
        var state = try await state(collection)
        if state.isWriting || state.isLeaving && !state.leavingIsNoted {
            for (table, mark) in [(faces(state), state.face), (records(state), state.record)] {
                let lost = try await table.query(.window(after: mark, through: nil), ["id"]).integers("id")
                if !lost.isEmpty { try await table.delete(lost) }
            }
        }
        if state.isLeaving { try await finishLeaving(&state, collection) }
        return state
    }

    /// Takes away the people and faces that are leaving. May be begun again at any point.
    private func finishLeaving(_ state: inout RowState, _ collection: FaceCollection) async throws(DeepFaceError) {
        let (faces, records) = (faces(state), records(state))
        let rows = try await faces.query(state.facesThatLeave, ["id", "photo"])
        let ids = rows.integers("id")
        if !state.leavingIsNoted {
            for start in stride(from: 0, to: ids.count, by: 10_000) {
                let part = Array(ids[start..<min(start + 10_000, ids.count)])
                var removals = RowColumns(count: part.count)
                removals.add("id", part.indices.map { state.record + Int64(start + $0 + 1) })
                removals.add("kind", part.map { _ in RowRecord.removal.rawValue })
                removals.add("number", part)
                removals.add("key", part.map { _ in "" })
                removals.add("text", part.map { _ in "" })
                removals.add("created", part.map { _ in Date().timeIntervalSince1970 })
                try await records.insert(removals)
            }
            state.record += Int64(ids.count)
            state.leavingIsNoted = true
            try await save(state, collection.id)
        }
        // Photos before faces: once those are gone, nothing tells which photos were theirs.
        let photos = Array(Set(rows.texts("photo")))
        for start in stride(from: 0, to: photos.count, by: 2000) {
            let part = photos[start..<min(start + 2000, photos.count)]
            let others = try await faces.query(.among("photo", part), ["id", "person", "photo"])
            var kept = Set<String>()
            let owners = others.integers("person")
            for (place, photo) in others.texts("photo").enumerated()
            where state.counts(others.integers("id")[place], of: owners[place]) { kept.insert(photo) }
            let gone = part.filter { !kept.contains($0) }
            if gone.isEmpty { continue }
            let found = try await records.query(.among("key", gone), ["id", "kind"])
            let parts = zip(found.integers("id"), found.integers("kind")).filter { $1 == RowRecord.photo.rawValue }
            try await records.delete(parts.map(\.0))
        }
        try await faces.delete(ids)
        try await records.delete(state.leaving)
        (state.leaving, state.leavingFaces, state.leavingIsNoted) = ([], nil, false)
        state.revision += 1
        try await save(state, collection.id)
    }

    // MARK: What is there already

    private func places(
        of faces: [NewFace], _ state: RowState, _ known: RowKnown?
    ) async throws(DeepFaceError) -> [FacePlace: (id: Int64, person: String)] {
        var places: [FacePlace: (id: Int64, person: String)] = [:]
        if state.faces == 0 { return places }
        var digests = Set(faces.map { RowText.digest($0.hash) })
        if let known { digests.formIntersection(known.photos) }
        for part in Self.portions(digests) {
            for sample in try await samples(state, .among("photo", part)) {
                places[FacePlace(sample.hash, sample.facialArea)] = (sample.id, sample.person)
            }
        }
        return places
    }

    private func numbers(
        of faces: [NewFace], _ state: RowState, _ known: RowKnown?
    ) async throws(DeepFaceError) -> [String: Int64] {
        if let known { return known.people }
        var numbers: [String: Int64] = [:]
        if state.people == 0 { return numbers }
        for part in Self.portions(Set(faces.map { RowText.digest($0.person) })) {
            for person in try await people(state, .among("key", part)) { numbers[person.name] = person.id }
        }
        return numbers
    }

    /// What is there, read once for many large calls; `nil` where asking for each call's faces is less work.
    private func known(_ state: RowState, adding count: Int) async throws(DeepFaceError) -> RowKnown? {
        guard count >= 500, state.faces <= 1_000_000 else { return nil }
        if let known = content.knowledge.withLock({ $0[state.identifier] }), known.revision == state.revision {
            return known
        }
        var known = RowKnown(revision: state.revision)
        try await eachWindow(of: state, after: 0) { (window) throws(DeepFaceError) in
            known.photos.formUnion(
                try await self.faces(state).query(window, ["id", "photo"]).texts("photo"))
            return true
        }
        for person in try await people(state) { known.people[person.name] = person.id }
        return known
    }

    private func remember(_ known: RowKnown?, _ adding: RowAdding, _ state: RowState) {
        guard var known else { return }
        known.revision = state.revision
        known.people = adding.people
        known.photos.formUnion(adding.faces.map(\.photo))
        content.knowledge.withLock { $0[state.identifier] = known }
    }

    /// Those of these digests of photos that are kept.
    func photos(_ digests: Set<String>, _ state: RowState) async throws(DeepFaceError) -> Set<String> {
        var photos: Set<String> = []
        for part in Self.portions(digests) {
            let rows = try await records(state).query(.among("key", part), ["id", "kind", "key"])
            let (ids, kinds) = (rows.integers("id"), rows.integers("kind"))
            for (place, key) in rows.texts("key").enumerated()
            where ids[place] <= state.record && kinds[place] == RowRecord.photo.rawValue { photos.insert(key) }
        }
        return photos
    }

    /// As many as a condition may name.
    private static func portions(_ texts: Set<String>) -> [[String]] {
        let all = Array(texts)
        return stride(from: 0, to: all.count, by: 5000).map { Array(all[$0..<min($0 + 5000, all.count)]) }
    }
}

/// The photos and people of a collection, as they were at a revision.
struct RowKnown: Sendable {
    var revision: Int
    /// Digests.
    var photos: Set<String> = []
    var people: [String: Int64] = [:]

    init(revision: Int) { self.revision = revision }
}
