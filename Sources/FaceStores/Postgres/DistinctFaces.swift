/// Faces, each of which may be there several times.
struct DistinctFaces {
    /// Where each of them is for the first time.
    private(set) var first: [Int] = []
    /// For every face, the number of the one that it is among the distinct ones.
    private(set) var numbers: [Int] = []
    private var known: [FacePlace: Int]

    init(_ faces: [NewFace]) {
        known = Dictionary(minimumCapacity: faces.count)
        numbers.reserveCapacity(faces.count)
        first.reserveCapacity(faces.count)
        for (index, face) in faces.enumerated() {
            let place = FacePlace(face.hash, face.facialArea)
            let number = known[place] ?? first.count
            if number == first.count {
                known[place] = number
                first.append(index)
            }
            numbers.append(number)
        }
    }

    /// `nil`: it is not there.
    func number(of face: FacePlace) -> Int? { known[face] }
}
