import unittest

from page import BOTH, LIVE, OBAMA, SPOOF, PageTest, photo


class Extract(PageTest):
    start = "extract"

    def test_faces(self):
        self.choose(photo(BOTH))
        self.wait(lambda: len(self.all(".faces li")) == 2, "two faces")
        self.says("2 faces", ".result")
        links = self.all(".faces a[download]")
        self.assertEqual([link.get_attribute("download") for link in links], ["two_people-face-1.png", "two_people-face-2.png"])
        self.assertTrue(all(link.get_attribute("href").startswith("data:image/png;base64,") for link in links))
        self.assertTrue(all(image.get_property("naturalWidth") > 50 for image in self.all(".faces img")))
        self.shot("extract")

    def test_quality(self):
        self.choose(photo(OBAMA))
        self.says("Good picture (", ".faces")
        self.assertRegex(self.text(".faces .quality .hint"), "Lowered by (its|how|what) ")
        self.choose(self.blurred(OBAMA))
        self.says("Poor picture (", ".faces")
        self.assertIn("Blurred", self.text(".faces .quality .hint"))
        self.wait(lambda: "1 face cut out, 1 poor picture." in self.js("return document.getElementById('says').textContent"), "what is read out")
        self.shot("extract-poor")

    def test_liveness(self):
        self.switch("Anti-spoofing")
        self.expected = ["503"]
        self.choose(photo(LIVE))
        self.wait(lambda: self.all(".faces li, .result .problem"), "the face")
        if self.all(".result .problem"):
            self.skipTest("the server has no weights for anti-spoofing: " + self.text(".result .problem"))
        self.says("Live face", ".faces")
        self.choose(photo(SPOOF))
        self.says("Not a live face", ".faces")
        self.shot("extract-spoof")


if __name__ == "__main__":
    unittest.main()
