import ArgumentParser

struct Protect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keys for protected templates; compare, renew and encrypt them.",
        discussion: """
            A template protected with a key has the same distances to others of that key, and tells nothing without it. \
            Encrypted ones can be compared by somebody who sees neither face.

            EXAMPLES
              deepface protect keygen turn.key
              deepface represent a.jpg --protect turn.key > a.json
              deepface represent b.jpg --protect turn.key > b.json
              deepface protect compare a.json b.json --pretty
              deepface protect renew a.json --old turn.key --new next.key > a2.json

              deepface protect keypair judge                                        # judge, and judge.pub
              deepface protect encrypt a.json --public-key judge.pub > a.sealed     # where the photo is
              deepface protect distance a.sealed b.json --public-key judge.pub > d  # on the server
              deepface protect decrypt d --key judge --pretty                       # whoever may know the verdict
            """,
        subcommands: [
            ProtectKeygen.self, ProtectCompare.self, ProtectRenew.self, ProtectKeypair.self, ProtectEncrypt.self,
            ProtectDistance.self, ProtectDecrypt.self,
        ])
}
