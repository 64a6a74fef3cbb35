import BigInt
import TemplateProtection

/// Key pairs for tests: made once, since that takes long.
enum KeyPairs {
    /// Of 512 bits: no secret is safe with it.
    static let small = PaillierSecretKey(generating: 512)

    /// Of 2048 bits, known to everybody.
    static let large: PaillierSecretKey = {
        guard let p = BigUInt(first, radix: 16), let q = BigUInt(second, radix: 16),
            let key = PaillierSecretKey(p: p, q: q)
        else { fatalError("no primes") }
        return key
    }()

    private static let first = """
        f9c3f09f2939968e8a78b7f114a7b91c129fc413f7fe88f0361f372af3fe81e82dfdb264345acd8e7976f8ae4240b8150636\
        4639907c2ddd8ffcd1e79c157686efec5703343e622abf112195de8ed5b4a05d28e29d40d220b09f2dd95b674244b2eed694\
        64019966fa89cf7294ba7309ad2aa64b746e3f30eb9aa5c90953c7ab
        """
    private static let second = """
        c31db83f549a5afbf1dde3bafa41cf48ada577dfeeaaab237ee03139db8f00289fae54d5d48e92f12127c0ca1ba287d62b66\
        2357e5a4bfe9f70e44d644f9742a9afe600e1dd48149faa95ef663604b107f0207ce3c3b8d0dc8285d6a8bb881e8a2a06df1\
        b0fc0f82634bbb39bad0abbe6ec43e829492999ee8e90de993e3073b
        """
}
