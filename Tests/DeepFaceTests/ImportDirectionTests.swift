import Foundation
import Testing

/// Who may import whom (the architecture's one-way street).
struct ImportDirectionTests {
    /// Our own modules, and the outer ones that only some rooms may see.
    static let allowed: [String: Set<String>] = [
        "VectorIndex": ["CVectorScan", "CFaiss"],
        "Inference": ["COpenVINO"],
        "DeepFace": ["Inference", "VectorIndex", "CVision", "CDlib", "CImageCodecs", "CHDF5", "Crypto", "Yams"],
        "RemoteSources": ["DeepFace", "AsyncHTTPClient", "NIOCore", "Subprocess", "System", "SystemPackage"],
        "Video": ["DeepFace", "CVideo"],
        "Ensemble": ["DeepFace", "CXGBoost"],
        "TemplateProtection": ["DeepFace", "BigInt", "Crypto"],
        "FaceStores": [
            "DeepFace", "VectorIndex", "AsyncHTTPClient", "CHiredis", "CPostgres", "Crypto", "GRDB", "GRPCCore",
            "GRPCNIOTransportHTTP2Posix", "GRPCProtobuf", "NIOCore", "Subprocess", "SwiftProtobuf", "System",
            "SystemPackage",
        ],
        "DeepFaceServer": [
            "DeepFace", "Ensemble", "FaceStores", "RemoteSources", "Crypto", "HTTPTypes", "Hummingbird",
            "HummingbirdCore",
            "Logging", "Metrics", "NIOCore", "NIOHTTP1", "NIOHTTPTypes", "NIOHTTPTypesHTTP1", "NIOPosix",
            "NIOWebSocket",
            "ServiceLifecycle", "Yams",
        ],
        "DeepFaceCommand": [
            "DeepFace", "DeepFaceServer", "Ensemble", "FaceStores", "VectorIndex", "Inference", "RemoteSources",
            "TemplateProtection", "Video", "ArgumentParser", "Configuration", "Logging",
        ],
    ]
    static let standard: Set<String> = ["Foundation", "FoundationEssentials", "Synchronization", "Dispatch"]

    @Test func nothingImportsUpward() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources")
        let modules = try FileManager.default.contentsOfDirectory(atPath: sources.path).filter { !$0.hasPrefix("C") }
        #expect(Set(modules) == Set(Self.allowed.keys), "a new module needs a line in this test")
        var files = 0
        for module in modules {
            let allowed = (Self.allowed[module] ?? []).union(Self.standard)
            let walk = FileManager.default.enumerator(
                at: sources.appending(path: module), includingPropertiesForKeys: nil)
            for case let file as URL in try #require(walk) where file.pathExtension == "swift" {
                files += 1
                for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                    guard let match = line.firstMatch(of: /^\s*(?:@\w+\s+)?import\s+(?:[a-z]\w*\s+)?([A-Z]\w*)/) else {
                        continue
                    }
                    #expect(allowed.contains(String(match.1)), "\(module)/\(file.lastPathComponent) imports \(match.1)")
                }
            }
        }
        #expect(files > 40)
    }
}
