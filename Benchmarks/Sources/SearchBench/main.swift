import FaceLike
import Foundation

let arguments = CommandLine.arguments
let folder = URL(fileURLWithPath: arguments[3])
let gallery = FaceLike(dimensions: Int(arguments[2])!)
let count = Int(arguments[1])!
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
let data = SearchData(gallery: gallery, count: count, probes: 1000)
try data.write(to: folder)
