/* SPDX-License-Identifier: Apache-2.0
 * lex.h - C text as tokens, with the file and the line each was written in.
 *
 * The text is a source file, or what a preprocessor leaves that runs directives but expands no
 * macro (gcc -E -fdirectives-only, clang -E -frewrite-includes). Its line markers are followed:
 *
 *     # 12 "folder/file.h" 1 3 4      line, file, and flags; 3 is a system header
 *
 * Every token so stands where somebody wrote it, also inside a macro's definition. Nothing is
 * copied: a token is an offset and a length. Unclosed strings and comments end with their line or
 * with the text; no input is refused but for its size.
 */
#pragma once

#include "base/bytes.h"

enum { PORT_TEXT_MAX = 256 << 20 }; /* of one translation unit; the largest known are a tenth */

enum port_kind { PORT_WORD, PORT_NUMBER, PORT_STRING, PORT_CHARACTER, PORT_MARK };

/* Whose file it is. A dead one stands below #if 0. */
enum port_origin { PORT_USER, PORT_OURS, PORT_SYSTEM, PORT_DEAD };

struct port_token {
    size_t at, len;
    unsigned line, file; /* file indexes port_source.files */
    enum port_kind kind;
    enum port_origin origin;
    unsigned directive; /* which directive it is part of, counted from 1; 0 outside */
};

struct port_file {
    char *name;
    enum port_origin origin;
};

/* Says whose a file is; system is what the line marker said. */
typedef enum port_origin port_judge(void *arg, const char *file, bool system);

struct port_source {
    struct bytes text;
    struct port_token *tokens;
    size_t count;
    struct port_file *files;
    size_t file_count;
};

/* Borrows text. name is the file the text begins in; judge may be NULL: all is the user's. */
MUST_CHECK enum err port_lex(struct bytes text, const char *name, port_judge *judge, void *arg,
                             struct port_source *ret);
void port_source_free(struct port_source *s);

/* Whether token i is there and is this word or mark. */
bool port_is(const struct port_source *s, size_t i, const char *text);
/* The text of token i. */
struct bytes port_text(const struct port_source *s, size_t i);
