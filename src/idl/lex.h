/* SPDX-License-Identifier: Apache-2.0
 * lex.h - the tokens of an IDL or ACF text that a C preprocessor has been over.
 */
#pragma once

#include "idl/idl.h"

enum idl_token_kind {
    IDL_TOKEN_END, /* of the text, of what stands before a Ctrl-Z, or after an error */
    IDL_TOKEN_NAME,
    IDL_TOKEN_NUMBER,
    IDL_TOKEN_STRING, /* text: between the quotes, escapes as they were written */
    IDL_TOKEN_CHAR,
    IDL_TOKEN_UUID,
    IDL_TOKEN_PUNCTUATION,
    IDL_TOKEN_PRAGMA, /* text: what follows the word */
};

struct idl_token {
    enum idl_token_kind kind;
    struct idl_place at;
    const char *text;
    uint64_t value; /* of a whole number or a character */
    bool real;      /* a number with a point or an exponent: see text */
    bool wide;      /* L"..." or L'.' */
};

struct idl_lexer {
    struct idl *run;
    const char *at, *end, *line_start;
    const char *file;
    unsigned line;
    bool line_begins; /* nothing but blanks since the newline */
    bool failed;
};

/* The text is copied into the run. */
struct idl_lexer idl_lex(struct idl *run, const char *file, const char *text, size_t len);
struct idl_token idl_lex_next(struct idl_lexer *lx);
/* Where a UUID must stand, which looks like numbers, names and minus signs. */
struct idl_token idl_lex_uuid(struct idl_lexer *lx);
