// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/mail_grammar.h"

#include "engine/base/text.h"
#include "engine/contract/requests.h"

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

constexpr std::size_t mostAddresses = contract::mostRecipients + 1;
constexpr std::size_t subjectLimit = 2000;

void start() {
    static const bool started = (g_mime_init(), true);
    static_cast<void>(started);
}

std::string clean(const char* text) {
    std::string out = text ? text : "";
    if (!isValidUtf8(out)) out = toUtf8(QString::fromLatin1(out.data(), static_cast<qsizetype>(out.size())));
    return printable(out, subjectLimit);
}

void gather(InternetAddressList* list, std::vector<Mailbox>& into) {
    const int count = list ? internet_address_list_length(list) : 0;
    for (int i = 0; i < count && into.size() < mostAddresses; ++i) {
        InternetAddress* address = internet_address_list_get_address(list, i);
        if (INTERNET_ADDRESS_IS_GROUP(address)) {
            gather(internet_address_group_get_members(INTERNET_ADDRESS_GROUP(address)), into);
        } else if (INTERNET_ADDRESS_IS_MAILBOX(address)) {
            const char* spec = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address));
            into.push_back({clean(internet_address_get_name(address)), spec ? spec : ""});
        }
    }
}

struct Parts {
    bool isSigned = false;
};

// What a part says of its encoding is forgotten where it says "none": GMime then looks at the bytes.
void forgetEncoding(GMimeObject*, GMimeObject* part, gpointer data) {
    if (GMIME_IS_MULTIPART_SIGNED(part)) static_cast<Parts*>(data)->isSigned = true;
    if (!GMIME_IS_PART(part)) return;
    const GMimeContentEncoding encoding = g_mime_part_get_content_encoding(GMIME_PART(part));
    if (encoding == GMIME_CONTENT_ENCODING_7BIT || encoding == GMIME_CONTENT_ENCODING_8BIT ||
        encoding == GMIME_CONTENT_ENCODING_BINARY)
        g_mime_part_set_content_encoding(GMIME_PART(part), GMIME_CONTENT_ENCODING_DEFAULT);
}

}  // namespace

std::vector<Mailbox> addressesIn(const std::string& value) {
    start();
    std::vector<Mailbox> mailboxes;
    const std::unique_ptr<GMimeParserOptions, void (*)(GMimeParserOptions*)> options{
        g_mime_parser_options_new(), [](GMimeParserOptions* given) { g_mime_parser_options_free(given); }};
    // What is no address is to be refused by name, not passed over.
    g_mime_parser_options_set_allow_addresses_without_domain(options.get(), TRUE);
    const Ref<InternetAddressList> list{internet_address_list_parse(options.get(), value.c_str())};
    gather(list.get(), mailboxes);
    if (!list && !trimmed(value).empty()) mailboxes.push_back({{}, value});
    return mailboxes;
}

std::string decodedText(const std::string& value) {
    start();
    const std::unique_ptr<char, void (*)(void*)> text{g_mime_utils_header_decode_text(nullptr, value.c_str()), g_free};
    return clean(text.get());
}

std::optional<std::string> sevenBit(std::string_view mail) {
    start();
    const Ref<GMimeStream> stream{g_mime_stream_mem_new_with_buffer(mail.data(), mail.size())};
    const Ref<GMimeParser> parser{g_mime_parser_new_with_stream(stream.get())};
    const Ref<GMimeMessage> message{g_mime_parser_construct_message(parser.get(), nullptr)};
    if (!message) return std::nullopt;
    Parts parts;
    g_mime_message_foreach(message.get(), forgetEncoding, &parts);
    if (parts.isSigned) return std::nullopt;
    g_mime_object_encode(GMIME_OBJECT(message.get()), GMIME_ENCODING_CONSTRAINT_7BIT);
    const std::unique_ptr<GMimeFormatOptions, void (*)(GMimeFormatOptions*)> format{
        g_mime_format_options_new(), [](GMimeFormatOptions* options) { g_mime_format_options_free(options); }};
    g_mime_format_options_set_newline_format(format.get(), GMIME_NEWLINE_FORMAT_DOS);
    const Ref<GMimeStream> out{g_mime_stream_mem_new()};
    if (g_mime_object_write_to_stream(GMIME_OBJECT(message.get()), format.get(), out.get()) < 0) return std::nullopt;
    const GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(out.get()));
    std::string text{reinterpret_cast<const char*>(bytes->data), bytes->len};
    if (!text.ends_with("\r\n")) text += "\r\n";
    return text;
}

}  // namespace postroom::content
