// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/template/token_walk.h"

namespace postroom::content::templates {

std::string TokenWalk::shown() const {
    switch (now().kind) {
        case Token::Kind::End: return "the end of the template";
        case Token::Kind::OutputEnd: return "'}}'";
        case Token::Kind::TagEnd: return "'%}'";
        case Token::Kind::Data: return "text";
        case Token::Kind::OutputBegin: return "'{{'";
        case Token::Kind::TagBegin: return "'{%'";
        default: return "'" + std::string{now().text.substr(0, 40)} + "'";
    }
}

}  // namespace postroom::content::templates
