/* SPDX-License-Identifier: Apache-2.0
 * doors.h - what the exported functions of this module share: codes and text for the caller.
 */
#pragma once

#include "base/err.h"
#include "base/utf16.h"

#include <countersign/winerror.h>
#include <countersign/wintypes.h>

/* The Win32 column of the error table. */
DWORD win32_code(enum err e) SHARED(win32_code);
/* As win32_code, of a function whose whole input is the caller's text: what is malformed is a
 * wrong parameter. */
DWORD win32_text_code(enum err e) SHARED(win32_text_code);

/* Room for text, in characters with the terminating null. A part with no room is not wanted. */
struct text_room {
    DWORD *len;
    char *a; /* one of the two */
    WCHAR *w;
};

/* Copies s (NULL: an empty text) if there is room; *room.len becomes what it takes.
 * ERROR_BUFFER_OVERFLOW if there is not, or if neither a nor w is set. */
DWORD text_give(const char *s, struct text_room room) SHARED(text_give);
/* True for a part a cracking function is asked for. */
bool text_wanted(struct text_room room) SHARED(text_wanted);

/* An array of n wide strings as UTF-8, and its end. */
MUST_CHECK enum err texts_from_wide(const LPCWSTR *from, size_t n, char ***ret)
    SHARED(texts_from_wide);
void texts_free(char **texts, size_t n) SHARED(texts_free);
