// swift-tools-version: 6.2
import PackageDescription

/// `DEEPFACE_STRICT=1` (set by the Makefile) turns our own warnings into errors; users of the package never see it.
let strict = Context.environment["DEEPFACE_STRICT"] == "1"
let swiftSettings: [SwiftSetting] = strict ? [.treatAllWarnings(as: .error)] : []

let package = Package(
    name: "deepface-swift",
    products: [
        .library(name: "DeepFace", targets: ["DeepFace"]),
        .library(name: "Inference", targets: ["Inference"]),
        .library(name: "RemoteSources", targets: ["RemoteSources"]),
        .library(name: "Ensemble", targets: ["Ensemble"]),
        .library(name: "TemplateProtection", targets: ["TemplateProtection"]),
        .library(name: "VectorIndex", targets: ["VectorIndex"]),
        .library(name: "Video", targets: ["Video"]),
        .library(name: "FaceStores", targets: ["FaceStores"]),
        .library(name: "DeepFaceServer", targets: ["DeepFaceServer"]),
        .executable(name: "deepface", targets: ["DeepFaceCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.100.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/attaswift/BigInt", from: "6.0.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.0"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.0"),
        .package(url: "https://github.com/grpc/grpc-swift-protobuf", from: "2.4.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
    ],
    targets: [
        // System libraries and the plain-C fronts of C and C++ ones.
        .systemLibrary(name: "COpenVINO", pkgConfig: "openvino"),
        .systemLibrary(name: "COpenCV", pkgConfig: "opencv4"),
        .systemLibrary(name: "CLibHDF5", pkgConfig: "hdf5"),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq"),
        .systemLibrary(name: "CHiredis"),
        .systemLibrary(name: "CXGBoost"),
        .target(
            name: "CImageCodecs",
            linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png"), .linkedLibrary("webp")]
        ),
        .target(name: "CVision", dependencies: ["COpenCV"]),
        .target(name: "CVideo", dependencies: ["COpenCV"]),
        .target(name: "CHDF5", dependencies: ["CLibHDF5"]),
        .target(
            name: "CDlib",
            linkerSettings: [.linkedLibrary("dlib"), .linkedLibrary("blas"), .linkedLibrary("lapack")]
        ),
        .target(name: "CVectorScan"),
        .target(
            name: "CFaiss",
            cxxSettings: [.headerSearchPath("omp")],
            linkerSettings: [
                .linkedLibrary("faiss"), .linkedLibrary("blas"), .linkedLibrary("lapack"), .linkedLibrary("gomp"),
            ]
        ),

        // Search: vectors and ids, no face in it.
        .target(name: "VectorIndex", dependencies: ["CVectorScan", "CFaiss"], swiftSettings: swiftSettings),

        // The pipeline.
        .target(name: "Inference", dependencies: ["COpenVINO"], swiftSettings: swiftSettings),
        .target(
            name: "DeepFace",
            dependencies: [
                "Inference", "VectorIndex", "CVision", "CDlib", "CImageCodecs", "CHDF5",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "RemoteSources",
            dependencies: [
                "DeepFace",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: swiftSettings
        ),
        .target(name: "Video", dependencies: ["DeepFace", "CVideo"], swiftSettings: swiftSettings),
        .target(name: "Ensemble", dependencies: ["DeepFace", "CXGBoost"], swiftSettings: swiftSettings),
        .target(
            name: "TemplateProtection",
            dependencies: [
                "DeepFace",
                .product(name: "BigInt", package: "BigInt"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "FaceStores",
            dependencies: [
                "DeepFace", "VectorIndex", "CHiredis", "CPostgres",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRPCCore", package: "grpc-swift-2"),
                .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
                .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["Milvus/Protocol/milvus.proto"],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "DeepFaceServer",
            dependencies: [
                "DeepFace", "Ensemble", "FaceStores", "RemoteSources",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ],
            resources: [.embedInCode("Contract"), .embedInCode("Web")],
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "DeepFaceCommand",
            dependencies: [
                "DeepFace", "DeepFaceServer", "Ensemble", "FaceStores", "Inference", "RemoteSources",
                "TemplateProtection", "VectorIndex", "Video",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: swiftSettings
        ),

        // What tests share.
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: swiftSettings),
        .testTarget(
            name: "VectorIndexTests", dependencies: ["VectorIndex", "CVectorScan", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(name: "InferenceTests", dependencies: ["Inference"], swiftSettings: swiftSettings),
        .testTarget(
            name: "DeepFaceTests",
            dependencies: [
                "DeepFace", "Inference", "RemoteSources", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "VideoTests", dependencies: ["Video", "DeepFace", "TestSupport"], swiftSettings: swiftSettings),
        .testTarget(
            name: "EnsembleTests", dependencies: ["Ensemble", "DeepFace", "TestSupport"], swiftSettings: swiftSettings),
        .testTarget(
            name: "TemplateProtectionTests", dependencies: ["TemplateProtection", "DeepFace", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "FaceStoresTests", dependencies: ["FaceStores", "DeepFace", "VectorIndex", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "DeepFaceServerTests",
            dependencies: [
                "DeepFaceServer", "DeepFace", "FaceStores", "RemoteSources", "TestSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "DeepFaceCommandTests",
            dependencies: ["DeepFaceCommand", "DeepFace", "FaceStores", "TestSupport"],
            swiftSettings: swiftSettings
        ),
    ],
    cxxLanguageStandard: .cxx17
)
