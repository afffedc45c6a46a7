// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The handlers, one function a route; each group in the file that has its name.

#include "engine/api/call.h"

namespace postroom::api {

struct Services;

// health.cpp
void getHealth(Services&, Call, Reply);
void getReady(Services&, Call, Reply);
void getMetrics(Services&, Call, Reply);
void getVersion(Services&, Call, Reply);
// docs.cpp
void getRoot(Services&, Call, Reply);
void getDocs(Services&, Call, Reply);
void getDocsFile(Services&, Call, Reply);
void getOpenApi(Services&, Call, Reply);
// auth.cpp
void getLocalProof(Services&, Call, Reply);
void postToken(Services&, Call, Reply);
void postRefresh(Services&, Call, Reply);
void postRevokeToken(Services&, Call, Reply);
// attachments.cpp
void postAttachment(Services&, Call, Reply);
void listAttachments(Services&, Call, Reply);
void getAttachment(Services&, Call, Reply);
void deleteAttachment(Services&, Call, Reply);
// templates.cpp
void listTemplates(Services&, Call, Reply);
void createTemplate(Services&, Call, Reply);
void getTemplate(Services&, Call, Reply);
void putTemplate(Services&, Call, Reply);
void deleteTemplate(Services&, Call, Reply);
void publishTemplate(Services&, Call, Reply);
void listTemplateVersions(Services&, Call, Reply);
void renderTemplate(Services&, Call, Reply);
void testTemplate(Services&, Call, Reply);
// send.cpp
void postSend(Services&, Call, Reply);
void postRaw(Services&, Call, Reply);
// batch.cpp
void postBatch(Services&, Call, Reply);
// messages.cpp
void listMessages(Services&, Call, Reply);
void getMessage(Services&, Call, Reply);
void listAttempts(Services&, Call, Reply);
void explainMessage(Services&, Call, Reply);
// raw.cpp
void getRawMessage(Services&, Call, Reply);
// message_actions.cpp
void cancelMessage(Services&, Call, Reply);
void retryMessage(Services&, Call, Reply);
void releaseMessage(Services&, Call, Reply);
// bulk_actions.cpp
void actOnMessages(Services&, Call, Reply);
// export.cpp
void exportMessages(Services&, Call, Reply);
// accounts.cpp, account_edits.cpp
void listAccounts(Services&, Call, Reply);
void getAccount(Services&, Call, Reply);
void testAccount(Services&, Call, Reply);
void createAccount(Services&, Call, Reply);
void patchAccount(Services&, Call, Reply);
void deleteAccount(Services&, Call, Reply);
void enableAccount(Services&, Call, Reply);
void disableAccount(Services&, Call, Reply);
// authorizations.cpp
void beginAuthorization(Services&, Call, Reply);
void getAuthorization(Services&, Call, Reply);
void cancelAuthorization(Services&, Call, Reply);
// keys.cpp
void listKeys(Services&, Call, Reply);
void getKey(Services&, Call, Reply);
void createKey(Services&, Call, Reply);
void patchKey(Services&, Call, Reply);
void rotateKey(Services&, Call, Reply);
void endOldSecret(Services&, Call, Reply);
void revokeKey(Services&, Call, Reply);
// operations.cpp
void getQueue(Services&, Call, Reply);
void pauseQueue(Services&, Call, Reply);
void resumeQueue(Services&, Call, Reply);
void listAudit(Services&, Call, Reply);
// dkim.cpp
void listDkimKeys(Services&, Call, Reply);
void createDkimKey(Services&, Call, Reply);
void getDkimKey(Services&, Call, Reply);
void deleteDkimKey(Services&, Call, Reply);
void rotateDkimKey(Services&, Call, Reply);
void enableDkimKey(Services&, Call, Reply);
void disableDkimKey(Services&, Call, Reply);
// reply_rules.cpp
void getReplyRules(Services&, Call, Reply);
void testReplyRules(Services&, Call, Reply);
void reloadReplyRules(Services&, Call, Reply);
// sandbox.cpp
void listSandbox(Services&, Call, Reply);
void getSandboxMail(Services&, Call, Reply);
void clearSandbox(Services&, Call, Reply);
// sandbox_faults.cpp
void getSandboxFaults(Services&, Call, Reply);
void putSandboxFaults(Services&, Call, Reply);
void clearSandboxFaults(Services&, Call, Reply);
// suppressions.cpp
void listSuppressions(Services&, Call, Reply);
void exportSuppressions(Services&, Call, Reply);
void getSuppression(Services&, Call, Reply);
void createSuppression(Services&, Call, Reply);
void deleteSuppression(Services&, Call, Reply);
void importSuppressions(Services&, Call, Reply);
// stats.cpp
void getStats(Services&, Call, Reply);
// events.cpp
void getEvents(Services&, Call, Reply);

}  // namespace postroom::api
