// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/widgets/icon.h"

#include "ui/widgets/theme.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QSvgRenderer>

// Resources of a static library are there only once somebody asks for them; the macro wants no namespace around it.
static void loadResources() {
    Q_INIT_RESOURCE(window);
}

namespace postroom::ui {

namespace {

QByteArray drawingOf(const QString& name) {
    static const bool loaded = (loadResources(), true);
    Q_UNUSED(loaded);
    QFile file(QStringLiteral(":/icons/") + name + QStringLiteral(".svg"));
    if (!file.open(QIODevice::ReadOnly)) qFatal("no icon %s", qPrintable(name));
    return file.readAll();
}

void draw(QPainter& painter, const QByteArray& drawing, const QRectF& where, const QColor& colour) {
    QByteArray coloured = drawing;
    coloured.replace("currentColor", colour.name().toLatin1());
    QSvgRenderer renderer(coloured);
    renderer.render(&painter, where);
}

class ThemedEngine final : public QIconEngine {
public:
    explicit ThemedEngine(QString name) : m_name(std::move(name)), m_drawing(drawingOf(m_name)) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
        const Colours& c = colours();
        const QColor colour = mode == QIcon::Disabled ? c.muted : state == QIcon::On ? c.busy : c.text;
        draw(*painter, m_drawing, rect, colour);
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        QPixmap drawn(size);
        drawn.fill(Qt::transparent);
        QPainter painter(&drawn);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return drawn;
    }
    [[nodiscard]] QIconEngine* clone() const override { return new ThemedEngine(m_name); }

private:
    QString m_name;
    QByteArray m_drawing;
};

}  // namespace

QIcon icon(const char* name) {
    return QIcon(new ThemedEngine(QString::fromLatin1(name)));
}

QPixmap iconPixmap(const char* name, const QColor& colour, int size, qreal ratio) {
    QPixmap drawn(QSize(size, size) * ratio);
    drawn.setDevicePixelRatio(ratio);
    drawn.fill(Qt::transparent);
    QPainter painter(&drawn);
    draw(painter, drawingOf(QString::fromLatin1(name)), QRectF(0, 0, size, size), colour);
    return drawn;
}

}  // namespace postroom::ui
