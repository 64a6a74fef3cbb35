import unittest

from page import LIVE, PageTest, photo


class Live(PageTest):
    start = "live"

    def setUp(self):
        photo(LIVE)
        super().setUp()

    def is_on(self):
        return self.js("return !!document.querySelector('video').srcObject?.active")

    def test_boxes_follow(self):
        self.shot("live-off")
        self.click("Start the camera")
        self.one(".stage .corners")
        self.wait(lambda: self.text(".gauges strong").split("\n")[0] not in ("–", "0.0"), "frames a second")
        self.assertRegex(self.text(".gauges"), r"[\d.]+ frames/s\s+\d+ ms latency")
        self.shot("live")
        self.click("Stop")
        self.says("The camera is off")
        self.assertFalse(self.is_on())
        self.assertEqual(self.all(".stage .corners"), [])

    def test_names(self):
        self.server.make_collection("door")
        self.server.register("door", "The Tester", photo(LIVE))
        self.open("people/door")
        self.says("The Tester")
        self.go("live")
        self.click("Start the camera")
        self.says("The Tester", ".tag", 60)
        self.assertIn("The Tester (", self.text(".in-view"))
        self.shot("live-named")

    def test_liveness(self):
        self.switch("Anti-spoofing")
        self.click("Start the camera")
        self.wait(lambda: self.all(".stage .tag, .problem") or "weights" in self.text(".in-view"), "a verdict")
        if self.all(".problem") or "weights" in self.text(".in-view"):
            self.skipTest("the server has no weights for anti-spoofing")
        self.wait(lambda: "not live" in self.text(".stage .tag"), "the photo of a face", 60)
        self.wait(lambda: self.text(".stage .tag").replace("not live", "").count("live"), "the face", 60)

    def test_leaving_stops_the_camera(self):
        self.click("Start the camera")
        self.wait(self.is_on, "the camera")
        track = "window.track = document.querySelector('video').srcObject.getVideoTracks()[0]"
        self.js(track)
        self.go("verify")
        self.wait(lambda: self.js("return window.track.readyState") == "ended", "the camera off")

    def test_refused(self):
        for name, words in (("NotAllowedError", "The camera was refused"), ("NotFoundError", "There is no camera"), ("NotReadableError", "The camera is in use")):
            with self.subTest(name):
                self.js("navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', arguments[0]))", name)
                self.click("Start the camera")
                self.says(words, ".problem")
        self.shot("live-refused")

    def test_neither_localhost_nor_https(self):
        self.open("live", f"http://203.0.113.7:{self.server.port}")
        self.click("Start the camera")
        self.says("No camera on this address", ".problem")


if __name__ == "__main__":
    unittest.main()
