import DeepFace
import Foundation
import Testing

/// Damaged files of dlib: always a value or a `WeightFileError`, never a crash or an absurd allocation. Deterministic.
@Suite("dlib's files: damaged files")
struct DlibMutationTests {
    /// Bytes as dlib writes them.
    struct Writer {
        var data = Data()

        mutating func integer(_ value: Int) {
            var bytes: [UInt8] = []
            var rest = value.magnitude
            repeat {
                bytes.append(UInt8(rest & 0xff))
                rest >>= 8
            } while rest > 0
            data.append(UInt8(bytes.count) | (value < 0 ? 0x80 : 0))
            data.append(contentsOf: bytes)
        }

        /// A 256th of `value`.
        mutating func fraction(_ value: Int) {
            integer(value)
            integer(-8)
        }

        mutating func column(_ count: Int) {
            integer(-count)
            integer(-1)
            for index in 0..<count { fraction(index * 20) }
        }
    }

    /// Two cascades of three small trees.
    static let predictor: Data = {
        var file = Writer()
        file.integer(1)
        file.column(10)
        file.integer(2)
        for _ in 0..<2 {
            file.integer(3)
            for tree in 0..<3 {
                file.integer(3)
                for split in 0..<3 {
                    file.integer(split)
                    file.integer(tree + 1)
                    file.fraction(split * 9 - 4)
                }
                file.integer(4)
                for _ in 0..<4 { file.column(10) }
            }
        }
        file.integer(2)
        for _ in 0..<2 {
            file.integer(4)
            for pixel in 0..<4 { file.integer(pixel) }
        }
        file.integer(2)
        for _ in 0..<2 {
            file.integer(4)
            for number in 0..<8 { file.fraction(number * 11) }
        }
        return file.data
    }()

    /// Opens the predictor and asks it for points; returns whether it could be opened.
    func survives(_ data: Data) -> Bool {
        do throws(WeightFileError) {
            let predictor = try FivePointPredictor(data, file: "damaged.dat")
            let image = Stream.smooth(height: 40, width: 40)
            let corners = try? predictor.corners(of: Box(x: 5, y: 5, width: 30, height: 30), in: image)
            #expect(corners.map { $0.noseBase.x.isFinite } ?? true)
            return true
        } catch {
            #expect(!error.description.contains("\n"))
            return false
        }
    }

    @Test("every truncation of a small shape predictor is refused, and so is what is none")
    func truncations() {
        #expect(survives(Self.predictor))
        for length in 0..<Self.predictor.count {
            #expect(!survives(Self.predictor.prefix(length)), "the first \(length) bytes")
        }
        #expect(!survives(Data(count: 10_000)))
        #expect(!survives(KerasFixture.saveWeights))
    }

    @Test("mutations of a small shape predictor")
    func mutations() {
        var mutator = Mutator(seed: 20_250_303)
        var opened = 0
        for _ in 0..<Fuzz.count(2000) {
            opened += survives(mutator.mutate(Self.predictor, at: 0..<Self.predictor.count)) ? 1 : 0
        }
        #expect(opened > 0 && opened < Fuzz.count(2000) * 3 / 4, "\(opened) opened")
    }

    static let networks: [(network: DlibParameters.Network, file: String, layers: [String])] = [
        (
            .resNet, "dlib_face_recognition_resnet_model_v1.dat",
            ["con_4", "affine_", "fc_2", "relu_", "max_pool_2", "avg_pool_2"]
        ),
        (
            .mmod, "mmod_human_face_detector.dat",
            ["con_4", "bn_con2", "relu_", "input_rgb_image_pyramid", "loss_mmod_"]
        ),
    ]

    static let areInstalled = networks.allSatisfy {
        FileManager.default.fileExists(atPath: WeightStore().folder.appending(path: $0.file).path)
    }

    @Test(
        "mutations of the published networks, at their layers' heads",
        .enabled(
            if: areInstalled, "skipped: dlib's networks are not there; run: deepface models pull Dlib dlib-cnn"),
        arguments: networks.indices)
    func network(_ index: Int) throws {
        let (network, file, layers) = Self.networks[index]
        let data = try Data(contentsOf: WeightStore().folder.appending(path: file))
        // Sizes stand before and behind a layer's numbers, and these behind its name.
        var places = Array(0..<2000)
        for name in layers {
            var start = data.startIndex
            while let found = data.range(of: Data(name.utf8), in: start..<data.endIndex) {
                places += max(0, found.lowerBound - 60)..<(found.upperBound + 24)
                start = found.upperBound
            }
        }
        func survives(_ data: Data) -> Bool {
            do throws(WeightFileError) {
                _ = try DlibParameters(data, of: network, file: "damaged.dat")
                return true
            } catch {
                #expect(!error.description.contains("\n"))
                return false
            }
        }
        for length in [0, 1, 20, 100, 1000, 100_000, data.count / 2, data.count - 1] {
            #expect(!survives(data.prefix(length)))
        }
        var mutator = Mutator(seed: 20_250_304)
        // Fewer than of other files: it has 22 MB, and those that pass are read in whole.
        for _ in 0..<(Fuzz.isThorough ? 1000 : 60) { _ = survives(mutator.mutate(data, at: places)) }
    }
}
