// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/http/connection.h"
#include "engine/http/connections.h"

// How a connection reads: heads, bodies, and when it leaves bytes where they are.

namespace postroom::http {

namespace {

constexpr qint64 piece_bytes = 16 << 10;
constexpr std::uint64_t chunkedStep_bytes = 64 << 10;
// What a sink is given at a time.
constexpr std::uint64_t sinkPiece_bytes = 64 << 10;
// A response this far behind stops further requests from being read until the client has taken some of it.
constexpr std::uint64_t backlogLimit_bytes = 256 << 10;
// A refused body up to here is read over, so that the connection can be used again; above, closing is cheaper.
constexpr std::uint64_t discardLimit_bytes = 64 << 10;
// A refused client may send this much unheard; one that sends more would not have read the response anyway.
constexpr std::uint64_t lingerLimit_bytes = 16 << 20;

}  // namespace

void Connection::pump() {
    if (m_pumping || m_stage == Stage::Handshake || m_stage == Stage::Gone) return;
    m_pumping = true;
    bool again = true;
    while (again) {
        while (step()) {
        }
        // What was sent may be what further requests waited for.
        again = !m_out.empty() && m_stage == Stage::Head;
        send();
    }
    m_pumping = false;
    if (m_stage == Stage::Head && m_lastTaken && m_exchanges.empty()) linger();
}

bool Connection::step() {
    switch (m_stage) {
        case Stage::Head: return readHead();
        case Stage::Body: return m_admission.sink ? stream() : readBody();
        case Stage::Chunks: return m_admission.sink ? stream() : readChunks();
        case Stage::Discard: return discard();
        case Stage::Lingering: {
            const qint64 unheard = m_socket->skip(m_socket->bytesAvailable());
            m_lingered += static_cast<std::uint64_t>(std::max<qint64>(unheard, 0));
            if (m_lingered > lingerLimit_bytes) drop();
            return false;
        }
        case Stage::Handshake:
        case Stage::Gone: return false;
    }
    Q_UNREACHABLE();
}

bool Connection::fill() {
    const qint64 available = std::min(m_socket->bytesAvailable(), piece_bytes);
    if (available <= 0) return false;
    if (m_taken > 0) {
        m_in.erase(0, m_taken);
        m_taken = 0;
    }
    const std::size_t before = m_in.size();
    m_in.resize(before + static_cast<std::size_t>(available));
    const qint64 got = std::max<qint64>(m_socket->read(m_in.data() + before, available), 0);
    m_in.resize(before + static_cast<std::size_t>(got));
    return got > 0;
}

bool Connection::readHead() {
    if (m_lastTaken || m_exchanges.size() >= static_cast<std::size_t>(m_all.settings().pipelineLimit)) return false;
    if (m_out.size() + backlog() > backlogLimit_bytes) return false;
    if (rest().empty() && !fill()) return false;
    const auto read = m_reader.read(rest(), m_head);
    if (!read) {
        breakOff(read.error(), read.error().code == ErrorCode::ExpectationFailed ? &m_head.request : nullptr);
        return false;
    }
    if (*read == 0) {
        if (!m_headSince) m_headSince = SystemClock{}.steady();
        return fill();
    }
    m_taken += *read;
    m_reader.reset();
    m_headSince.reset();
    return begin();
}

bool Connection::begin() {
    RequestHead& head = m_head.request;
    head.peer = m_peer;
    head.secure = m_secure;
    m_length = head.contentLength.value_or(0);
    m_windowBegan = m_bodyLookedAt = SystemClock{}.steady();
    m_windowBytes = 0;
    m_bodyTook = {};
    m_body.clear();
    m_passed = 0;

    std::optional<Response> refusal;
    if (const auto objection = m_all.names().object(head, m_local)) {
        refusal = m_all.port().refuse(objection->code, objection->detail, &head);
    } else {
        m_admission = m_all.port().admit(head);
        if (m_stage == Stage::Gone) return false;
        refusal = std::move(m_admission.refusal);
        if (!refusal && m_length > m_admission.bodyLimit_bytes) {
            refusal = m_all.port().refuse(ErrorCode::BodyTooLarge, "the body is larger than this route takes", &head);
            refusal->close = true;
        }
    }
    if (refusal) {
        // A client that asked may send the body or not, and nobody can tell which.
        if (head.hasBody && (m_head.chunked || m_head.expectsContinue || m_length > discardLimit_bytes))
            refusal->close = true;
        if (head.hasBody && refusal->close) m_hasUnread = true;
        if (head.hasBody && !refusal->close) m_stage = Stage::Discard;
        reject(std::move(*refusal));
        return true;
    }
    if (!head.hasBody) {
        dispatch();
        return true;
    }
    m_continueDue = m_head.expectsContinue && rest().empty();
    if (m_head.chunked) {
        m_chunks.emplace(m_admission.bodyLimit_bytes);
        m_stage = Stage::Chunks;
        return !m_admission.sink || makeRoom(sinkPiece_bytes);
    }
    m_stage = Stage::Body;
    return makeRoom(m_admission.sink ? std::min(m_length, sinkPiece_bytes) : m_length);
}

bool Connection::makeRoom(std::uint64_t bytes) {
    if (m_ownInAll + bytes <= m_all.settings().ownBody_bytes) {
        m_ownInAll += bytes;
        m_own += bytes;
        return true;
    }
    if (m_all.budget().take(m_id, bytes, m_held)) {
        m_held += bytes;
        return true;
    }
    m_waiting = true;
    m_wanted = bytes;
    m_all.shareBudget();
    return false;
}

void Connection::granted() {
    m_waiting = false;
    m_held += m_wanted;
    m_windowBegan = m_bodyLookedAt = SystemClock{}.steady();
    m_windowBytes = 0;
    pump();
}

bool Connection::readBody() {
    if (m_waiting) return false;
    if (m_body.empty()) m_body.reserve(m_length);
    const std::string_view buffered = rest().substr(0, m_length - m_body.size());
    m_body.append(buffered);
    m_taken += buffered.size();
    m_windowBytes += buffered.size();
    // What is not here yet goes straight into its place.
    while (m_body.size() < m_length) {
        const std::size_t before = m_body.size();
        const qint64 available = std::min(m_socket->bytesAvailable(), static_cast<qint64>(m_length - before));
        if (available <= 0) return false;
        m_body.resize(before + static_cast<std::size_t>(available));
        const qint64 got = std::max<qint64>(m_socket->read(m_body.data() + before, available), 0);
        m_body.resize(before + static_cast<std::size_t>(got));
        m_windowBytes += static_cast<std::uint64_t>(got);
        if (got == 0) return false;
    }
    dispatch();
    return true;
}

bool Connection::readChunks() {
    if (m_waiting) return false;
    if (rest().empty() && !fill()) return false;
    // Given no more bytes than there is room for, the body can't outgrow what is reserved.
    if (m_own + m_held == m_body.size() && !makeRoom(chunkedStep_bytes)) return false;
    const auto taken = m_chunks->read(rest().substr(0, m_own + m_held - m_body.size()), m_body);
    if (!taken) {
        breakOff(taken.error(), &m_head.request);
        return false;
    }
    m_taken += *taken;
    m_windowBytes += *taken;
    if (m_chunks->isComplete()) dispatch();
    return true;
}

// As readBody() and readChunks() do, but never with more than one piece here.
bool Connection::stream() {
    if (m_waiting || m_sinking) return false;
    const bool isComplete = m_head.chunked ? m_chunks->isComplete() : m_passed + m_body.size() == m_length;
    if (isComplete && m_body.empty()) {
        dispatch();
        return true;
    }
    if (isComplete || m_body.size() >= sinkPiece_bytes) {
        m_sinking = true;
        m_passed += m_body.size();
        m_admission.sink->take(std::exchange(m_body, {}), m_all.sinkAnswerFor(m_id));
        return !m_sinking;
    }
    if (rest().empty() && !fill()) return false;
    const std::string_view next = rest().substr(0, sinkPiece_bytes - m_body.size());
    std::size_t taken = 0;
    if (m_head.chunked) {
        const auto read = m_chunks->read(next, m_body);
        if (!read) {
            breakOff(read.error(), &m_head.request);
            return false;
        }
        taken = *read;
    } else {
        taken = std::min<std::uint64_t>(next.size(), m_length - m_passed - m_body.size());
        m_body.append(next.substr(0, taken));
    }
    m_taken += taken;
    m_windowBytes += taken;
    return true;
}

void Connection::pieceTaken(const Result<void>& result) {
    m_sinking = false;
    if (m_stage != Stage::Body && m_stage != Stage::Chunks) return;
    m_windowBegan = m_bodyLookedAt = SystemClock{}.steady();
    m_windowBytes = 0;
    if (!result) {
        breakOff(result.error(), &m_head.request);
    } else if (const auto needed = sinkPiece_bytes + m_admission.sink->held_bytes(); needed > m_own + m_held) {
        if (!makeRoom(needed - m_own - m_held)) return;
    }
    pump();
}

bool Connection::discard() {
    if (rest().empty() && !fill()) return false;
    const std::uint64_t passed = std::min<std::uint64_t>(rest().size(), m_length);
    m_taken += passed;
    m_length -= passed;
    m_windowBytes += passed;
    if (m_length == 0) {
        m_stage = Stage::Head;
        if (m_finishing) m_lastTaken = true;
    }
    return true;
}

void Connection::dispatch() {
    m_stage = Stage::Head;
    m_continueDue = false;
    m_admission.sink.reset();
    if (!m_head.keepAlive || m_finishing) m_lastTaken = true;
    Exchange& exchange = enqueue();
    exchange.head = m_head.request;
    const std::uint64_t sequence = exchange.sequence;
    m_all.port().handle(
        Request{
            .head = std::move(m_head.request), .body = std::move(m_body), .context = std::move(m_admission.context)},
        m_all.responderFor(m_id, sequence));
}

}  // namespace postroom::http
