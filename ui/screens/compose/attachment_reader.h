// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Reads files for a mail in a thread of its own: a file may lie on a network drive that takes its time.
//
// The ui thread; `receive` runs there too, and not any more once the reader is gone.

#include "engine/base/inbox.h"
#include "engine/base/worker.h"
#include "ui/screens/compose/draft.h"

#include <atomic>

namespace postroom::ui {

struct FileRead {
    enum Outcome { Read, Unreadable, TooLarge } outcome = Read;
    DraftFile file;  ///< its name in any case
};

class AttachmentReader {
public:
    AttachmentReader();
    ~AttachmentReader();

    /// Reads one file whole, mostFileBytes at most. A folder, a pipe or a device is Unreadable.
    void read(const QString& path, std::function<void(FileRead)> receive);

private:
    std::atomic<bool> m_isEnding = false;  ///< what is still waiting is not read any more
    Inbox m_inbox;
    Worker m_worker;  // dies before the inbox it answers to
};

}  // namespace postroom::ui
