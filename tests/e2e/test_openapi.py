#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""The document a running engine gives, held against the specification's schema by a validator that is not ours, and its examples against its own."""

import os
import shutil
import subprocess
import unittest

import engine

NODE = shutil.which("node") or "/usr/bin/node"
MODULES = os.environ.get("POSTROOM_NODE_MODULES", "")
CHECK = os.path.join(engine.HERE, "..", "support", "npm", "check_openapi.mjs")


class OpenApi(engine.EngineCase):
    def test_it_is_openapi_and_its_examples_fit(self):
        self.assertTrue(os.path.isdir(MODULES), "POSTROOM_NODE_MODULES is \"%s\"; `sh installer/setup.sh test` puts it there" % MODULES)
        running = self.start_engine()
        answer = running.request("GET", "/openapi.json", None, "")
        self.assertEqual(answer.status, 200)
        path = os.path.join(self.folder, "openapi.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(answer.text)
        ended = subprocess.run([NODE, CHECK, MODULES, path], capture_output=True, text=True, timeout=120, check=False)
        print("%s (%d bytes)" % (ended.stdout.strip(), len(answer.text)))
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)

        # A validator that finds nothing anywhere would say the same.
        broken = answer.body
        broken["paths"]["/health"]["get"]["responses"] = {"OK": {}}
        broken["paths"]["/api/v1/messages/email/send"]["post"]["requestBody"]["content"]["application/json"]["examples"]["manual"]["value"]["to"] = 1
        with open(path, "w", encoding="utf-8") as file:
            engine.json.dump(broken, file)
        ended = subprocess.run([NODE, CHECK, MODULES, path], capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(ended.returncode, 1, ended.stdout + ended.stderr)
        self.assertIn("not OpenAPI", ended.stdout)
        self.assertIn("email/send manual: ", ended.stdout)


if __name__ == "__main__":
    unittest.main()
