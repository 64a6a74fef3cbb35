import Foundation
import NIOCore

/// Whether an address is one of the open network: not of this machine, not of a private network, not of a link, and
/// not set aside for something else (IANA's special-purpose registries).
package enum PublicAddress {
    package static func contains(_ address: SocketAddress) -> Bool {
        switch address {
        case .v4(let address):
            return withUnsafeBytes(of: address.address.sin_addr) { contains(v4: Array($0)) }
        case .v6(let address):
            return withUnsafeBytes(of: address.address.sin6_addr) { contains(v6: Array($0)) }
        case .unixDomainSocket: return false
        }
    }

    private static func contains(v4 a: [UInt8]) -> Bool {
        switch (a[0], a[1], a[2]) {
        case (0, _, _), (10, _, _), (127, _, _), (169, 254, _), (172, 16...31, _), (192, 168, _), (192, 0, 0),
            (192, 0, 2), (192, 88, 99), (198, 18...19, _), (198, 51, 100), (203, 0, 113), (100, 64...127, _),
            (224..., _, _):
            return false
        default: return true
        }
    }

    private static func contains(v6 a: [UInt8]) -> Bool {
        let zeros = { (range: Range<Int>) in a[range].allSatisfy { $0 == 0 } }
        // An IPv4 address in another dress: mapped, compatible, NAT64, 6to4.
        if zeros(0..<10), a[10] == 0xFF, a[11] == 0xFF { return contains(v4: Array(a[12...])) }
        if a[..<4].elementsEqual([0, 0x64, 0xFF, 0x9B]) { return zeros(4..<12) && contains(v4: Array(a[12...])) }
        if a[0] == 0x20, a[1] == 0x02 { return contains(v4: Array(a[2..<6])) }
        // Global unicast is 2000::/3; of it 2001::/23 (Teredo and others) and 2001:db8::/32 are set aside.
        guard a[0] & 0xE0 == 0x20 else { return false }
        if a[0] == 0x20, a[1] == 0x01 { return a[2] >= 2 && !(a[2] == 0x0D && a[3] == 0xB8) }
        return !(a[0] == 0x3F && a[1] == 0xFF)
    }
}
