import unittest

from page import PageTest


class Models(PageTest):
    start = "models"

    def test_tables(self):
        self.one("table")
        models = self.server.models()
        tables = self.all("table")
        self.assertEqual([len(table.find_elements("css selector", "tbody tr")) for table in tables],
                         [len(models[part]) for part in ("recognition", "detectors", "attributes", "files")])
        text = self.text("main")
        for entry in models["files"]:
            self.assertIn(entry["file"], text)
        self.shot("models")


if __name__ == "__main__":
    unittest.main()
