// swift-tools-version: 6.2
import PackageDescription

// In a package of your own, write the address you get DeepFace from; scripts/check-example.sh sets it to a local clone.
let deepface = Context.environment["DEEPFACE_PACKAGE_URL"] ?? "https://example.com/deepface-swift"

let package = Package(
    name: "VerifyTwoPhotos",
    dependencies: [
        .package(url: deepface, from: "0.1.0")
    ],
    targets: [
        .executableTarget(
            name: "VerifyTwoPhotos",
            dependencies: [.product(name: "DeepFace", package: "deepface-swift")]
        )
    ]
)
