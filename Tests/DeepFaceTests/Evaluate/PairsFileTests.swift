import DeepFace
import Foundation
import Testing

/// Files of labelled pairs, good and bad.
struct PairsFileTests {
    @Test func lfwWithFolds() throws {
        let text = """
            2\t1
            Abel_Pacheco\t1\t4
            Abdel_Madi_Shabneh\t1\tDean_Barker\t12
            Al_Gore\t2\t3
            Robert Downey Jr\t1\tTommy_Shane\t1

            """
        let pairs = try PairsFile.pairs(inText: text)
        #expect(
            pairs == [
                LabelledPair(
                    "Abel_Pacheco/Abel_Pacheco_0001.jpg", "Abel_Pacheco/Abel_Pacheco_0004.jpg", same: true, fold: 1),
                LabelledPair(
                    "Abdel_Madi_Shabneh/Abdel_Madi_Shabneh_0001.jpg", "Dean_Barker/Dean_Barker_0012.jpg", same: false,
                    fold: 1),
                LabelledPair("Al_Gore/Al_Gore_0002.jpg", "Al_Gore/Al_Gore_0003.jpg", same: true, fold: 2),
                LabelledPair(
                    "Robert Downey Jr/Robert Downey Jr_0001.jpg", "Tommy_Shane/Tommy_Shane_0001.jpg", same: false,
                    fold: 2),
            ])
    }

    @Test func lfwWithACountOnly() throws {
        let pairs = try PairsFile.pairs(inText: "1\r\nA 1 2\r\nA 1 B 1\r\n")
        #expect(pairs.map(\.same) == [true, false] && pairs.allSatisfy { $0.fold == nil })
    }

    @Test func csvInItsForms() throws {
        let comma = try PairsFile.pairs(
            inText: "\u{FEFF}file_x,file_y,Decision,other\na.jpg,b.jpg,Yes,1\n\"c, \"\"d\"\".jpg\", e.jpg ,No,\n")
        #expect(
            comma == [
                LabelledPair("a.jpg", "b.jpg", same: true), LabelledPair("c, \"d\".jpg", "e.jpg", same: false),
            ])
        let words = [("same", "different"), ("TRUE", "False"), ("1", "0"), ("yes", "NO")]
        for (separator, (yes, no)) in zip([";", "\t", ",", ","], words) {
            let rows = [["img1", "img2", "label", "fold"], ["a", "b", yes, "3"], ["a", "c", no, "7"]]
            let text = rows.map { $0.joined(separator: separator) }.joined(separator: "\n\n")
            let pairs = try PairsFile.pairs(inText: text)
            #expect(pairs.map(\.same) == [true, false] && pairs.map(\.fold) == [3, 7])
        }
    }

    @Test(
        arguments: [
            ("", "empty"), (" \n\n", "empty"), ("hello\nworld", "line 1"), ("file_x,file_y\na,b", "line 1"),
            ("file_x,file_y,decision", "no pair"), ("file_x,file_y,decision\na,b,maybe", "line 2: 'maybe'"),
            ("file_x,file_y,decision\n\na,b", "line 3: 2 columns"),
            ("file_x,file_y,decision\na,,yes", "line 2: a photo's name"),
            ("file_x,file_y,decision\n\"a,b,yes", "line 2: a quote"),
            ("file_x,file_y,decision\n\"a\"x,b,yes", "line 2: something follows"),
            ("file_x,file_y,decision,fold\na,b,yes,one", "line 2: the fold 'one'"),
            ("file_x,file_y,decision\na,b,yes\nc,d,yes", "of the same person"),
            ("file_x,file_y,decision\na,b,no", "of different people"),
            ("file_x,file_y,decision\na,b,yes\nb,a,no", "the same person in one line"),
            ("10\t300\nA\t1\t2", "promises 6000 pairs, and it holds 1"), ("0\t5\n", "line 1"),
            ("1\nA 1 2\nA 1 2", "line 3: a pair of two people"), ("1\nA 1 B 2\nA 1 2", "line 2: a pair of one person"),
            ("1\nA 1 x\nA 1 B 1", "line 2: 'A x'"), ("1\nA 0 1\nA 1 B 1", "line 2: 'A 0'"),
            ("1\n../A 1 2\nA 1 B 1", "line 2: '../A 1'"), ("1\nA 1\nA 1 B 1", "not 2"),
            ("99999999 99999999\nA 1 2", "line 1"),
        ])
    func nonsenseIsRefused(text: String, words: String) {
        let error = #expect(throws: DeepFaceError.self) { try PairsFile.pairs(inText: text) }
        #expect(error?.code == .unreadableInput && error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test func whatIsNoFileIsRefused() throws {
        let folder = FileManager.default.temporaryDirectory
        let binary = folder.appending(path: "pairs-\(UUID().uuidString)")
        try Data([0xFF, 0xFE, 0x00]).write(to: binary)
        defer { try? FileManager.default.removeItem(at: binary) }
        for (path, words) in [("/no/such.txt", "no such file"), (folder.path, "directory"), (binary.path, "UTF-8")] {
            let error = #expect(throws: DeepFaceError.self) { try PairsFile.pairs(in: path) }
            #expect(error?.input == path && error?.message.contains(words) == true)
        }
    }

    /// Damaged files are read or refused, and nothing else.
    @Test func damagedFilesDoNotCrash() {
        func lines(_ line: String) -> String { String(repeating: line, count: 20) }
        let lfw = "1\t20\n" + lines("Ab\t1\t4\n") + lines("Ab\t1\tCd\t2\n")
        let csv = "file_x,file_y,decision\n" + lines("a,\"b \"\"c\"\"\", Yes\n") + lines("\"a,1\",c,no\n")
        for good in [Data(lfw.utf8), Data(csv.utf8)] {
            var mutator = Mutator(seed: 7)
            var isRead = false
            for _ in 0..<Fuzz.count(500) {
                let text = String(decoding: mutator.mutate(good, at: 0..<good.count), as: UTF8.self)
                guard let pairs = try? PairsFile.pairs(inText: text) else { continue }
                #expect(!pairs.isEmpty)
                isRead = true
            }
            #expect(isRead)
        }
    }

    @Test func foldsOfOurOwn() {
        let pairs = (0..<95).map { LabelledPair("a\($0).jpg", "b\($0).jpg", same: $0 < 38) }
        let folds = Folds(pairs)
        #expect(folds.count == 10 && !folds.areGiven)
        for same in [true, false] {
            let sizes = (1...10).map { fold in
                zip(pairs, folds.numbers).count { $0.0.same == same && $0.1 == fold }
            }
            #expect(sizes.max()! - sizes.min()! <= 1)
        }
        // Not by order, nor by which photo of a pair stands first.
        let turned = pairs.reversed().map { LabelledPair($0.second, $0.first, same: $0.same) }
        #expect(Folds(turned).numbers == folds.numbers.reversed())
        #expect(folds.numbers.prefix(10) != [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
        let given = Folds([LabelledPair("a", "b", same: true, fold: 4), LabelledPair("a", "c", same: false, fold: 9)])
        #expect(given.areGiven && given.numbers == [4, 9])
    }
}
