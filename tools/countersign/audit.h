/* SPDX-License-Identifier: Apache-2.0
 * audit.h - how secure is a server of remote procedure calls? What `countersign audit` asks, what
 * it makes of the answers, and how it tells them.
 *
 * The documentation's "Writing a Secure RPC Client or Server" has sixteen practices; each finding
 * belongs to one of them.
 */
#pragma once

#include <stdio.h>

#include "audit_active.h"

enum {
    AUDIT_PRACTICES = 16,
    AUDIT_LARGE = 1024 * 1024, /* a request that size is more than most interfaces have use for */
};

enum audit_kind {
    AUDIT_ANYBODY,
    AUDIT_UNUSED_PROOF,
    AUDIT_REFUSES_NOBODY,
    AUDIT_WEAK_LEVEL,
    AUDIT_NO_PROOF,
    AUDIT_LEVELS_UNSEEN,
    AUDIT_UNCLEAR,
    AUDIT_ODD_SEQUENCE,
    AUDIT_READABLE,
    AUDIT_BESIDE,
    AUDIT_STALE,
    AUDIT_NO_LIMIT,
    AUDIT_TELLS_ANYBODY,
    /* of operations, with an IDL */
    AUDIT_OPERATION_ANYBODY,
    AUDIT_OPERATION_WEAK,
    AUDIT_UNCHECKED,
    AUDIT_MANY_CONNECTIONS,
    /* from inside alone */
    AUDIT_ANY_ACCOUNT,
    AUDIT_LOOSE_HANDLES,
    AUDIT_SHARED_HANDLES,
    AUDIT_ENDPOINT_SECURITY,
    AUDIT_NO_SHARE,
    AUDIT_CALLBACKS_WAIT,
    AUDIT_KEPT_ANSWERS,
    AUDIT_CALLBACK_ALONE,
    /* of what could not be seen */
    AUDIT_NOT_WELCOME,
    AUDIT_SILENT,
    AUDIT_KINDS
};

struct audit_kind_row {
    const char *id;
    unsigned practice; /* from 1 */
    char grade;        /* the best that what has it can get; 'A': worth knowing, no more */
    const char *found, *fix;
    const char *inside; /* what is found, in words of who looks from inside; NULL: the same */
};

struct audit_practice {
    const char *title, *page;
    const char *elsewhere; /* who sees it, where this cannot; NULL: this can */
};

enum audit_state { PRACTICE_UNSEEN, PRACTICE_HOLDS, PRACTICE_BROKEN };

struct audit {
    /* what is asked */
    const char *binding; /* one server, as it was said; NULL: all that a mapper knows */
    RPC_IF_ID interface; /* of that server, whatever it tells */
    bool chosen;         /* there is such an interface */
    struct endpoints e;
    struct active active;
    struct audit_inside *inside; /* NULL: it is looked at from outside */
    char about[128];             /* the process that is looked into */
    /* what is made of the answers */
    unsigned *found; /* of each endpoint: 1 << AUDIT_xxx */
    char *grades;    /* of each endpoint; '-': not judged */
    enum audit_state practices[AUDIT_PRACTICES];
    char grade;
    size_t judged;
};

struct audit_inside;

extern const struct audit_practice audit_practices[AUDIT_PRACTICES];
extern const struct audit_kind_row audit_kinds[AUDIT_KINDS];

/* ---- audit_ask.c ---- */

/* Asks the servers. The program's exit status; what is wrong has been told. */
int audit_ask(struct audit *a);

/* ---- audit_judge.c ---- */

/* False: not enough memory. */
bool audit_judge(struct audit *a);
void audit_done(struct audit *a);
/* How many endpoints it was found of. */
size_t audit_count(const struct audit *a, enum audit_kind kind);
const char *audit_state_word(enum audit_state state);
const char *audit_about(const struct audit *a);
const char *audit_found(const struct audit *a, enum audit_kind kind);
/* Why a practice is as it is, or who sees it; NULL: nothing to say. */
const char *audit_reason(const struct audit *a, unsigned practice);
/* The i-th thing that was not asked, and why; NULL: no more. */
const char *audit_unasked(const struct audit *a, size_t i);
/* "endpoints", or from inside "interfaces". */
const char *audit_parts(const struct audit *a);

/* ---- audit_text.c, audit_json.c, audit_html.c ---- */

void audit_print(struct audit *a);
void audit_json(const struct audit *a);
/* False: the file could not be written, errno. */
bool audit_html(const struct audit *a, const char *path);
