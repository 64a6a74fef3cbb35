/// The order in which Keras writes a network's layers into a weights file, and so the only way to tell whose tensor is
/// whose: layers' names change from one session to the next.
extension KerasNetwork {
    /// All layers, those furthest from the end first; among equally far ones, as a walk back from the end meets them.
    /// Source: `_map_graph_network` in tf_keras/src/engine/functional.py.
    func fileOrder() -> [Int] {
        var walk = Walk(network: self)
        for output in fileOutputs ?? outputs { walk.visit(output.index) }
        var depths: [Int: Int] = [:]
        for index in walk.finished.reversed() {
            let depth = depths[index, default: 0]
            depths[index] = depth
            for input in layers[index].inputs {
                depths[input.index] = max(depths[input.index, default: 0], depth + 1)
            }
        }
        return walk.met.keys.sorted { a, b in
            let (deep, other) = (depths[a, default: 0], depths[b, default: 0])
            return deep == other ? walk.met[a, default: 0] < walk.met[b, default: 0] : deep > other
        }
    }

    private struct Walk {
        let network: KerasNetwork
        /// When each layer was first met.
        var met: [Int: Int] = [:]
        /// Each layer behind all that it needs.
        var finished: [Int] = []

        mutating func visit(_ index: Int) {
            guard met[index] == nil else { return }
            met[index] = met.count
            for input in network.layers[index].inputs { visit(input.index) }
            finished.append(index)
        }
    }
}
