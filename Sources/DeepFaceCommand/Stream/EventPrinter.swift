import DeepFace
import Foundation
import Video

/// Prints events as they come: a line of JSON each, or one for people.
struct EventPrinter {
    let pretty: Bool

    func print(_ event: StreamEvent) throws(DeepFaceError) {
        do {
            if pretty { try Output.print(table: [cells(event)]) } else { try Output.print(event) }
        } catch let error as DeepFaceError {
            throw error
        } catch {
            throw DeepFaceError(.engine, "\(error)")
        }
    }

    private func cells(_ event: StreamEvent) -> [String] {
        var words = event.track.map { ["#\($0)"] } ?? []
        words += [event.source, event.person, event.reason].compactMap(\.self)
        if let distance = event.distance { words.append("distance \(distance)") }
        if let box = event.box { words.append("\(box.w) x \(box.h) at (\(box.x), \(box.y))") }
        if let isReal = event.isReal { words.append(isReal ? "live" : "not live") }
        if let readings = event.readings {
            words += [
                readings.age.map { "\($0) years" }, readings.dominantGender, readings.dominantEmotion,
                readings.dominantRace,
            ].compactMap(\.self)
        }
        if let width = event.width, let height = event.height { words.append("\(width) x \(height)") }
        if let summary = event.summary {
            words.append("\(summary.frames) frames, \(summary.fps) a second, \(summary.dropped) dropped")
            words.append("\(summary.embeddings) embeddings of \(summary.tracks) faces")
            if let half = summary.latencyP50, let most = summary.latencyP95 {
                words.append("\(half) ms, 95 % within \(most) ms")
            }
        }
        return [
            String(format: "%9.2f s", event.time),
            event.kind.rawValue.padding(toLength: 11, withPad: " ", startingAt: 0),
            words.joined(separator: ", "),
        ]
    }
}
