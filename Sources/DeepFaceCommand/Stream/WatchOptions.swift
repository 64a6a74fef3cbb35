import ArgumentParser
import DeepFace
import Foundation
import Video

/// How `deepface stream` goes through a video.
struct WatchOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Write the video with what was found drawn on, as .mp4, .mkv or .avi.", valueName: "file"))
    var output: String?

    @Flag(help: "Show it in a window; q ends.")
    var show = false

    @Flag(
        inversion: .prefixedNo,
        help: "Look at every frame, however long that takes. (default: of files yes, else only at the newest)")
    var everyFrame: Bool?

    @Option(help: ArgumentHelp("Look at no more frames a second than this.", valueName: "n"))
    var maxFps: Double?

    @Option(
        help: ArgumentHelp(
            "Search the whole picture for faces so often, and between that only where faces are followed; 0: each frame.",
            valueName: "seconds"))
    var searchEvery = TrackSettings().searchInterval

    @Option(help: ArgumentHelp("End after so many seconds.", valueName: "n"))
    var seconds: Double?

    @Option(
        help: ArgumentHelp(
            "Try a camera or an address that was lost again for so many seconds; 0: not.", valueName: "seconds"))
    var reconnect = StreamSettings().reconnect

    @Option(
        help: ArgumentHelp("Read these off faces, separated by commas: age, gender, emotion, race.", valueName: "list"),
        transform: AttributeModelOptions.attributes)
    var attributes: [Attribute]?

    @Flag(
        help: """
            As Python's stream: when faces were there for --frame-threshold frames they are looked at, and the picture is \
            held for --time-threshold seconds; faces wider than 130 pixels count.
            """)
    var pythonStyle = false

    @Option(help: ArgumentHelp("With --python-style. (default: 5)", valueName: "frames"))
    var frameThreshold: Int?

    @Option(help: ArgumentHelp("With --python-style. (default: 5)", valueName: "seconds"))
    var timeThreshold: Double?

    func validate() throws {
        if !pythonStyle, frameThreshold != nil || timeThreshold != nil {
            throw ValidationError("--frame-threshold and --time-threshold go with --python-style")
        }
        if !(0...60).contains(searchEvery) { throw ValidationError("--search-every is a number of seconds, 0 to 60") }
        if let frameThreshold, frameThreshold < 1 { throw ValidationError("--frame-threshold is a number from 1") }
        if let timeThreshold, !(0...1e6).contains(timeThreshold) {
            throw ValidationError("--time-threshold is a number of seconds")
        }
    }

    var settings: StreamSettings {
        var settings = StreamSettings()
        settings.everyFrame = everyFrame
        settings.maximumRate = maxFps
        settings.seconds = seconds
        settings.reconnect = reconnect
        settings.output = output.map { URL(fileURLWithPath: $0) }
        return settings
    }

    var rhythm: PythonStyle {
        var rhythm = PythonStyle()
        if let frameThreshold { rhythm.frames = frameThreshold }
        if let timeThreshold { rhythm.seconds = timeThreshold }
        return rhythm
    }
}
