import Testing
import VectorIndex

struct IDSetTests {
    @Test func holdsWhatWasPutIn() {
        var set = IDSet([3, 64, 1_000_000])
        #expect(set.count == 3 && set.contains(64) && !set.contains(65) && !set.contains(-1))
        set.remove(1_000_000)
        #expect(set == IDSet([64, 3]), "trailing words do not count")
        set.formUnion(IDSet([7, 900]))
        #expect(set == IDSet([3, 7, 64, 900]))
        #expect(!set.isEmpty && IDSet().isEmpty)
    }
}
