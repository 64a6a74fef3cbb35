/// The group that most faces of each person are in: the person's home.
struct Homes {
    private var homes: [String: Int] = [:]

    init(_ clusters: [CollectionClusters.Group]) {
        var most: [String: Int] = [:]
        for cluster in clusters {
            for share in cluster.people where share.faces > most[share.person] ?? 0 {
                (most[share.person], homes[share.person]) = (share.faces, cluster.id)
            }
        }
    }

    /// People who have one home.
    var duplicates: [CollectionClusters.Duplicate] {
        Dictionary(grouping: homes.keys) { homes[$0] ?? 0 }.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }
            .map { CollectionClusters.Duplicate(people: $0.value.sorted(), cluster: $0.key) }
    }

    /// Faces in the home of another person, away from their own.
    func misplaced(_ clusters: [CollectionClusters.Group]) -> [CollectionClusters.Misplaced] {
        var misplaced: [CollectionClusters.Misplaced] = []
        for cluster in clusters {
            guard let host = cluster.people.first(where: { homes[$0.person] == cluster.id }) else { continue }
            for face in cluster.members where homes[face.person] != cluster.id {
                misplaced.append(
                    CollectionClusters.Misplaced(
                        id: face.id, person: face.person, nearer: host.person, image: face.image))
            }
        }
        return misplaced
    }
}
