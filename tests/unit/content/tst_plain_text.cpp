// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/text.h"
#include "engine/content/plain_text.h"
#include "tests/unit/content/show_strings.h"

#include <QElapsedTimer>

using namespace postroom;
using namespace postroom::content;
using namespace std::string_literals;

class TestPlainText : public QObject {
    Q_OBJECT

private slots:
    void keepsWhatWouldBeMissed_data() {
        QTest::addColumn<std::string>("html");
        QTest::addColumn<std::string>("text");
        QTest::newRow("nothing") << ""s
                                 << ""s;
        QTest::newRow("no markup") << "just words"s
                                   << "just words"s;
        QTest::newRow("the manual's mail") << "<h1>这是一封测试邮件</h1><p>系统部署成功！</p>"s
                                           << "这是一封测试邮件\n\n系统部署成功！"s;
        QTest::newRow("inline markup") << "<p>a <b>bold</b> word</p>"s
                                       << "a bold word"s;
        QTest::newRow("white space") << "<p>\n  a\t b \n</p>\n <p> c </p>"s
                                     << "a b\n\nc"s;
        QTest::newRow("breaks") << "a<br>b<br/><br />c"s
                                << "a\nb\n\nc"s;
        QTest::newRow("divs") << "<div>a</div><div><div>b</div></div>"s
                              << "a\nb"s;
        QTest::newRow("list") << "<ul><li>one</li><li>two</li></ul>end"s
                              << "- one\n- two\n\nend"s;
        QTest::newRow("table") << "<table><tr><th>a</th><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>"s
                               << "a b\nc d"s;
        QTest::newRow("link") << "see <a href=\"https://a.b/?c=1&amp;d=2\">the page</a> now"s
                              << "see the page (https://a.b/?c=1&d=2) now"s;
        QTest::newRow("link that is its label") << "<a href='https://a.b'>https://a.b</a>"s
                                                << "https://a.b"s;
        QTest::newRow("mail link") << "<a href=mailto:a@b.com>a@b.com</a>, <a href=mailto:a@b.com>us</a>"s
                                   << "a@b.com, us (a@b.com)"s;
        QTest::newRow("script link") << "<a href=\"javascript:x()\">go</a>"s
                                     << "go"s;
        QTest::newRow("picture") << "<img src=x alt=\"our logo\"> hi"s
                                 << "our logo hi"s;
        QTest::newRow("style and script") << "<style>p{}</style>a<script>if (a<b) x('</p>')</script>b"s
                                          << "ab"s;
        QTest::newRow("head") << "<html><head><title>t</title></head><body>b</body></html>"s
                              << "b"s;
        QTest::newRow("comment") << "a<!-- <p>no</p> -->b<!DOCTYPE html>c"s
                                 << "abc"s;
        QTest::newRow("entities") << "&lt;a&gt; &amp;&quot;&#39;&#x4e2d;&hellip;"s
                                  << "<a> &\"'\u4E2D\u2026"s;
        QTest::newRow("entities nobody knows") << "a &b; &; & c&#; &#xZ; &lt"s
                                               << "a &b; &; & c&#; &#xZ; &lt"s;
        QTest::newRow("entities that are no character") << "&#0;&#10;&#xD800;&#x110000;&#99999999;"s
                                                        << "\uFFFD\n\uFFFD\uFFFD\uFFFD"s;
        QTest::newRow("preformatted") << "<pre>a\n  b\n\nc</pre>d"s
                                      << "a\n  b\n\nc\n\nd"s;
        QTest::newRow("bracket in an attribute") << "<p title=\"a>b\">c</p>"s
                                                 << "c"s;
        QTest::newRow("bracket alone") << "1 < 2 and 3 > 2"s
                                       << "1 < 2 and 3 > 2"s;
        QTest::newRow("tag never closed") << "a <p"s
                                          << "a"s;
        QTest::newRow("script never closed") << "a<script>b"s
                                             << "a"s;
        QTest::newRow("comment never closed") << "a<!-- b"s
                                              << "a"s;
    }
    void keepsWhatWouldBeMissed() {
        QFETCH(std::string, html);
        QFETCH(std::string, text);
        QCOMPARE(plainTextOf(html), text);
    }

    void staysLinearWithWhateverIsOpened() {
        for (const std::string piece :
             {"<a href=x", "<p", "<!--", "<a href=\"https://x\">", "&#", "<script>", "<p \"", "</"}) {
            std::string html;
            while (html.size() < 400'000) html += piece;
            QElapsedTimer timer;
            timer.start();
            const std::string text = plainTextOf(html);
            // A quadratic pass over 400 kB takes minutes.
            QVERIFY2(timer.elapsed() < 10'000, piece.c_str());
            QVERIFY(isValidUtf8(text));
            QVERIFY(text.size() <= 4 * html.size());
        }
    }
};

QTEST_APPLESS_MAIN(TestPlainText)
#include "tst_plain_text.moc"
