// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Removes stored files that nobody needs any more: uploads nobody attached for ATTACHMENT_EXPIRE_DAYS, files whose last
// message became terminal as long ago, and what a send left that ended before its commit.
//
// Lives in the worker it is given, in which it is also destroyed. The last look at whether a file is needed and its
// removal are one step of the writer: no message that needs it can be committed in between, and one that is on its way
// there holds it (StoredFiles::Hold).

#include "engine/base/worker.h"
#include "engine/queue/stored_files.h"
#include "engine/store/files.h"
#include "engine/store/readers.h"

#include <chrono>
#include <functional>
#include <memory>
#include <QTimer>

namespace postroom::upkeep {

class AttachmentSweep {
public:
    /// All of it outlives the sweep.
    struct Parts {
        Worker& worker;
        store::Writer& writer;
        store::Readers& readers;
        const Clock& clock;
        queue::StoredFiles& files;
        std::chrono::days keptFor{7};         ///< ATTACHMENT_EXPIRE_DAYS
        std::chrono::seconds youngest{3600};  ///< no file is looked at sooner: a send may be about to need it
    };
    explicit AttachmentSweep(Parts parts);
    AttachmentSweep(const AttachmentSweep&) = delete;
    AttachmentSweep& operator=(const AttachmentSweep&) = delete;

    /// In the worker's thread. Sweeps soon and every hour from now on.
    void run();
    /// Any thread. One sweep; `done` runs in the worker's thread with the number of files removed. Nothing where one is
    /// under way.
    void sweep(std::function<void(int removed)> done = {});
    /// In the worker's thread. No sweep begins any more. One that is under way ends with the readers and the writer:
    /// when they have stopped and the worker has then run what was posted, the sweep can go.
    void stop();

private:
    void expireUploads();
    void releaseFrom(const store::FileUse& after);
    void collect();
    void judgeNext();
    void removeNext();
    void finish(const Result<void>& result);

    Parts m_parts;
    std::unique_ptr<QTimer> m_timer;
    std::function<void(int)> m_done;
    bool m_isSweeping = false, m_isStopped = false;
    TimePoint m_before{};                 // what was last needed before it is not kept
    std::vector<std::string> m_names;     // on the disk, to be looked at
    std::vector<std::string> m_needless;  // as it seemed to a reader
    int m_removed = 0;
};

}  // namespace postroom::upkeep
