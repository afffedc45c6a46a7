// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/desktop/single_window.h"

#include "engine/base/text.h"

#include <QCryptographicHash>
#include <QDir>
#include <QLocalServer>
#include <QLocalSocket>
#include <QStandardPaths>

namespace postroom::app {

namespace {

// In the user's own runtime folder: a socket's path may have 108 bytes only, and a data folder's may be longer.
QString socketPath(const std::string& dataFolder) {
    const QByteArray name = QCryptographicHash::hash(viewOf(dataFolder), QCryptographicHash::Sha256).toHex().left(16);
    QString folder = QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation);
    if (folder.isEmpty()) folder = QDir::tempPath();
    return folder + QStringLiteral("/postroom-") + QString::fromLatin1(name);
}

void raiseOther(const QString& path) {
    QLocalSocket socket;
    socket.connectToServer(path);
    if (!socket.waitForConnected(2000)) return;
    socket.write("raise\n");
    socket.waitForBytesWritten(2000);
    socket.waitForDisconnected(2000);
}

}  // namespace

Result<std::unique_ptr<SingleWindow>> SingleWindow::take(const std::string& dataFolder) {
    if (!QDir().mkpath(toQString(dataFolder)))
        return fail(ErrorCode::IoFailed, "the data folder " + dataFolder + " can't be made");
    const QString path = socketPath(dataFolder);
    auto lock = platform::FileLock::take(dataFolder + "/window.lock");
    if (!lock) {
        if (lock.error().code == ErrorCode::StorageOwned) raiseOther(path);
        return fail(lock.error());
    }
    std::unique_ptr<SingleWindow> taken(new SingleWindow(std::move(*lock)));
    // Left behind by one that was killed: the lock says that nobody has it.
    QLocalServer::removeServer(path);
    taken->m_server->setSocketOptions(QLocalServer::UserAccessOption);
    // Without it a second start can't raise this window; everything else works.
    if (!taken->m_server->listen(path)) qWarning("no socket for a second start: %s", qPrintable(path));
    return taken;
}

SingleWindow::SingleWindow(platform::FileLock lock)
    : m_lock(std::move(lock)), m_server(std::make_unique<QLocalServer>()) {
    QObject::connect(m_server.get(), &QLocalServer::newConnection, m_server.get(), [this] {
        while (QLocalSocket* socket = m_server->nextPendingConnection()) {
            QObject::connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
            socket->disconnectFromServer();
            if (m_raise) m_raise();
        }
    });
}

SingleWindow::~SingleWindow() = default;

}  // namespace postroom::app
