import DeepFace
import Foundation

extension Backend {
    /// Loads the models and lets them see a picture, so that the first request need not wait.
    func warm() async {
        do throws(DeepFaceError) {
            try await warm(deepface.options)
            for model in settings.preloadedModels {
                var options = deepface.options
                (options.model, options.alignment) = (model, nil)
                try await warm(options)
            }
            for detector in settings.preloadedDetectors {
                var options = deepface.options
                options.detector = detector
                try await warm(options)
            }
            for (_, ensemble) in ensembles { try await ensemble.warm() }
            phase.move(to: .ready)
            logger.info("ready")
        } catch {
            // The server leaves already.
            if error.code == .cancelled { return }
            phase.move(to: .impaired(error))
            logger.error("not all models are there: \(error)")
        }
    }

    private func warm(_ options: Options) async throws(DeepFaceError) {
        var options = options
        options.enforceDetection = false
        let grey = Image(width: 128, height: 128, bgr: [UInt8](repeating: 128, count: 128 * 128 * 3))
        _ = try await deepface.represent(.pixels(grey), options: options)
    }
}
