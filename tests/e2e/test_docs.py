#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""The page /docs in a real browser, signed in and tried out once; and what its files answer to whoever asks without one."""

import os
import unittest

import browser
import engine

# What a browser says when it was kept from something, in whichever words.
KEPT_FROM = ("content security policy", "refused to", "violates")


class Docs(engine.EngineCase):
    def test_a_mail_is_sent_from_the_page(self):
        running = self.start_engine()
        token = running.token(("send",))
        page = browser.Browser(height=1500)
        self.addCleanup(page.close)
        page.open(running.url() + "/")
        engine.until(lambda: page.run("return location.pathname") == "/docs", 30, "the way from / to /docs")
        # Every violation of the policy, also those nobody writes into the console.
        page.run("window.violations = []; document.addEventListener('securitypolicyviolation',"
                 " event => window.violations.push(event.violatedDirective + ' ' + event.blockedURI))")
        page.find("#operations-Messages-sendEmail")

        page.click(".auth-wrapper .authorize")
        page.type("#auth-bearer-value", token)
        page.click(".modal-ux .auth-container .authorize")
        page.find(".modal-ux .auth-btn-wrapper .btn-done")
        page.click(".modal-ux .auth-btn-wrapper .btn-done")

        send = "#operations-Messages-sendEmail "
        page.click(send + ".opblock-summary-control")
        page.click(send + ".try-out__btn")
        page.click(send + ".examples-select option[value=sandbox]")
        page.click(send + ".execute")
        status = send + ".live-responses-table tbody .response-col_status"
        engine.until(lambda: page.text(status).startswith("202"), 30, "the 202 in the page")
        self.assertIn('"status": "queued"', page.text(send + ".live-responses-table .microlight, " + send + ".live-responses-table .highlight-code"))

        mails = engine.until(lambda: running.data_of("/api/v1/admin/sandbox/mails")["items"], 30, "the mail in the sandbox")
        self.assertEqual([(mail["subject"], mail["to"]) for mail in mails], [("A trial", ["ann@example.com"])])

        self.assertEqual(page.run("return window.violations"), [])
        said = page.console()
        self.assertEqual([line for line in said if line["level"] == "SEVERE" or any(word in line["message"].lower() for word in KEPT_FROM)], [])
        # Nothing was asked of anybody else.
        asked = page.run("return performance.getEntriesByType('resource').map(entry => entry.name)")
        self.assertTrue(asked)
        self.assertEqual([address for address in asked if not address.startswith((running.url() + "/", "data:"))], [])
        if os.environ.get("POSTROOM_PICTURES"):
            page.run("for (const text of document.querySelectorAll('.curl-command span'))"
                     " if (!text.children.length) text.textContent = text.textContent.replace(arguments[0], '...')", token)
            page.run("arguments[0].scrollIntoView()", page.find(send))
            page.picture(os.path.join(os.environ["POSTROOM_PICTURES"], "docs.png"))

    def test_the_files_say_how_they_may_be_used(self):
        running = self.start_engine()
        root = running.request("GET", "/", None, "")
        self.assertEqual((root.status, root.headers["Location"]), (302, "docs"))
        for path, kind in (("/docs", "text/html"), ("/docs/docs.js", "text/javascript"), ("/docs/docs.css", "text/css"),
                           ("/docs/swagger-ui-bundle.js", "text/javascript"), ("/docs/swagger-ui.css", "text/css"),
                           ("/docs/swagger-ui-LICENSE.txt", "text/plain"), ("/openapi.json", "application/json")):
            with self.subTest(path):
                answer = running.request("GET", path, None, "")
                self.assertEqual(answer.status, 200)
                self.assertTrue(answer.headers["Content-Type"].startswith(kind), answer.headers["Content-Type"])
                self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
                self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
                self.assertEqual(answer.headers["Cache-Control"], "no-cache")
                policy = answer.headers["Content-Security-Policy"]
                for part in ("default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
                    self.assertIn(part, policy)
                self.assertNotIn("unsafe", policy)
                self.assertNotIn("http:", policy)
                tag = answer.headers["ETag"]
                again = running.request("GET", path, None, "", {"If-None-Match": '"other", W/%s' % tag})
                self.assertEqual((again.status, again.text, again.headers["ETag"]), (304, "", tag))
                self.assertEqual(running.request("GET", path, None, "", {"If-None-Match": '"other"'}).status, 200)
                head = running.request("HEAD", path, None, "")
                self.assertEqual((head.status, head.text, head.headers["Content-Length"]), (200, "", str(len(answer.text.encode()))))
        for path in ("/docs/", "/docs/x", "/docs/..%2fdocs.js", "/docs/%2e%2e/docs.js", "/docs/%00", "/docs/docs.qrc", "/docs/.", "/docs/..", "/docs/a%5cb"):
            with self.subTest(path):
                self.assertIn(running.request("GET", path, None, "").status, (400, 404))
        # From a page of its own the browser names where it comes from; from another's it is not listened to.
        self.assertEqual(running.request("GET", "/openapi.json", None, "", {"Origin": running.url()}).status, 200)
        self.assertEqual(running.request("GET", "/openapi.json", None, "", {"Origin": "http://elsewhere.test"}).status, 403)


if __name__ == "__main__":
    unittest.main()
