/// How a face's box moves: its centre and its sides, each followed by a Kalman filter of constant velocity, with the
/// noises of ByteTrack (Zhang et al., ECCV 2022; yolox/tracker/kalman_filter.py), which grow with the face.
///
/// With independent noises ByteTrack's one filter of eight numbers is four of two. Time is in seconds here, so that frames
/// may be left out.
package struct BoxMotion: Sendable, Equatable {
    private var x, y, width, height: Coordinate

    package init(_ box: Box) {
        let side = Double(max(1, box.height))
        func coordinate(_ value: Double) -> Coordinate { Coordinate(value, side: side) }
        let place = Rectangle(box)
        x = coordinate((place.left + place.right) / 2)
        y = coordinate((place.top + place.bottom) / 2)
        width = coordinate(place.width)
        height = coordinate(place.height)
    }

    /// Where the box should be now.
    package var place: Rectangle {
        let (w, h) = (max(1, width.value), max(1, height.value))
        return Rectangle(left: x.value - w / 2, top: y.value - h / 2, right: x.value + w / 2, bottom: y.value + h / 2)
    }

    /// Goes on by so many seconds.
    package mutating func advance(seconds: Double) {
        let side = max(1, height.value)
        x.advance(seconds, side: side)
        y.advance(seconds, side: side)
        width.advance(seconds, side: side)
        height.advance(seconds, side: side)
    }

    /// Takes in where the box was found.
    package mutating func correct(_ box: Box) {
        let side = max(1, height.value)
        let found = Rectangle(box)
        x.correct((found.left + found.right) / 2, side: side)
        y.correct((found.top + found.bottom) / 2, side: side)
        width.correct(found.width, side: side)
        height.correct(found.height, side: side)
    }

    /// Holds the size: what is not seen is not to grow.
    package mutating func keepSize() {
        width.stop()
        height.stop()
    }
}

/// A number and its change, with their covariance.
private struct Coordinate: Sendable, Equatable {
    private(set) var value: Double
    private var velocity = 0.0
    private var variance, velocityVariance: Double
    private var covariance = 0.0

    /// ByteTrack's noises are those of a frame; it is taken for a thirtieth of a second.
    private static let framesPerSecond = 30.0
    private static let placeNoise = 1 / 20.0
    private static let velocityNoise = 1 / 160.0

    init(_ value: Double, side: Double) {
        self.value = value
        let (place, speed) = (2 * Self.placeNoise * side, 10 * Self.velocityNoise * side)
        (variance, velocityVariance) = (place * place, speed * speed)
    }

    mutating func advance(_ seconds: Double, side: Double) {
        let frames = max(0, seconds) * Self.framesPerSecond
        let (place, speed) = (Self.placeNoise * side, Self.velocityNoise * side)
        value += velocity * frames
        variance += 2 * frames * covariance + frames * frames * velocityVariance + place * place * frames
        covariance += frames * velocityVariance
        velocityVariance += speed * speed * frames
    }

    mutating func correct(_ found: Double, side: Double) {
        let noise = Self.placeNoise * side
        let all = variance + noise * noise
        let (gain, velocityGain) = (variance / all, covariance / all)
        let error = found - value
        value += gain * error
        velocity += velocityGain * error
        velocityVariance -= velocityGain * covariance
        covariance *= 1 - gain
        variance *= 1 - gain
    }

    mutating func stop() { velocity = 0 }
}
