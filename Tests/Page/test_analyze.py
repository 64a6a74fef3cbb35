import unittest

from page import BOTH, OBAMA, PageTest, photo


class Analyze(PageTest):
    start = "analyze"

    def setUp(self):
        super().setUp()
        self.here = {entry["name"] for entry in self.server.models()["attributes"] if entry["available"]}

    def needs_weights(self):
        if "emotion" not in self.here:
            self.skipTest("the server has no weights to read emotions with")

    def test_without_weights(self):
        self.inject("""
            const real = window.fetch;
            window.fetch = async (path, options) => {
              const response = await real(path, options);
              if (path !== '/v1/models') return response;
              const models = await response.json();
              for (const attribute of models.attributes) attribute.available = false;
              return Response.json(models);
            };
        """)
        self.open("analyze")
        self.says("Not on this server, for want of weights: age, gender, emotion, race")
        self.choose(photo(OBAMA))
        self.says("This server has none of the weights", ".result")

    def test_bars(self):
        self.needs_weights()
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
        self.needs_weights()
        for name in self.here - {"emotion"}:
            self.js("document.querySelector(`.chip input[value=${arguments[0]}]`).click()", name)
        self.choose(photo(BOTH))
        self.wait(lambda: len(self.all(".result .card")) == 2, "two faces", 60)
        self.assertEqual({element.text for element in self.all(".result h4")}, {"Emotion"})
        self.assertEqual({element.text for element in self.all(".zone .tag")}, {"Face 1", "Face 2"})
        self.shot("analyze-two")


if __name__ == "__main__":
    unittest.main()
