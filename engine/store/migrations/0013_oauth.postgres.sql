-- SPDX-License-Identifier: GPL-3.0-or-later
-- SPDX-FileCopyrightText: Postroom contributors
-- Accounts that log in with an access token: who gives it, and the refresh token that it is got with, sealed.

ALTER TABLE email_accounts ADD COLUMN oauth_provider text NOT NULL DEFAULT ''

ALTER TABLE email_accounts ADD COLUMN refresh_token text NOT NULL DEFAULT ''

ALTER TABLE email_accounts ADD COLUMN authorized_at timestamptz
