// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/http/networks.h"

#include <QTest>

using namespace postroom;
using namespace postroom::http;

namespace {

std::vector<std::string> split(const QByteArray& text) {
    std::vector<std::string> out;
    for (const QByteArray& part : text.split(' '))
        if (!part.isEmpty()) out.push_back(part.toStdString());
    return out;
}

}  // namespace

class TestHttpNetworks : public QObject {
    Q_OBJECT

private slots:
    void containsAnAddress_data() {
        QTest::addColumn<QByteArray>("networks");
        QTest::addColumn<QByteArray>("address");
        QTest::addColumn<bool>("contained");
        const auto row = [](const char* networks, const char* address, bool contained) {
            QTest::addRow("%s in %s", address, networks) << QByteArray(networks) << QByteArray(address) << contained;
        };
        row("", "127.0.0.1", false);
        row("127.0.0.1", "127.0.0.1", true);
        row("127.0.0.1", "127.0.0.2", false);
        row("10.0.0.0/8", "10.255.0.1", true);
        row("10.0.0.0/8", "11.0.0.1", false);
        row("10.1.2.3/8", "10.9.9.9", true);
        row("10.0.0.0/8 192.168.0.0/16", "192.168.3.4", true);
        row("192.168.1.128/25", "192.168.1.127", false);
        row("0.0.0.0/0", "8.8.8.8", true);
        row("0.0.0.0/0", "::1", false);
        row("10.0.0.0/8", "::ffff:10.0.0.1", true);
        row("::ffff:10.0.0.0/104", "10.1.2.3", true);
        row("::ffff:10.0.0.0/104", "::ffff:10.1.2.3", true);
        row("::ffff:10.0.0.0/104", "11.0.0.1", false);
        row("::ffff:10.0.0.1", "10.0.0.1", true);
        row("::ffff:10.0.0.1", "10.0.0.2", false);
        row("::ffff:0.0.0.0/96", "8.8.8.8", true);
        row("::/96", "8.8.8.8", false);
        row("::/0", "8.8.8.8", false);
        row("2001:db8::/32", "2001:db8:1::9", true);
        row("2001:db8::/32", "2001:db9::1", false);
        row("::1", "::1", true);
        row("::1", "127.0.0.1", false);
        row("10.0.0.0/8", "", false);
        row("10.0.0.0/8", "in-process", false);
        row("nonsense", "10.0.0.1", false);
        row("10.0.0.0/33", "10.0.0.1", false);
    }
    void containsAnAddress() {
        QFETCH(QByteArray, networks);
        QFETCH(QByteArray, address);
        QFETCH(bool, contained);
        QCOMPARE(Networks(split(networks)).contains(address.toStdString()), contained);
    }

    void findsTheClientBehindAProxy_data() {
        QTest::addColumn<QByteArray>("peer");
        QTest::addColumn<QByteArray>("proxies");
        QTest::addColumn<QList<QByteArray>>("forwarded");
        QTest::addColumn<QByteArray>("client");
        const auto row = [](const char* title, const char* peer, const char* proxies,
                            const QList<QByteArray>& forwarded, const char* client) {
            QTest::newRow(title) << QByteArray(peer) << QByteArray(proxies) << forwarded << QByteArray(client);
        };
        row("nobody is trusted", "127.0.0.1", "", {"1.2.3.4"}, "127.0.0.1");
        row("a stranger says it is another", "9.9.9.9", "127.0.0.1", {"1.2.3.4"}, "9.9.9.9");
        row("one proxy", "127.0.0.1", "127.0.0.1", {"1.2.3.4"}, "1.2.3.4");
        row("a proxy that says nothing", "127.0.0.1", "127.0.0.1", {}, "127.0.0.1");
        row("the client's own word stands left", "127.0.0.1", "127.0.0.1", {"6.6.6.6, 1.2.3.4"}, "1.2.3.4");
        row("a client that names the proxy", "127.0.0.1", "127.0.0.0/8", {"127.0.0.9, 1.2.3.4"}, "1.2.3.4");
        row("two proxies", "127.0.0.1", "127.0.0.1 10.0.0.0/8", {"6.6.6.6, 1.2.3.4, 10.0.0.7"}, "1.2.3.4");
        row("the second is not trusted", "127.0.0.1", "127.0.0.1", {"1.2.3.4, 10.0.0.7"}, "10.0.0.7");
        row("two headers are one list", "127.0.0.1", "127.0.0.1 10.0.0.0/8", {"6.6.6.6", "1.2.3.4, 10.0.0.7"},
            "1.2.3.4");
        row("a whole header of proxies", "127.0.0.1", "127.0.0.1 10.0.0.0/8", {"1.2.3.4", "10.0.0.7"}, "1.2.3.4");
        row("all are proxies", "127.0.0.1", "127.0.0.1 10.0.0.0/8", {"10.0.0.8, 10.0.0.7"}, "10.0.0.8");
        row("a hop that is no address", "127.0.0.1", "127.0.0.1 10.0.0.0/8", {"1.2.3.4, unknown, 10.0.0.7"},
            "10.0.0.7");
        row("nothing in it", "127.0.0.1", "127.0.0.1", {""}, "127.0.0.1");
        row("an empty hop", "127.0.0.1", "127.0.0.1", {"1.2.3.4,"}, "127.0.0.1");
        row("with a port", "127.0.0.1", "127.0.0.1", {"1.2.3.4:5678"}, "1.2.3.4");
        row("IPv6", "::1", "::1", {"2001:db8::7"}, "2001:db8::7");
        row("IPv6 with a port", "::1", "::1", {"[2001:DB8::7]:5678"}, "2001:db8::7");
        row("IPv4 in IPv6's clothes", "127.0.0.1", "127.0.0.1", {"::ffff:1.2.3.4"}, "1.2.3.4");
        row("with a zone", "127.0.0.1", "127.0.0.1", {"fe80::1%eth0"}, "127.0.0.1");
    }
    void findsTheClientBehindAProxy() {
        QFETCH(QByteArray, peer);
        QFETCH(QByteArray, proxies);
        QFETCH(QList<QByteArray>, forwarded);
        QFETCH(QByteArray, client);
        RequestHead head;
        head.peer = peer.toStdString();
        head.headers.emplace_back("Host", "localhost");
        for (const QByteArray& value : forwarded) head.headers.emplace_back("X-Forwarded-For", value.toStdString());
        QCOMPARE(QByteArray::fromStdString(clientAddress(head, Networks(split(proxies)))), client);
    }

    void countsAnIPv6ClientByItsNetwork_data() {
        QTest::addColumn<QByteArray>("one");
        QTest::addColumn<QByteArray>("other");
        QTest::addColumn<bool>("same");
        QTest::newRow("an address") << QByteArray("1.2.3.4") << QByteArray("1.2.3.4") << true;
        QTest::newRow("two addresses") << QByteArray("1.2.3.4") << QByteArray("1.2.3.5") << false;
        QTest::newRow("one /64") << QByteArray("2001:db8::1") << QByteArray("2001:db8:0:0:ffff::9") << true;
        QTest::newRow("two /64") << QByteArray("2001:db8::1") << QByteArray("2001:db8:0:1::1") << false;
    }
    void countsAnIPv6ClientByItsNetwork() {
        QFETCH(QByteArray, one);
        QFETCH(QByteArray, other);
        QFETCH(bool, same);
        QCOMPARE(addressBlock(one.toStdString()) == addressBlock(other.toStdString()), same);
    }
};

QTEST_APPLESS_MAIN(TestHttpNetworks)
#include "tst_http_networks.moc"
