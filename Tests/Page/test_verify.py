import base64
import pathlib
import struct
import unittest

from page import BIDEN, OBAMA, OBAMA2, TEMPORARY, PageTest, photo


class Verify(PageTest):
    def test_two_photos_of_one_person(self):
        self.shot("verify-empty")
        self.choose(photo(OBAMA))
        self.says("One more photo")
        self.choose(photo(OBAMA2), index=1)
        self.says("Same person", ".verdict")
        self.says("threshold", ".scale")
        self.assertIn("confidence that it is one person", self.text(".verdict"))
        self.assertEqual(len(self.all(".zone .layer svg .dots")), 2)
        self.wait(lambda: len(self.all(".aligned img")) == 2, "the aligned faces")
        scale = self.one(".scale").get_attribute("aria-label")
        self.assertRegex(scale, r"^Distance 0\.\d+ on a scale from 0 to .*threshold 0\.\d+")
        marker, limit = (self.js(f"return document.querySelector('.verdict {part}').getBoundingClientRect().left") for part in (".marker", ".limit"))
        self.assertLess(marker, limit)
        self.shot("verify-same")

    def test_boxes_lie_on_the_faces(self):
        self.choose(photo(OBAMA))
        self.choose(photo(OBAMA2), index=1)
        self.one(".verdict")
        # The whole drawing lies over the whole photo.
        for side in ("left", "top", "width", "height"):
            photos, drawings = (self.js(
                f"return [...document.querySelectorAll('.photo {part}')].map(e => e.getBoundingClientRect().{side})") for part in ("img", "svg"))
            for one, other in zip(photos, drawings):
                self.assertAlmostEqual(one, other, delta=1)
        box = self.js("return [...document.querySelector('.photo svg rect').attributes].map(a => a.value)")
        view = self.js("return document.querySelector('.photo svg').getAttribute('viewBox')")
        self.assertEqual(view, "0 0 910 1137")
        self.assertGreater(float(box[0]), 300)

    def test_two_people(self):
        self.choose(photo(OBAMA))
        self.choose(photo(BIDEN), index=1)
        self.says("Different people", ".verdict")
        self.shot("verify-different")

    def test_drop_and_paste(self):
        self.hand_over("drop", ".zone .drop", photo(OBAMA))
        self.wait(lambda: len(self.all(".zone img")) == 1, "the dropped photo")
        self.hand_over("paste", "body", photo(OBAMA2))
        self.says("Same person", ".verdict")

    def test_both_dropped_beside_the_zones(self):
        self.hand_over("drop", "main", photo(OBAMA), photo(OBAMA2))
        self.says("Same person", ".verdict")

    def test_removing_a_photo_takes_the_verdict_away(self):
        self.choose(photo(OBAMA))
        self.choose(photo(OBAMA2), index=1)
        self.one(".verdict")
        self.click("Second photo: remove")
        self.says("One more photo")
        self.assertEqual(self.all(".verdict"), [])

    def test_options(self):
        self.choose(photo(OBAMA))
        self.choose(photo(OBAMA2), index=1)
        self.one(".verdict")
        self.one("main section:not([hidden]) .options summary").click()
        models = self.server.models()
        model = self.field("Model")
        shown = {option.text: option.is_enabled() for option in model.find_elements("css selector", "option")}
        for entry in models["recognition"]:
            if not entry["available"]:
                self.assertFalse(shown[f"{entry['name']} – weights not on this server"])
        self.js("arguments[0].value = 'cosine'; arguments[0].dispatchEvent(new Event('change'))", self.field("Metric"))
        self.says("cosine", ".verdict .facts")
        self.js("arguments[0].value = 'none'; arguments[0].dispatchEvent(new Event('change'))", self.field("Alignment"))
        self.wait(lambda: "none" in self.text(".verdict .facts"), "alignment none")
        self.shot("verify-options")

    def test_turned_photo(self):
        """Stored lying on its side, with a note which way is up."""
        self.choose(photo(OBAMA))
        self.one(".zone img")
        sideways = self.js("""
            const image = document.querySelector('.zone img');
            const canvas = document.createElement('canvas');
            [canvas.width, canvas.height] = [image.naturalHeight, image.naturalWidth];
            const context = canvas.getContext('2d');
            context.translate(0, image.naturalWidth);
            context.rotate(-Math.PI / 2);
            context.drawImage(image, 0, 0);
            return canvas.toDataURL('image/jpeg', 0.95).split(',')[1];
        """)
        jpeg = base64.b64decode(sideways)
        tiff = b"MM\0*" + struct.pack(">IH", 8, 1) + struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) + b"\0\0\0\0"
        exif = b"Exif\0\0" + tiff
        path = TEMPORARY / "turned.jpg"
        path.write_bytes(jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:])
        self.choose(str(path), index=1)
        self.says("Same person", ".verdict")
        self.assertIn("910 × 1,137", self.all(".zone")[1].text)
        views = self.js("return [...document.querySelectorAll('.photo svg')].map(e => e.getAttribute('viewBox'))")
        self.assertEqual(views, ["0 0 910 1137"] * 2)
        first, second = (self.js("return +[...document.querySelectorAll('.photo svg rect')][arguments[0]].getAttribute('x')", index) for index in range(2))
        self.assertAlmostEqual(first, second, delta=15)

    def test_large_photo_is_made_smaller(self):
        # A comment behind the header makes the file large.
        jpeg = pathlib.Path(photo(OBAMA)).read_bytes()
        comment = b"\xff\xfe" + struct.pack(">H", 65535) + b" " * 65533
        path = TEMPORARY / "large.jpg"
        path.write_bytes(jpeg[:2] + comment * 130 + jpeg[2:])
        self.choose(str(path))
        self.says("Large photo: sent as", ".zone")
        self.choose(photo(OBAMA2), index=1)
        self.says("Same person", ".verdict")

    def test_a_phone_offers_its_camera(self):
        self.assertEqual(self.all("input[capture]"), [])
        self.size(375, 812, mobile=True)
        self.cdp("Emulation.setTouchEmulationEnabled", enabled=True)
        try:
            self.open("verify")
            self.wait(lambda: len(self.all(".drop input[capture=user]")) == 2, "the buttons")
            self.says("Take a photo")
        finally:
            self.cdp("Emulation.setTouchEmulationEnabled", enabled=False)

    def test_no_photo_at_all(self):
        path = TEMPORARY / "words.jpg"
        path.write_text("not a photo")
        self.choose(str(path))
        self.says("is no photo that this browser can open", ".zone .problem")

    def test_no_face(self):
        self.expected = ["422"]
        path = TEMPORARY / "grey.png"
        self.js("""
            const canvas = document.createElement('canvas');
            [canvas.width, canvas.height] = [300, 300];
            canvas.getContext('2d').fillRect(0, 0, 300, 300);
            window.grey = canvas.toDataURL('image/png').split(',')[1];
        """)
        path.write_bytes(base64.b64decode(self.js("return window.grey")))
        self.choose(photo(OBAMA))
        self.choose(str(path), index=1)
        self.says("No face found", ".problem")
        self.assertIn("grey.png", self.text(".problem"))
        self.assertNotIn("--", self.text(".problem"))
        self.shot("verify-no-face")


if __name__ == "__main__":
    unittest.main()
