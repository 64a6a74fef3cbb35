import DeepFace

guard CommandLine.arguments.count == 3 else { fatalError("usage: VerifyTwoPhotos PHOTO PHOTO") }

let deepface = try DeepFace()
let result = try await deepface.verify(CommandLine.arguments[1], CommandLine.arguments[2])
print(result.verified, result.distance)
