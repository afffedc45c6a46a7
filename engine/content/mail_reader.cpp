// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/mail_reader.h"

#include "engine/base/text.h"

#include <gmime/gmime.h>
#include <algorithm>
#include <memory>

namespace postroom::content {

namespace {

struct Unref {
    void operator()(void* object) const { g_object_unref(object); }
};
template <typename T>
using Ref = std::unique_ptr<T, Unref>;

struct Free {
    void operator()(char* text) const { g_free(text); }
};
using Owned = std::unique_ptr<char, Free>;

bool isHidden(unsigned char c, bool isText) {
    return c == 0x7F || (c < 0x20 && !(isText && (c == '\t' || c == '\r' || c == '\n')));
}

// Text for people out of any bytes: what is not UTF-8 is read as Latin-1, which every byte sequence is.
std::string shown(std::string_view bytes, std::size_t limit, bool& cut, bool isText = true) {
    if (bytes.size() > limit) {
        cut = true;
        bytes = bytes.substr(0, limit);
        // Not in the middle of a character: at most three bytes of one stand at the end.
        for (int back = 0; back < 3 && !bytes.empty() && (bytes.back() & 0x80) && !isValidUtf8(bytes); ++back)
            bytes.remove_suffix(1);
    }
    std::string out;
    if (isValidUtf8(bytes)) {
        out = bytes;
    } else {
        // A character of Latin-1 takes up to two bytes.
        if (bytes.size() > limit / 2) cut = true;
        out = toUtf8(QString::fromLatin1(bytes.data(), static_cast<qsizetype>(std::min(bytes.size(), limit / 2))));
    }
    std::replace_if(
        out.begin(), out.end(), [isText](char c) { return isHidden(static_cast<unsigned char>(c), isText); }, '?');
    return out;
}

std::string textOf(GMimeTextPart* part) {
    const char* charset = g_mime_text_part_get_charset(part);
    if (charset && !equalsIgnoreCase(charset, "utf-8") && !equalsIgnoreCase(charset, "us-ascii")) {
        const Owned text{g_mime_text_part_get_text(part)};
        return text ? text.get() : "";
    }
    // The bytes themselves: GMime leaves out what is not UTF-8 where a mail says that it is.
    const Ref<GMimeStream> memory{g_mime_stream_mem_new()};
    if (GMimeDataWrapper* content = g_mime_part_get_content(GMIME_PART(part)))
        g_mime_data_wrapper_write_to_stream(content, memory.get());
    const GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory.get()));
    return {reinterpret_cast<const char*>(bytes->data), bytes->len};
}

// Walks the parts of a message and sorts them into what is read and what is attached.
class Walk {
public:
    Walk(const ReadLimits& limits, contract::MailContent& out) : m_limits(limits), m_out(out) {}

    void part(GMimeObject* object, int depth) {
        if (++m_parts > m_limits.parts || depth > m_limits.depth) {
            m_out.truncated = true;
            return;
        }
        if (GMIME_IS_MULTIPART(object)) {
            GMimeMultipart* multipart = GMIME_MULTIPART(object);
            const int count = g_mime_multipart_get_count(multipart);
            for (int i = 0; i < count && m_parts <= m_limits.parts; ++i)
                part(g_mime_multipart_get_part(multipart, i), depth + 1);
        } else if (GMIME_IS_TEXT_PART(object) && takeText(GMIME_TEXT_PART(object))) {
            return;
        } else {
            attach(object);
        }
    }

private:
    // The first text and the first html are what is read; others, and whatever has a name, are attachments.
    bool takeText(GMimeTextPart* text) {
        if (g_mime_part_get_filename(GMIME_PART(text)) || isAttachment(GMIME_OBJECT(text))) return false;
        const bool isHtml =
            g_mime_content_type_is_type(g_mime_object_get_content_type(GMIME_OBJECT(text)), "text", "html");
        bool& taken = isHtml ? m_hasHtml : m_hasText;
        if (taken) return false;
        taken = true;
        (isHtml ? m_out.html : m_out.text) = shown(textOf(text), m_limits.text_bytes, m_out.truncated);
        return true;
    }

    static bool isAttachment(GMimeObject* object) {
        GMimeContentDisposition* disposition = g_mime_object_get_content_disposition(object);
        return disposition && g_mime_content_disposition_is_attachment(disposition);
    }

    void attach(GMimeObject* object) {
        contract::MailContent::Part part;
        const Owned type{g_mime_content_type_get_mime_type(g_mime_object_get_content_type(object))};
        if (type) part.contentType = shown(type.get(), m_limits.line_bytes, m_out.truncated, false);
        // Counted, not kept: a stream that leads nowhere says how many bytes were written.
        const Ref<GMimeStream> nowhere{g_mime_stream_null_new()};
        gssize size_bytes = 0;
        if (GMIME_IS_PART(object)) {
            if (const char* name = g_mime_part_get_filename(GMIME_PART(object)))
                part.filename = shown(name, m_limits.line_bytes, m_out.truncated, false);
            if (GMimeDataWrapper* content = g_mime_part_get_content(GMIME_PART(object)))
                size_bytes = g_mime_data_wrapper_write_to_stream(content, nowhere.get());
        } else {
            size_bytes = g_mime_object_write_content_to_stream(object, nullptr, nowhere.get());
        }
        part.size_bytes = std::max<gssize>(size_bytes, 0);
        m_out.attachments.push_back(std::move(part));
    }

    const ReadLimits& m_limits;
    contract::MailContent& m_out;
    int m_parts = 0;
    bool m_hasText = false;
    bool m_hasHtml = false;
};

std::vector<std::string> addresses(InternetAddressList* list, const ReadLimits& limits, bool& cut) {
    std::vector<std::string> out;
    const int count = list ? internet_address_list_length(list) : 0;
    for (int i = 0; i < std::min(count, limits.addresses); ++i) {
        const Owned text{internet_address_to_string(internet_address_list_get_address(list, i), nullptr, FALSE)};
        if (text) out.push_back(shown(text.get(), limits.line_bytes, cut, false));
    }
    if (count > limits.addresses) cut = true;
    return out;
}

}  // namespace

contract::MailContent readMail(std::string_view wire, const ReadLimits& limits) {
    static const bool started = (g_mime_init(), true);
    static_cast<void>(started);
    contract::MailContent out;
    out.source = shown(wire, limits.text_bytes, out.truncated);
    const Ref<GMimeStream> stream{g_mime_stream_mem_new_with_buffer(wire.data(), wire.size())};
    const Ref<GMimeParser> parser{g_mime_parser_new_with_stream(stream.get())};
    const Ref<GMimeMessage> message{g_mime_parser_construct_message(parser.get(), nullptr)};
    if (!message) return out;
    if (const char* subject = g_mime_message_get_subject(message.get()))
        out.subject = shown(subject, limits.line_bytes, out.truncated, false);
    auto from = addresses(g_mime_message_get_from(message.get()), limits, out.truncated);
    if (!from.empty()) out.from = std::move(from.front());
    out.to = addresses(g_mime_message_get_to(message.get()), limits, out.truncated);
    out.cc = addresses(g_mime_message_get_cc(message.get()), limits, out.truncated);
    if (GMimeObject* body = g_mime_message_get_mime_part(message.get())) Walk(limits, out).part(body, 0);
    return out;
}

}  // namespace postroom::content
