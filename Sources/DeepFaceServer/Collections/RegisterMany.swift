import DeepFace
import FaceStores
import Hummingbird
import NIOCore
import NIOHTTP1

extension Route {
    static let registerMany = Route(.post, "/v1/collections/{collection}/register", .role(.write)) { call in
        let place = try await CollectionCall(call)
        try FormReader.check(call.request, limit: call.backend.settings.limits.bulkBytes)
        let reader: any BulkReader
        switch FormReader.kind(of: call.request) {
        case .multipart(let type): reader = try BulkParts(type, call.backend)
        case .lines: reader = BulkLines(call.backend)
        default:
            throw Problem.unsupported(
                call.request.headers[.contentType], "multipart/form-data or application/x-ndjson")
        }
        try call.backend.phase.checkIsWarm()
        var form = Form()
        for name in ["attributes", "min_quality"] + Attribute.allCases.map({ "\($0.rawValue)_model" }) {
            form.fields[name] = call.query(name).map { .text($0) }
        }
        let options = try place.options(call, form)
        let attributes = try form.words("attributes").map { try form.attributeModels($0) } ?? []
        let registration = BulkRegistration(call: call, place: place, options: options, attributes: attributes)
        return Response(
            status: .ok, headers: [.contentType: "application/x-ndjson"],
            body: ResponseBody { writer in
                // Lines go out on their own: a client that sends all before it reads must not stop the reading.
                let (lines, output) = AsyncStream.makeStream(of: ByteBuffer.self)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        defer { output.finish() }
                        try await registration.run(reader) { output.yield($0) }
                    }
                    for await line in lines { try await writer.write(line) }
                    try await group.waitForAll()
                }
                try await writer.finish(nil)
            })
    }
}

/// Takes photos out of a body as it comes in.
protocol BulkReader: Sendable {
    /// The photos that a piece of the body completes.
    mutating func feed(_ buffer: ByteBuffer) throws(Problem) -> [BulkPhoto]
    /// What was still open at the end of the body.
    mutating func finish() throws(Problem) -> [BulkPhoto]
}

/// A photo to register, or why it is none.
struct BulkPhoto: Sendable {
    var photo: Result<PhotoText, Problem>
    var person = ""
    var keepsPhoto = false

    /// A file, or a text that names one.
    enum PhotoText: Sendable {
        case source(ImageSource)
        case text(String)
    }
}

/// Registers photos as they come in, a portion at a time.
struct BulkRegistration: Sendable {
    let call: Call
    let place: CollectionCall
    let options: Options
    /// What reads attributes off the faces, to be kept with them.
    let attributes: [AttributeModel]

    /// Photos of a portion: what is in the store is told soon.
    private static let portion = 16

    /// - Parameter output: takes the answer, a line at a time.
    func run(_ reader: any BulkReader, _ output: (ByteBuffer) -> Void) async throws {
        var reader = reader
        let limits = call.backend.settings.limits
        var waiting: [BulkPhoto] = []
        var lease = MemoryLease(call.backend.memory)
        var (bytes, photos) = (0, 0)
        do {
            for try await buffer in call.request.body {
                bytes += buffer.readableBytes
                guard bytes <= limits.bulkBytes else { throw Problem.tooLarge(limits.bulkBytes) }
                do throws(Problem) {
                    try lease.take(buffer.readableBytes)
                } catch {
                    guard !waiting.isEmpty else { throw error }
                    try await register(waiting, output)
                    (waiting, lease) = ([], MemoryLease(call.backend.memory))
                    try lease.take(buffer.readableBytes)
                }
                let found = try reader.feed(buffer)
                photos += found.count
                guard photos <= limits.bulkPhotos else {
                    throw Problem.invalid("there are more than \(limits.bulkPhotos) photos")
                }
                waiting += found
                if waiting.count >= Self.portion {
                    try await register(waiting, output)
                    (waiting, lease) = ([], MemoryLease(call.backend.memory))
                }
            }
            try await register(waiting + reader.finish(), output)
        } catch let error as HTTPParserError {
            throw error
        } catch let problem as Problem {
            // What is in the store stays there; the rest is not looked at.
            output(try line(problem))
        } catch let error as DeepFaceError {
            output(try line(Problem(error)))
        }
    }

    /// Registers photos and tells what became of each.
    private func register(_ photos: [BulkPhoto], _ output: (ByteBuffer) -> Void) async throws {
        var lines: [ByteBuffer?] = Array(repeating: nil, count: photos.count)
        for keepsPhotos in [false, true] {
            var (places, sources): ([Int], [PhotoToRegister]) = ([], [])
            for (index, photo) in photos.enumerated() where photo.keepsPhoto == keepsPhotos {
                do {
                    sources.append(PhotoToRegister(try await source(photo), person: photo.person))
                    places.append(index)
                } catch let problem as Problem {
                    lines[index] = try line(problem)
                } catch let error as DeepFaceError {
                    lines[index] = try line(Problem(error))
                }
            }
            guard !sources.isEmpty else { continue }
            var registration = Registration()
            registration.collection = place.collection.name
            registration.keepsPhotos = keepsPhotos
            registration.attributes = attributes
            let results = try await call.backend.work(isPatient: true) { [sources, registration] in
                try await call.backend.deepface.registerPhotos(sources, in: place.store, registration, options: options)
            }
            for (index, result) in zip(places, results) {
                switch result {
                case .success(let faces): lines[index] = try Reply.line(RegisteredReply(faces))
                case .failure(let error): lines[index] = try line(Problem(error))
                }
            }
        }
        for line in lines.compactMap(\.self) { output(line) }
    }

    private func source(_ photo: BulkPhoto) async throws -> ImageSource {
        switch try photo.photo.get() {
        case .source(let source): source
        case .text(let text): try await call.backend.images.source(text, name: "image")
        }
    }

    private func line(_ problem: Problem) throws -> ByteBuffer {
        try Reply.line(["problem": ProblemDocument(problem, call.context.requestID)])
    }
}
