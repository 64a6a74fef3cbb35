import DeepFace
import Testing

/// The parts that faces are followed with.
struct TrackPartsTests {
    @Test func theBestPairsAreFound() {
        for number in 0..<200 {
            let (rows, columns) = (1 + number % 5, 1 + number / 5 % 5)
            let affinities = (0..<rows).map { row in
                (0..<columns).map { Stream.value(number, row * columns + $0) }
            }
            let found = Assignment.best(affinities, columns: columns, least: 0.3)
            let taken = found.compactMap(\.self)
            #expect(found.count == rows && Set(taken).count == taken.count)
            let sum = zip(affinities, found).reduce(0.0) { sum, pair in sum + (pair.1.map { pair.0[$0] } ?? 0) }
            #expect(zip(affinities, found).allSatisfy { row, column in column.map { row[$0] >= 0.3 } ?? true })
            #expect(abs(sum - Self.best(affinities[...], Set(0..<columns))) < 1e-9, "\(affinities)")
        }
        #expect(Assignment.best([], columns: 3, least: 0).isEmpty)
        #expect(Assignment.best([[], []], columns: 0, least: 0) == [nil, nil])
    }

    /// By trying all.
    private static func best(_ rows: ArraySlice<[Double]>, _ free: Set<Int>) -> Double {
        guard let row = rows.first else { return 0 }
        var most = best(rows.dropFirst(), free)
        for column in free where row[column] >= 0.3 {
            most = max(most, row[column] + best(rows.dropFirst(), free.subtracting([column])))
        }
        return most
    }

    @Test func boxesMoveOn() {
        var motion = BoxMotion(Box(x: 0, y: 50, width: 60, height: 80))
        for number in 1...30 {
            motion.advance(seconds: 1 / 30.0)
            motion.correct(Box(x: 6 * number, y: 50, width: 60 + number, height: 80))
        }
        // A third of a second without a frame.
        motion.advance(seconds: 1 / 3.0)
        #expect(abs(motion.place.left - 6 * 40) < 12 && abs(motion.place.top - 50) < 2)
        #expect(abs(motion.place.width - 100) < 6 && abs(motion.place.height - 80) < 2)
        motion.keepSize()
        let width = motion.place.width
        motion.advance(seconds: 1)
        #expect(motion.place.width == width)
    }

    @Test func votesAreWeighedByQuality() {
        var vote = TrackVote()
        #expect(vote.winner == nil)
        vote.add(Recognition(person: "Bob", distance: 0.5), quality: 0.2)
        #expect(vote.winner?.person == "Bob")
        vote.add(Recognition(person: "Ada", distance: 0.4), quality: 0.9)
        vote.add(nil, quality: 0.9)
        #expect(vote.winner == Recognition(person: "Ada", distance: 0.4) && vote.count == 3)
        vote.add(Recognition(person: "Ada", distance: 0.3), quality: 0.1)
        #expect(vote.winner?.distance == 0.3)
        for _ in 0..<2 { vote.add(nil, quality: 0.9) }
        #expect(vote.winner == nil, "most views are like nobody's")
    }

    @Test func facesThatLookAsideAreWorse() {
        func landmarks(nose: Double) -> Landmarks {
            Landmarks(
                leftEye: Point(x: 70, y: 40), rightEye: Point(x: 30, y: 40), nose: Point(x: nose, y: 60))
        }
        #expect(FaceView.frontality(landmarks(nose: 50)) == 1)
        #expect(abs(FaceView.frontality(landmarks(nose: 60)) - 0.5) < 1e-9)
        #expect(FaceView.frontality(landmarks(nose: 75)) == 0)
        func quality(_ side: Int, _ score: Double, nose: Double) -> Double {
            FaceView.quality(
                DetectedFace(
                    box: Box(x: 0, y: 0, width: side, height: side), landmarks: landmarks(nose: nose), score: score))
        }
        #expect(quality(224, 1, nose: 50) == 1 && quality(56, 1, nose: 50) == 0.5)
        #expect(quality(200, 0.5, nose: 60) == 0.25)
    }

    @Test func cutsAreSeen() {
        func frame(_ shift: Int, inverted: Bool = false) -> Image {
            var pixels: [UInt8] = []
            for y in 0..<90 {
                for x in 0..<160 {
                    let value = UInt8((2 * (x + shift) + y) % 200)
                    for _ in 0..<3 { pixels.append(inverted ? 255 - value : value) }
                }
            }
            return Image(width: 160, height: 90, bgr: pixels)
        }
        var cut = SceneCut()
        var seen: [Bool] = []
        for shift in [0, 1, 2, 4] { seen.append(cut.sees(frame(shift))) }
        for shift in [4, 5] { seen.append(cut.sees(frame(shift, inverted: true))) }
        #expect(seen == [false, false, false, false, true, false])
        var dark = SceneCut()
        let black = Color(blue: 0, green: 0, red: 0)
        _ = dark.sees(Image(filledWith: black, width: 64, height: 36))
        let noise = dark.sees(Image(filledWith: Color(blue: 4, green: 4, red: 4), width: 64, height: 36))
        #expect(!noise)
    }

    @Test func pythonsRhythm() {
        var style = PythonStyle()
        var steps: [PythonStyle.Step] = []
        // A face is there from the third frame on, ten frames a second.
        for number in 0..<70 { steps.append(style.step(faces: number < 2 ? 0 : 1, at: Double(number) / 10)) }
        #expect(steps[..<6].allSatisfy { $0 == .watching } && steps[6] == .look)
        #expect(steps[7..<56].allSatisfy { $0 == .held }, "for five seconds")
        #expect(steps[56..<60].allSatisfy { $0 == .watching } && steps[60] == .look)
        var empty = PythonStyle()
        // Four frames with a face, one without: never five.
        for number in 0..<50 {
            let step = empty.step(faces: number % 5 == 4 ? 0 : 2, at: Double(number) / 10)
            #expect(step == .watching)
        }
    }

    @Test func readingsAreAveraged() {
        var readings = TrackReadings()
        #expect(readings.isReal == nil && readings.age == nil && readings.count == 0)
        readings.add(Liveness(isReal: false, score: 0.6))
        readings.add(Liveness(isReal: true, score: 0.99))
        #expect(readings.isReal == true)
        readings.add(Liveness(isReal: false, score: 0.99))
        #expect(readings.isReal == false)
    }
}
