// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "tests/unit/content/gmime_oracle.h"

#include <gmime/gmime.h>

namespace oracle {

namespace {

std::string text(const char* value) {
    return value == nullptr ? std::string{} : std::string{value};
}

std::vector<std::pair<std::string, std::string>> mailboxes(InternetAddressList* list) {
    std::vector<std::pair<std::string, std::string>> out;
    for (int i = 0; list != nullptr && i < internet_address_list_length(list); ++i) {
        InternetAddress* address = internet_address_list_get_address(list, i);
        const char* addr = INTERNET_ADDRESS_IS_MAILBOX(address)
                               ? internet_address_mailbox_get_idn_addr(INTERNET_ADDRESS_MAILBOX(address))
                               : "group";
        out.emplace_back(text(internet_address_get_name(address)), text(addr));
    }
    return out;
}

void walk(GMimeObject* object, Mail& mail) {
    GMimeContentType* type = g_mime_object_get_content_type(object);
    char* name = g_mime_content_type_get_mime_type(type);
    mail.structure += name;
    if (GMIME_IS_MULTIPART(object)) {
        GMimeMultipart* multipart = GMIME_MULTIPART(object);
        mail.structure += '(';
        for (int i = 0; i < g_mime_multipart_get_count(multipart); ++i) {
            if (i > 0) mail.structure += ' ';
            walk(g_mime_multipart_get_part(multipart, i), mail);
        }
        mail.structure += ')';
    } else if (GMIME_IS_PART(object)) {
        GMimePart* part = GMIME_PART(object);
        Part leaf{name, text(g_mime_part_get_filename(part)), {}};
        if (GMimeDataWrapper* content = g_mime_part_get_content(part); content != nullptr) {
            GMimeStream* stream = g_mime_stream_mem_new();
            g_mime_data_wrapper_write_to_stream(content, stream);
            const GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
            leaf.content.assign(reinterpret_cast<const char*>(bytes->data), bytes->len);
            g_object_unref(stream);
        }
        mail.parts.push_back(std::move(leaf));
    }
    g_free(name);
}

}  // namespace

std::string Mail::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (key == name) return value;
    return {};
}

Mail read(const std::string& wire) {
    static const bool started = (g_mime_init(), true);
    Mail mail;
    GMimeStream* stream = started ? g_mime_stream_mem_new_with_buffer(wire.data(), wire.size()) : nullptr;
    GMimeParser* parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage* message = g_mime_parser_construct_message(parser, nullptr);
    if (message != nullptr) {
        mail.readable = true;
        mail.messageId = text(g_mime_message_get_message_id(message));
        mail.subject = text(g_mime_message_get_subject(message));
        mail.from = mailboxes(g_mime_message_get_from(message));
        mail.to = mailboxes(g_mime_message_get_to(message));
        mail.cc = mailboxes(g_mime_message_get_cc(message));
        mail.replyTo = mailboxes(g_mime_message_get_reply_to(message));
        if (GDateTime* date = g_mime_message_get_date(message); date != nullptr)
            mail.dateSeconds = g_date_time_to_unix(date);
        GMimeHeaderList* headers = g_mime_object_get_header_list(GMIME_OBJECT(message));
        for (int i = 0; i < g_mime_header_list_get_count(headers); ++i) {
            GMimeHeader* header = g_mime_header_list_get_header_at(headers, i);
            mail.headers.emplace_back(text(g_mime_header_get_name(header)), text(g_mime_header_get_value(header)));
        }
        if (GMimeObject* part = g_mime_message_get_mime_part(message); part != nullptr) walk(part, mail);
        g_object_unref(message);
    }
    g_object_unref(parser);
    g_object_unref(stream);
    return mail;
}

}  // namespace oracle
