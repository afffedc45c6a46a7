// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/smtp/pool.h"

#include "engine/smtp/switchboard.h"

#include <utility>

namespace postroom::smtp {

Pool::Pool(Port& port, const Clock& clock) : m_switchboard(std::make_unique<Switchboard>(port, clock)) {}
Pool::~Pool() = default;
void Pool::setEndpoint(Endpoint endpoint) {
    m_switchboard->setEndpoint(std::move(endpoint));
}
void Pool::removeEndpoint(const Id& account) {
    m_switchboard->removeEndpoint(account);
}
void Pool::submit(Transaction transaction) {
    m_switchboard->submit(std::move(transaction));
}
void Pool::permitDot(const Id& attempt) {
    m_switchboard->permitDot(attempt);
}
void Pool::abort(const Id& attempt) {
    m_switchboard->abort(attempt);
}
void Pool::release(const Id& attempt) {
    m_switchboard->release(attempt);
}
void Pool::stop(std::chrono::milliseconds grace, std::function<void()> done) {
    m_switchboard->stop(grace, std::move(done));
}
int Pool::openConnections() const {
    return m_switchboard->openConnections();
}

}  // namespace postroom::smtp
