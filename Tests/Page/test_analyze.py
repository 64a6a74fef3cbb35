import unittest

from page import BOTH, OBAMA, PageTest, photo


class Analyze(PageTest):
    start = "analyze"

    def setUp(self):
        super().setUp()
        self.here = {entry["name"] for entry in self.server.models()["attributes"] if entry["available"]}
        if "emotion" not in self.here:
            self.skipTest("the server has no weights to read emotions with")

    def test_bars(self):
        self.expected = ["503"]
        self.choose(photo(OBAMA))
        self.wait(lambda: self.all(".result .card, .result .problem"), "what the face tells", 60)
        if "weights" in self.text(".result .problem"):
            self.skipTest("the server lacks weights: " + self.text(".result .problem"))
        self.says("guesses of a network", ".result")
        bars = self.all(".result .bars li .bar-fill")
        self.assertGreater(len(bars), 5)
        shares = [float(element.text.removesuffix(" %")) for element in self.all(".result .bars:first-child .number")]
        self.assertEqual(shares, sorted(shares, reverse=True))
        self.assertAlmostEqual(sum(shares), 100, delta=1)
        self.shot("analyze")

    def test_only_what_is_asked_for(self):
        for name in self.here - {"emotion"}:
            self.js("document.querySelector(`.chip input[value=${arguments[0]}]`).click()", name)
        self.choose(photo(BOTH))
        self.wait(lambda: len(self.all(".result .card")) == 2, "two faces", 60)
        self.assertEqual({element.text for element in self.all(".result h4")}, {"Emotion"})
        self.assertEqual({element.text for element in self.all(".zone .tag")}, {"Face 1", "Face 2"})
        self.shot("analyze-two")


if __name__ == "__main__":
    unittest.main()
