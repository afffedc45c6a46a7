// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A message in the active window, and the parcels it travels in. Queue thread.

#include "engine/base/id.h"
#include "engine/content/compose.h"
#include "engine/contract/states.h"
#include "engine/policy/pauses.h"
#include "engine/store/messages.h"

#include <memory>
#include <string>
#include <vector>

namespace postroom::queue {

struct SignatureMemo;

struct Message {
    Id id;
    std::string from;    ///< address as given; empty: the account sets From
    std::string pinned;  ///< account id as text, "sandbox", or empty
    std::string lane;
    std::string templateName;  ///< it was made from; empty: from none
    bool sandbox = false;
    contract::OnUnknown onUnknown = contract::OnUnknown::Retry;
    int priority = 0;
    TimePoint wantedAt{};  ///< when it was to leave: as accepted, or as scheduled
    TimePoint expiresAt{};
    /// Empty until it is needed where the message came back from the database. Shared with the attempt that reads it.
    std::shared_ptr<const content::Composition> composition;
    std::shared_ptr<void> share;  ///< of the budget for bodies in memory; given back when it goes
    /// What its signatures were made from; null: it was not signed yet. Shared with what is on its way to the signer.
    std::shared_ptr<SignatureMemo> signatures;
};

/// One recipient that is due.
struct Due {
    Id delivery;
    std::string recipient;
    int attempts = 0;
    std::string reason;     ///< of the last outcome
    TimePoint clearedAt{};  ///< when the database last said that it is not suppressed
};

/// The recipients of one message that became due together.
struct Parcel {
    std::shared_ptr<Message> message;  ///< shared by all parcels of the message
    std::vector<Due> deliveries;
    TimePoint dueAt{};
};

/// Who may carry a message, as the dispatcher groups them: "*", "from:a@b", "account:<id>", "account:<id>
/// from:a@b", "sandbox".
[[nodiscard]] std::string laneName(const std::string& from, const std::string& pinned, bool sandbox);
/// Where the database keeps what a pause holds back: no lane that anything is dispatched from.
[[nodiscard]] std::string parkName(const policy::MailPause& pause);
/// The pause of a name that parkName() gave; nothing for a lane.
[[nodiscard]] std::optional<policy::MailPause> pauseOfPark(std::string_view name);

/// A composition as the database keeps it, and back. StorageCorrupt if the layout does not fit the content.
[[nodiscard]] store::BodyRecord packBody(const content::Composition& composition);
[[nodiscard]] Result<std::shared_ptr<const content::Composition>> unpackBody(const store::BodyRecord& record,
                                                                             const std::string& messageIdHeader);
/// The stored files in a body of this layout; nothing where it can't be read.
[[nodiscard]] std::vector<std::string> filesIn(std::string_view layout);
[[nodiscard]] std::shared_ptr<Message> toMessage(const store::MessageRecord& record);

}  // namespace postroom::queue
