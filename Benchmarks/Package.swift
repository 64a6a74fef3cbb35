// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Benchmarks",
    dependencies: [.package(name: "deepface-swift", path: "..")],
    targets: [
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                .product(name: "DeepFace", package: "deepface-swift"),
                .product(name: "Inference", package: "deepface-swift"),
            ])
    ]
)
