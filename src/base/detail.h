/* SPDX-License-Identifier: Apache-2.0
 * detail.h - what a thread's last failing call can tell a person. Never sent to a peer.
 *
 * A door calls detail_begin; where an error is made, detail_fail fills the text and the remedy,
 * and the small setters the fields a program may want to read. Later failures of one call do not
 * overwrite the first text.
 */
#pragma once

#include <stdint.h>

#include <stddef.h>

#include "base/err.h"

enum { DETAIL_TEXT = 512, DETAIL_NAME = 256, DETAIL_PHASE = 48 };

struct detail {
    enum err err;
    char phase[DETAIL_PHASE]; /* the function, or the step in it: "InitializeSecurityContext" */
    char text[DETAIL_TEXT];   /* what happened, one sentence */
    char remedy[DETAIL_TEXT]; /* what to try, one sentence */
    char asked[DETAIL_NAME];  /* the name asked for */
    char tried[DETAIL_NAME];  /* the names or places tried */
    char server[DETAIL_NAME]; /* the KDC or directory server asked */
    char library[16];         /* "krb5", "ldap", "openssl" */
    char library_text[DETAIL_NAME]; /* that library's own words */
    int64_t library_code;
    uint32_t kvno_seen, kvno_held; /* key versions; 0: not known */
    int32_t skew;                  /* seconds the peer's clock is ahead; 0: not known */
};

/* Empties the thread's record; phase is a string constant, known again by its address. */
void detail_begin(const char *phase) SHARED(detail_begin);
/* The thread's record, always there. */
struct detail *detail_get(void) SHARED(detail_get);
/* Sets the text (unless there is one), logs it as a debug line, returns e. */
enum err detail_fail(enum err e, const char *fmt, ...) SHARED(detail_fail) SELDOM
    __attribute__((format(printf, 2, 3)));
#ifdef __clang_analyzer__ /* which cannot see that what goes in comes back */
#define detail_fail(e, ...) ((void)detail_fail(e, __VA_ARGS__), (e))
#endif
/* What to try; keeps an earlier one. */
void detail_remedy(const char *fmt, ...) SHARED(detail_remedy) SELDOM
    __attribute__((format(printf, 1, 2)));
/* Copies s into one of the record's arrays: detail_set(d->asked, name). */
#define detail_set(field, s) detail_copy((field), sizeof(field), (s))
void detail_copy(char *to, size_t size, const char *s) SHARED(detail_copy);
/* What another library said. */
void detail_library(const char *library, int64_t code, const char *text) SHARED(detail_library);
