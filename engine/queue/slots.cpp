// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/slots.h"

#include <atomic>
#include <cstddef>
#include <cstring>

namespace postroom::queue {

namespace {

// The file: a head of 128 bytes (magic, boot id), then the slots of 128 bytes each: phase, hands, recipients, time,
// four ids. Behind them places of the same form for messages that are read and have no slot.
constexpr std::size_t headSize = 128;
constexpr std::size_t slotSize = 128;
constexpr char magic[] = "PRSLOTS1";
constexpr std::size_t bootAt = 16;
constexpr std::size_t bootLength = 64;
// A place whose names are being written.
constexpr std::uint8_t beingTaken = 255;

struct Fields {
    std::uint8_t phase;
    std::uint8_t hands[2];
    std::uint8_t reserved;
    std::int32_t recipients;
    std::int64_t takenAt_ms;
    std::uint8_t attempt[16], message[16], delivery[16], account[16];
};
static_assert(sizeof(Fields) <= slotSize && std::is_trivially_copyable_v<Fields>);

Id toId(const std::uint8_t (&bytes)[16]) {
    Id id;
    std::memcpy(id.bytes.data(), bytes, 16);
    return id;
}

}  // namespace

Result<Slots> Slots::open(const std::string& path, const std::string& bootId) {
    auto map = platform::SharedMap::open(path, headSize + (count + readingPlaces) * slotSize);
    if (!map) return fail(map.error());
    Slots opened{std::move(*map), bootId};
    const std::uint8_t* head = opened.m_map.data();
    char boot[bootLength + 1] = {};
    std::memcpy(boot, head + bootAt, bootLength);
    opened.m_trusted = std::memcmp(head, magic, sizeof magic) == 0 && !bootId.empty() && bootId == boot;
    for (std::size_t i = 0; opened.m_trusted && i < count + readingPlaces; ++i) {
        Fields fields;
        std::memcpy(&fields, opened.at(i), sizeof fields);
        if (fields.phase == 0 || fields.phase > static_cast<std::uint8_t>(Phase::Refused)) continue;
        opened.m_leftovers.push_back({.phase = static_cast<Phase>(fields.phase),
                                      .attempt = toId(fields.attempt),
                                      .message = toId(fields.message),
                                      .delivery = toId(fields.delivery),
                                      .account = toId(fields.account),
                                      .takenAt = TimePoint{Milliseconds{fields.takenAt_ms}},
                                      .recipients = fields.recipients,
                                      .inHand = i >= count || fields.hands[0] > 0 || fields.hands[1] > 0});
    }
    return opened;
}

void Slots::begin() {
    std::memset(m_map.data(), 0, m_map.size());
    std::memcpy(m_map.data() + bootAt, m_bootId.data(), std::min(m_bootId.size(), bootLength));
    std::memcpy(m_map.data(), magic, sizeof magic);
    m_leftovers.clear();
    m_free.clear();
    for (std::size_t i = count; i-- > 0;) m_free.push_back(i);
}

std::optional<std::size_t> Slots::take(const Entry& entry) {
    if (m_free.empty()) return std::nullopt;
    const std::size_t slot = m_free.back();
    m_free.pop_back();
    Fields fields{};
    fields.recipients = entry.recipients;
    fields.takenAt_ms = entry.takenAt.time_since_epoch().count();
    std::memcpy(fields.attempt, entry.attempt.bytes.data(), 16);
    std::memcpy(fields.message, entry.message.bytes.data(), 16);
    std::memcpy(fields.delivery, entry.delivery.bytes.data(), 16);
    std::memcpy(fields.account, entry.account.bytes.data(), 16);
    std::memcpy(at(slot), &fields, sizeof fields);
    setPhase(slot, Phase::Open);
    return slot;
}

void Slots::free(std::size_t slot) {
    setPhase(slot, Phase::Free);
    m_free.push_back(slot);
}

void Slots::setPhase(std::size_t slot, Phase phase) {
    // Release: whoever reads the map after a kill sees the names before the phase that speaks of them.
    std::atomic_ref<std::uint8_t>{*at(slot)}.store(static_cast<std::uint8_t>(phase), std::memory_order_release);
}

int Slots::hands(std::size_t slot, Desk desk) {
    return *(at(slot) + offsetof(Fields, hands) + static_cast<std::size_t>(desk));
}

void Slots::setHands(std::size_t slot, Desk desk, int count) {
    std::uint8_t* byte = at(slot) + offsetof(Fields, hands) + static_cast<std::size_t>(desk);
    // One thread writes a byte; what it does next may not be done before.
    std::atomic_ref<std::uint8_t>{*byte}.store(static_cast<std::uint8_t>(count), std::memory_order_seq_cst);
}

Slots::Reading::Reading(Slots& slotFile, const Id& message, TimePoint at) {
    for (std::size_t i = count; i < count + readingPlaces && !m_place; ++i) {
        std::uint8_t free = 0;
        if (std::atomic_ref<std::uint8_t>{*slotFile.at(i)}.compare_exchange_strong(free, beingTaken))
            m_place = slotFile.at(i);
    }
    if (!m_place) return;
    Fields fields{};
    fields.phase = beingTaken;
    fields.takenAt_ms = at.time_since_epoch().count();
    std::memcpy(fields.attempt, makeId(at).bytes.data(), 16);
    std::memcpy(fields.message, message.bytes.data(), 16);
    std::memcpy(m_place, &fields, sizeof fields);
    std::atomic_ref<std::uint8_t>{*m_place}.store(static_cast<std::uint8_t>(Phase::Open), std::memory_order_release);
}

Slots::Reading::~Reading() {
    if (m_place) std::atomic_ref<std::uint8_t>{*m_place}.store(0, std::memory_order_release);
}

std::uint8_t* Slots::at(std::size_t slot) {
    return m_map.data() + headSize + slot * slotSize;
}

}  // namespace postroom::queue
