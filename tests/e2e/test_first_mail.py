#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""One message all the way: posted by curl, received by a server that is not ours, read back by a parser that is not ours."""

import base64
import json
import os
import random
import subprocess
import unittest

import engine
import mailserver

MANUAL = r"""
TOKEN=$(curl -s -X POST http://localhost:8000/api/v1/auth/token \
  -H "Content-Type: application/json" \
  -d '{
    "api_key": "YOUR_API_KEY",
    "api_secret": "YOUR_API_SECRET"
  }' | jq -r '.data.access_token')

curl -X POST http://localhost:8000/api/v1/messages/email/send \
  -H "Authorization: Bearer $TOKEN" \
  -H "Content-Type: application/json" \
  -d '{
    "to": "test@example.com",
    "subject": "测试邮件",
    "content": "<h1>这是一封测试邮件</h1><p>如果您收到此邮件，说明系统部署成功！</p>"
  }' | jq
"""


def same_lines(text):
    """A text as the mail's line ends leave it."""
    return text.replace("\r\n", "\n").rstrip("\n")


class FirstMail(engine.EngineCase):
    def setUp(self):
        super().setUp()
        self.engine = self.start_engine()
        self.server = mailserver.MailServer()
        self.addCleanup(self.server.stop)

    def curl(self, *words, body):
        """What curl prints for a body it reads from a file; it must succeed."""
        path = os.path.join(self.folder, "body.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(body, file, ensure_ascii=False)
        ended = subprocess.run(["curl", "-sS", "--fail-with-body", "--data-binary", "@" + path, "-H", "Content-Type: application/json", *words],
                               capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
        return json.loads(ended.stdout)

    def one_mail(self, **fields):
        """Sends it, and gives the message and the mail that arrived."""
        count = len(self.server.mails)
        message_id = self.engine.send(**fields)
        mail = self.server.wait_for(count + 1)[count]
        return self.engine.wait_for_status(message_id, "sent"), mail

    def test_arrives_equal_in_every_part(self):
        self.engine.make_account(self.server.port)
        key = self.engine.create_key()
        token = self.curl(self.engine.url() + "/api/v1/auth/token",
                          body={"api_key": key["api_key"], "api_secret": key["api_secret"]})["data"]["access_token"]
        noise = random.Random(7)
        small = b"%PDF-1.4\n" + noise.randbytes(3000) + b"\n%%EOF\n"
        large = b"%PDF-1.7\n" + noise.randbytes(300 * 1024 + 1) + b"\n%%EOF\n"
        files = [("发票 二〇二六年十一月 – 客户甲.pdf", "application/pdf", small), ("大文件的名字很长很长很长很长很长很长很长很长.pdf", "application/pdf", large),
                 ("plain.bin", "application/octet-stream", bytes(range(256)))]
        html = "<h1>发票</h1>\n<p>您好，这是您的发票。 €20 &amp; ümläut 😀</p>\n" + "<p>%s</p>\n" % ("长行" * 2000) + ".\n..点\nFrom here on\n"
        text = "您好：\n\n这是您的发票。 trailing blanks  \n.\n..\nFrom here on\n" + "x" * 3000 + "\n"
        subject = "您的发票已经准备好了：二〇二六年十一月，请查收附件中的文件并在三十天之内付款，谢谢您的合作 😀 INV-2026-0001"
        answer = self.curl(self.engine.url() + engine.SEND, "-H", "Authorization: Bearer " + token, body={
            "to": ["收件人 甲 <ann@sink.test>", '"Bob, B." <bob@sink.test>'], "subject": subject, "content": html, "text": text,
            "attachments": [{"filename": name, "content_type": kind, "content": base64.b64encode(content).decode()}
                            for name, kind, content in files]})
        self.assertEqual((answer["code"], answer["message"], answer["data"]["status"]), (0, "success", "queued"))
        self.assertEqual([row["recipient"] for row in answer["data"]["recipients"]], ["ann@sink.test", "bob@sink.test"])

        mail = self.server.wait_for(1)[0]
        self.assertEqual(mail.sender, "sender@sink.test")
        self.assertEqual(mail.recipients, ["ann@sink.test", "bob@sink.test"])
        parsed = mail.parsed
        self.assertEqual(parsed.defects, [])
        self.assertEqual(parsed["Subject"], subject)
        self.assertEqual([(a.display_name, a.addr_spec) for a in parsed["To"].addresses],
                         [("收件人 甲", "ann@sink.test"), ("Bob, B.", "bob@sink.test")])
        self.assertEqual(parsed["From"].addresses[0].addr_spec, "sender@sink.test")
        self.assertEqual(same_lines(parsed.get_body(("html",)).get_content()), same_lines(html))
        self.assertEqual(same_lines(parsed.get_body(("plain",)).get_content()), same_lines(text))
        got = [(part.get_filename(), part.get_content_type(), part.get_content()) for part in parsed.iter_attachments()]
        self.assertEqual([row[:2] for row in got], [row[:2] for row in files])
        for (name, _, content), (_, _, wanted) in zip(got, files):
            self.assertTrue(content == wanted, "the bytes of %s differ" % name)
        for part in parsed.walk():
            self.assertEqual(part.defects, [])
        self.assertTrue(mail.content.isascii())
        self.assertLessEqual(max(map(len, mail.content.split(b"\r\n"))), 998)
        self.assertNotIn(b"\n", mail.content.replace(b"\r\n", b""))

        message = self.engine.wait_for_status(answer["data"]["message_id"], "sent")
        self.assertEqual(message["recipient_counts"], {"sent": 2})
        self.assertIn(message["message_id_header"].strip("<>"), parsed["Message-ID"])
        attempt, = self.engine.attempts(message["id"])
        self.assertEqual((attempt["outcome"], attempt["code"]), ("sent", 250))
        self.assertIn("kept", attempt["reply"])

    def test_the_manual_s_three_fields_as_printed(self):
        self.engine.make_account(self.server.port, display_name="通知")
        key = self.engine.create_key(["send"])
        # As printed, but for what a reader puts in: the key, its secret, and here the port.
        script = MANUAL.replace("YOUR_API_KEY", key["api_key"]).replace("YOUR_API_SECRET", key["api_secret"])
        script = script.replace("localhost:8000", "localhost:%d" % self.engine.port())
        ended = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        answer = json.loads(ended.stdout)
        self.assertEqual((answer["code"], answer["message"]), (0, "success"))
        parsed = self.server.wait_for(1)[0].parsed
        self.assertEqual(parsed["Subject"], "测试邮件")
        self.assertEqual(parsed["To"], "test@example.com")
        self.assertEqual(same_lines(parsed.get_body(("html",)).get_content()), "<h1>这是一封测试邮件</h1><p>如果您收到此邮件，说明系统部署成功！</p>")
        self.assertIn("这是一封测试邮件", parsed.get_body(("plain",)).get_content())
        self.engine.wait_for_status(answer["data"]["message_id"], "sent")

    def test_blind_copies_are_in_the_envelope_alone(self):
        self.engine.make_account(self.server.port)
        message, mail = self.one_mail(to=["a@sink.test", "A One <a1@sink.test>"], cc="Copy <c@sink.test>", bcc=["blind@sink.test", "Hidden <h-copy@sink.test>"],
                                      reply_to=["答复 <r@sink.test>", "r2@sink.test"])
        self.assertEqual(sorted(mail.recipients), ["a1@sink.test", "a@sink.test", "blind@sink.test", "c@sink.test", "h-copy@sink.test"])
        for hidden in (b"blind@sink.test", b"h-copy@sink.test", b"Hidden", b"Bcc"):
            self.assertNotIn(hidden, mail.content)
        self.assertEqual([a.addr_spec for a in mail.parsed["To"].addresses], ["a@sink.test", "a1@sink.test"])
        self.assertEqual([a.addr_spec for a in mail.parsed["Cc"].addresses], ["c@sink.test"])
        self.assertEqual([(a.display_name, a.addr_spec) for a in mail.parsed["Reply-To"].addresses], [("答复", "r@sink.test"), ("", "r2@sink.test")])
        self.assertEqual({row["recipient"]: row["kind"] for row in message["deliveries"]},
                         {"a@sink.test": "to", "a1@sink.test": "to", "c@sink.test": "cc", "blind@sink.test": "bcc", "h-copy@sink.test": "bcc"})

    def test_only_blind_copies_beside_one_recipient_and_one_copy_a_mailbox(self):
        self.engine.make_account(self.server.port)
        message, mail = self.one_mail(to=["a@sink.test", "A <a@SINK.test>"], bcc="a@sink.test")
        self.assertEqual(mail.recipients, ["a@sink.test"])
        self.assertEqual(message["recipient_counts"], {"sent": 1})

    def test_a_domain_in_any_script_leaves_as_ascii(self):
        self.engine.make_account(self.server.port)
        message, mail = self.one_mail(to="收件人 <a@例子.测试>")
        self.assertEqual(mail.recipients, ["a@xn--fsqu00a.xn--0zwm56d"])
        self.assertEqual(mail.parsed["To"].addresses[0].addr_spec, "a@xn--fsqu00a.xn--0zwm56d")
        self.assertEqual(message["deliveries"][0]["recipient"], "a@xn--fsqu00a.xn--0zwm56d")

    def test_a_body_that_waits_to_be_asked_for(self):
        # From 1 MiB on curl sends its head first and waits for 100 Continue.
        self.engine.make_account(self.server.port)
        content = random.Random(8).randbytes(6 << 20)
        self.curl(self.engine.url() + engine.SEND, "-H", "Authorization: Bearer " + self.engine.local_token(), body={
            "to": "a@sink.test", "subject": "s", "text": "t", "attachments": [{"filename": "a.bin", "content": base64.b64encode(content).decode()}]})
        part, = self.server.wait_for(1)[0].parsed.iter_attachments()
        self.assertTrue(part.get_content() == content)

    def test_own_headers(self):
        self.engine.make_account(self.server.port)
        _, mail = self.one_mail(headers={"X-Order": "42", "X-Note": "注意：重要 " * 30, "List-Unsubscribe": "<https://sink.test/u?a=1>"})
        self.assertEqual(mail.parsed["X-Order"], "42")
        self.assertEqual(str(mail.parsed["X-Note"]).strip(), ("注意：重要 " * 30).strip())
        self.assertEqual(mail.parsed["List-Unsubscribe"], "<https://sink.test/u?a=1>")

    def test_without_from_the_account_s_name_and_address_stand_in_it(self):
        self.engine.make_account(self.server.port, display_name="通知中心, Ltd.")
        message, mail = self.one_mail()
        address, = mail.parsed["From"].addresses
        self.assertEqual((address.display_name, address.addr_spec), ("通知中心, Ltd.", "sender@sink.test"))
        self.assertEqual(mail.sender, "sender@sink.test")
        self.assertTrue(mail.parsed["Message-ID"].rstrip(">").endswith("@sink.test"), mail.parsed["Message-ID"])
        self.assertEqual(message["from"], "")

    def test_a_given_from_goes_through_the_account_that_may_send_as_it(self):
        self.engine.make_account(self.server.port, email="first@sink.test", priority=100)
        second = self.engine.make_account(self.server.port, email="second@sink.test", from_addresses=["*@shop.test", "boss@sink.test"])
        for given, seen in (("The Shop 商店 <news@shop.test>", ("The Shop 商店", "news@shop.test")), ("boss@sink.test", ("", "boss@sink.test")),
                            ("FIRST <first@SINK.test>", ("FIRST", "first@sink.test"))):
            with self.subTest(given):
                message, mail = self.one_mail(**{"from": given})
                address, = mail.parsed["From"].addresses
                self.assertEqual((address.display_name, address.addr_spec), seen)
                own = "first@sink.test" if "first" in given.lower() else "second@sink.test"
                self.assertEqual(mail.sender, own)
                self.assertEqual(message["from"], seen[1])
                self.assertTrue(mail.parsed["Message-ID"].rstrip(">").endswith("@" + seen[1].rpartition("@")[2]))
        # A subdomain is another domain; nobody's address goes through nobody.
        for given in ("x@a.shop.test", "stranger@sink.test", "second@sink.test"):
            with self.subTest(given):
                message_id = self.engine.send(**{"from": given})
                waiting = self.engine.wait_for_reason(message_id, "account.none_for_from")["waiting_for"]
                self.assertEqual(waiting["params"], {"from": given})
        self.assertEqual(len(self.server.mails), 3)
        self.engine.patch_account(second, from_addresses=["*@shop.test", "second@sink.test"])
        self.assertEqual(self.server.wait_for(4)[3].parsed["From"].addresses[0].addr_spec, "second@sink.test")

    def test_many_recipients_each_get_one(self):
        self.engine.make_account(self.server.port, max_recipients=40)
        wanted = ["r%d@sink.test" % number for number in range(1000)]
        message_id = self.engine.send(to=wanted[:500], cc=wanted[500:700], bcc=wanted[700:])
        message = self.engine.wait_for_status(message_id, "sent", 60)
        self.assertEqual(message["recipient_counts"], {"sent": 1000})
        self.assertEqual(sorted(address for mail in self.server.mails for address in mail.recipients), sorted(wanted))
        self.assertLessEqual(max(len(mail.recipients) for mail in self.server.mails), 40)
        # Rule 5: the same bytes for all of them.
        self.assertEqual(len({mail.content for mail in self.server.mails}), 1)

    def test_counts_what_was_sent(self):
        self.engine.make_account(self.server.port)
        self.assertEqual((self.engine.metric("messages_sent_total"), self.engine.metric("messages_failed_total")), (0, 0))
        self.one_mail(to=["a@sink.test", "b@sink.test"])
        engine.until(lambda: self.engine.metric("messages_sent_total") == 2, 10, "messages_sent_total of 2")
        queue = self.engine.queue()
        self.assertEqual((queue["recipients"]["accepted"], queue["recipients"]["sent"], queue["imbalance"]), (2, 2, 0))
        self.assertEqual((self.engine.metric("postroom_ledger_imbalance"), self.engine.metric("rabbitmq_queue_messages")), (0, 0))


if __name__ == "__main__":
    unittest.main()
