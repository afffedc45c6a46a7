#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""How often a key may ask, and how often an address may be wrong."""

import base64
import time
import unittest

import engine

LIST = "/api/v1/messages"


def limits(answer):
    return [answer.headers[name] for name in ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "RateLimit")]


class RateLimits(engine.EngineCase):
    def start(self, **settings):
        self.engine = self.start_engine(settings=settings)

    def login(self, key, headers=None):
        return self.engine.request("POST", "/api/v1/auth/token", {"api_key": key["api_key"], "api_secret": key["api_secret"]}, "", headers)

    def ask(self, token, headers=None):
        return self.engine.request("GET", LIST, None, token, headers)

    def test_a_minute_s_worth_comes_at_once_and_no_more(self):
        self.start(RATE_LIMIT_PER_MINUTE="20")
        token, other = self.engine.token(["send"]), self.engine.token(["send"])
        for left in range(19, -1, -1):
            answer = self.ask(token)
            self.assertEqual((answer.status, answer.headers["X-RateLimit-Limit"]), (200, "20"))
            # One comes back every 3 s, should the machine be slow.
            self.assertTrue(left <= int(answer.headers["X-RateLimit-Remaining"]) <= left + 2, answer.headers)
            self.assertTrue(1 <= int(answer.headers["X-RateLimit-Reset"]) <= 60)
            self.assertRegex(answer.headers["RateLimit"], r'^"minute";r=%s;t=\d+$' % answer.headers["X-RateLimit-Remaining"])
        refused = engine.until(lambda: (lambda a: a if a.status == 429 else None)(self.ask(token)), 10, "a refusal")
        self.assert_refused(refused, 429, "rate.limited", {})
        self.assertEqual(refused.headers["X-RateLimit-Remaining"], "0")
        wait = int(refused.headers["Retry-After"])
        self.assertTrue(1 <= wait <= 3, wait)
        # Whose minute it is, and whose not.
        self.assertEqual(self.ask(other).status, 200)
        for _ in range(50):
            mine = self.engine.request("GET", LIST)
            self.assertEqual((mine.status, mine.headers["X-RateLimit-Limit"]), (200, None))
        self.assertEqual(limits(self.engine.request("GET", "/health", None, "")), [None] * 4)
        # A body is not read for it, and a refusal is not paid for.
        self.assertEqual(self.engine.request("POST", engine.SEND, b"x" * 100000, token).status, 429)
        time.sleep(wait)
        self.assertEqual(self.ask(token).status, 200)

    def test_every_authenticated_request_counts_and_shows_it(self):
        self.start(RATE_LIMIT_PER_MINUTE="6")
        token = self.engine.token(["send"])
        answers = [self.engine.request("GET", "/api/v1/admin/queue", None, token), self.engine.request("POST", engine.SEND, {}, token),
                   self.engine.request("POST", engine.SEND, "x", token, {"Content-Type": "text/plain"}), self.engine.request("GET", LIST + "/0190b0b0-0000-7000-8000-000000000000", None, token),
                   self.engine.request("POST", engine.SEND, {"to": "a@sink.test", "subject": "s", "content": "c", "account": "sandbox"}, token), self.ask(token)]
        self.assertEqual([answer.status for answer in answers], [403, 422, 415, 404, 202, 200])
        self.assertEqual([answer.headers["X-RateLimit-Remaining"] for answer in answers], ["5", "4", "3", "2", "1", "0"])
        self.assertEqual(self.ask(token).status, 429)

    def test_a_batch_is_as_many_requests_as_it_holds(self):
        self.start(RATE_LIMIT_PER_MINUTE="20")
        mail = {"to": "a@sink.test", "subject": "s", "text": "t"}

        def batch(count, token, **headers):
            return self.engine.request("POST", "/api/v1/messages/email/batch", {"messages": [mail] * count}, token, headers)
        token = self.engine.token(["send"])
        first = batch(8, token, **{"Idempotency-Key": "k"})
        self.assertEqual((first.status, first.headers["X-RateLimit-Remaining"]), (202, "12"))
        # A repetition sends nothing and costs one.
        again = batch(8, token, **{"Idempotency-Key": "k"})
        self.assertEqual((again.status, again.headers["Idempotency-Replayed"], again.headers["X-RateLimit-Remaining"]), (202, "true", "11"))
        self.assert_refused(batch(15, token), 429, "rate.limited", {})
        # More than a minute's worth goes where nothing else went, and is paid for.
        token = self.engine.token(["send"])
        self.assertEqual(batch(50, token).status, 202)
        refused = self.ask(token)
        self.assert_refused(refused, 429, "rate.limited", {})
        self.assertTrue(80 <= int(refused.headers["Retry-After"]) <= 94, refused.headers)

    def test_tokens_are_not_requests_and_not_endless(self):
        self.start(RATE_LIMIT_PER_MINUTE="5")
        key = self.engine.create_key(["send"])
        tokens = [self.login(key) for _ in range(5)]
        self.assertEqual([answer.status for answer in tokens], [200] * 5)
        self.assert_refused(self.login(key), 429, "rate.limited", {})
        self.assertEqual(self.ask(tokens[0].data["access_token"]).headers["X-RateLimit-Remaining"], "4")

    def test_it_can_be_switched_off(self):
        self.start(RATE_LIMIT_ENABLED="false", RATE_LIMIT_PER_MINUTE="2")
        token = self.engine.token(["send"])
        answers = [self.ask(token) for _ in range(10)]
        self.assertEqual({answer.status for answer in answers}, {200})
        self.assertEqual(limits(answers[0]), [None] * 4)

    def test_the_usual_limit_is_six_thousand(self):
        self.start()
        self.assertEqual(limits(self.ask(self.engine.token(["send"])))[:2], ["6000", "5999"])

    def test_being_wrong_ten_times_a_minute_is_enough(self):
        self.start(RATE_LIMIT_ENABLED="false", TRUSTED_PROXIES="127.0.0.1")
        key = self.engine.create_key(["send"])
        wrong = {"api_key": key["api_key"], "api_secret": "secret_wrong"}
        away = {"X-Forwarded-For": "192.0.2.7"}
        for attempt in range(10):
            if attempt % 2:
                answer = self.engine.request("GET", LIST, None, "", {**away, "Authorization": "Basic " + base64.b64encode(b"noti_x:y").decode()})
                self.assert_refused(answer, 401, "auth.required", {})
            else:
                self.assert_refused(self.engine.request("POST", "/api/v1/auth/token", wrong, "", away), 401, "auth.rejected", {})
        refused = self.engine.request("POST", "/api/v1/auth/token", wrong, "", away)
        self.assert_refused(refused, 429, "rate.limited", {})
        self.assertTrue(1 <= int(refused.headers["Retry-After"]) <= 6)
        self.assertEqual(self.engine.request("GET", LIST, None, "", {**away, "Authorization": "Basic bm90aV94Onk="}).status, 429)
        # Whoever has the secret is not locked out by a neighbour, and a bad token is no attempt on a secret.
        self.assertEqual(self.login(key, away).status, 200)
        self.assert_refused(self.ask("a.b.c", away), 401, "auth.required", {})
        self.assert_refused(self.engine.request("POST", "/api/v1/auth/token", wrong, "", {"X-Forwarded-For": "192.0.2.8"}), 401, "auth.rejected", {})
        # The client's own word stands left of the proxy's and makes nobody another.
        forged = [self.engine.request("POST", "/api/v1/auth/token", wrong, "", {"X-Forwarded-For": "203.0.113.%d, 192.0.2.7" % number}).status for number in range(50)]
        self.assertTrue(forged.count(429) >= 45, forged)
        # Of IPv6 a whole /64 is one client.
        others = [self.engine.request("POST", "/api/v1/auth/token", wrong, "", {"X-Forwarded-For": "2001:db8::%x" % number}).status for number in range(1, 31)]
        self.assertEqual((others[:10], others.count(429) >= 15), ([401] * 10, True), others)

    def test_bad_tokens_never_count(self):
        self.start()
        self.assertEqual({self.ask("a.b.c").status for _ in range(40)}, {401})
        key = self.engine.create_key(["send"])
        self.assertEqual(self.login(key).status, 200)


if __name__ == "__main__":
    unittest.main(verbosity=2)
