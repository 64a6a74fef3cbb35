// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Benchmarks",
    products: [
        .executable(name: "Benchmarks", targets: ["Benchmarks"]),
        .executable(name: "SearchBench", targets: ["SearchBench"]),
        .executable(name: "StoreBench", targets: ["StoreBench"]),
        .library(name: "FaceLike", targets: ["FaceLike"]),
    ],
    dependencies: [.package(name: "deepface-swift", path: "..")],
    targets: [
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                .product(name: "DeepFace", package: "deepface-swift"),
                .product(name: "Inference", package: "deepface-swift"),
                .product(name: "Video", package: "deepface-swift"),
            ]),

        // Search: made-up embeddings, and how fast the nearest of them are found.
        .target(name: "CFaceLike"),
        .target(name: "FaceLike", dependencies: ["CFaceLike"]),
        .executableTarget(
            name: "SearchBench",
            dependencies: ["FaceLike", .product(name: "VectorIndex", package: "deepface-swift")]),

        // Stores of faces, beside the driver alone.
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq"),
        .executableTarget(
            name: "StoreBench",
            dependencies: [
                "CLibPQ", "FaceLike",
                .product(name: "DeepFace", package: "deepface-swift"),
                .product(name: "FaceStores", package: "deepface-swift"),
            ]),
    ]
)
