import unittest

from page import BIDEN, BOTH, OBAMA, OBAMA2, OBAMA3, PageTest, photo


class Search(PageTest):
    start = "models"

    def setUp(self):
        self.server.make_collection("presidents")
        self.server.register("presidents", "Barack Obama", photo(OBAMA))
        self.server.register("presidents", "Barack Obama", photo(OBAMA2), keep=False)
        self.server.register("presidents", "Joe Biden", photo(BIDEN), keep=False)
        super().setUp()
        # Where the server does not say which samples have a photo, the page has to ask.
        self.expected = [r"/photo .*404"]
        self.go("people/presidents")
        self.says("Joe Biden")
        self.go("search")
        self.says("Who is this?")

    def test_every_face_is_looked_for(self):
        self.shot("search-empty")
        self.choose(photo(BOTH))
        self.wait(lambda: len(self.all(".result .card")) == 2, "two faces")
        names = {element.text for element in self.all(".result .card h2")}
        self.assertEqual(names, {"Barack Obama", "Joe Biden"})
        self.assertEqual({element.text for element in self.all(".zone .tag")}, names)
        self.assertEqual(len(self.all(".result .scale")), 2)
        self.says("nearest of 2 photos")
        self.says("confidence", ".matches")
        self.shot("search")

    def test_a_kept_photo_is_shown(self):
        self.choose(photo(OBAMA))
        self.one(".matches canvas.face")
        self.assertEqual(self.one(".matches canvas.face").get_attribute("aria-label"), "A photo of Barack Obama")

    def test_those_beyond_the_threshold(self):
        self.choose(photo(OBAMA3))
        self.one(".result .card")
        self.assertNotIn("probably somebody else", self.text(".result"))
        self.switch("Show others")
        self.says("probably somebody else", ".result")
        self.assertIn("Joe Biden", self.text(".result"))

    def test_a_match_leads_to_the_person(self):
        self.choose(photo(OBAMA))
        self.one(".matches a").click()
        self.wait(lambda: self.text("main > section:not([hidden]) h1").strip() == "Barack Obama", "the person's page")


if __name__ == "__main__":
    unittest.main()
