import Foundation

/// Alignment by the eyes alone, to the pixel as Python DeepFace does it (modules/detection.py): the image gets a black
/// border of half its size before detection, the face's surroundings are turned until the eyes are level, and the box,
/// projected through the turn, is cut out.
package enum EyeRotation {
    /// The border on each side: half the width and half the height, rounded down.
    package static func border(of image: Image) -> (horizontal: Int, vertical: Int) {
        (image.width / 2, image.height / 2)
    }

    /// The face in `box`, turned so that its eyes are level; as it is when an eye is unknown.
    ///
    /// - Parameter landmarks: the eyes' coordinates are taken as whole numbers.
    /// - Returns: `nil` when nothing of the box lies in the image.
    package static func face(in box: Box, landmarks: Landmarks, of image: Image) throws(DeepFaceError) -> Image? {
        guard box.width > 0, box.height > 0 else { return nil }
        let (surroundings, relativeX, relativeY) = surroundings(of: box, in: image)
        let angle = angle(landmarks)
        let turned =
            angle == 0
            ? surroundings
            : try surroundings.rotated(
                degrees: angle, about: Point(x: Double(surroundings.width / 2), y: Double(surroundings.height / 2)))
        let face = project(
            Box(x: relativeX, y: relativeY, width: box.width, height: box.height), angle: angle,
            width: surroundings.width, height: surroundings.height)
        return turned.cropped(to: face)
    }

    /// The tilt of the eye line in degrees; 0 when an eye is unknown.
    package static func angle(_ landmarks: Landmarks) -> Double {
        guard let left = landmarks.leftEye, let right = landmarks.rightEye else { return 0 }
        return atan2(left.y - right.y, left.x - right.x) * 180 / .pi
    }

    /// The box grown by half its size on each side, black outside the image, and where the box begins in it.
    package static func surroundings(of box: Box, in image: Image) -> (image: Image, x: Int, y: Int) {
        let relativeX = box.width / 2
        let relativeY = box.height / 2
        let grown = Box(
            x: box.x - relativeX, y: box.y - relativeY, width: box.width + 2 * relativeX,
            height: box.height + 2 * relativeY)
        return (image.cutWithBlack(grown), relativeX, relativeY)
    }

    /// Where `box` comes to lie when its `width` × `height` image is turned by `angle` degrees: its centre turns, its
    /// sides stay. Coordinates are cut to whole numbers and to the image.
    package static func project(_ box: Box, angle: Double, width: Int, height: Int) -> Box {
        let direction: Double = angle >= 0 ? 1 : -1
        let degrees = abs(angle).truncatingRemainder(dividingBy: 360)
        guard degrees != 0 else { return box }
        let radians = degrees * .pi / 180
        let (left, top) = (Double(box.x), Double(box.y))
        let (right, bottom) = (Double(box.x + box.width), Double(box.y + box.height))
        let x = (left + right) / 2 - Double(width) / 2
        let y = (top + bottom) / 2 - Double(height) / 2
        let turnedX = x * cos(radians) + y * direction * sin(radians) + Double(width) / 2
        let turnedY = -x * direction * sin(radians) + y * cos(radians) + Double(height) / 2
        let x1 = max(Int(turnedX - (right - left) / 2), 0)
        let y1 = max(Int(turnedY - (bottom - top) / 2), 0)
        let x2 = min(Int(turnedX + (right - left) / 2), width)
        let y2 = min(Int(turnedY + (bottom - top) / 2), height)
        return Box(x: x1, y: y1, width: max(0, x2 - x1), height: max(0, y2 - y1))
    }
}
