import FaceLike
import VectorIndex

print(FaceLike().vectors(0..<3).count)
