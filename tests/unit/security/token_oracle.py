# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""Signs and reads tokens with PyJWT, a library that is not ours.

One JSON request a line on standard input, one JSON answer a line on standard output:
{"do": "sign", "key", "alg", "headers", "claims"} -> {"token"}
{"do": "verify", "key", "token", "iss", "aud", "now"?} -> {"claims", "header"} or {"error"}
"""
import json
import sys

import jwt

for line in sys.stdin:
    ask = json.loads(line)
    try:
        if ask["do"] == "sign":
            answer = {"token": jwt.encode(ask["claims"], ask["key"], algorithm=ask["alg"], headers=ask["headers"])}
        else:
            claims = jwt.decode(ask["token"], ask["key"], algorithms=["HS256"], issuer=ask["iss"], audience=ask["aud"],
                                options={"require": ["iss", "aud", "exp", "nbf", "iat", "jti", "sub"]})
            answer = {"claims": claims, "header": jwt.get_unverified_header(ask["token"])}
    except Exception as error:  # whatever it objects to is its answer
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
