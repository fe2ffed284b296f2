/* SPDX-License-Identifier: Apache-2.0
 * audit_active.h - the operations of an IDL, called with nothing: who gets as far as the stub?
 *
 * A request without octets is one that the stub of an operation with [in] parameters must refuse,
 * before its routine runs. An operation without any would run, and is never called.
 */
#pragma once

#include "endpoints.h"

enum {
    ACTIVE_NAME = 64,
    ACTIVE_OPERATIONS = 4096, /* of all the IDLs */
    ACTIVE_CONNECTIONS = 64,  /* to a server at once: no more are tried */
};

enum active_verdict {
    ACTIVE_NOT_CALLED,
    ACTIVE_REFUSED,
    ACTIVE_ABSENT,
    ACTIVE_UNKNOWN,
    ACTIVE_REACHED, /* its stub refused the request: who may call was settled before */
    ACTIVE_ANSWERED,
};

struct active_operation { /* of an IDL */
    RPC_IF_ID face;
    unsigned number;
    bool full; /* has [in] parameters */
    char name[ACTIVE_NAME];
};

struct active_call { /* what became of it at an endpoint */
    size_t endpoint, operation;
    enum active_verdict anybody;
    enum active_verdict weak; /* at level connect or packet, the lower that is not refused */
};

struct active {
    const char **idl; /* the files, as they were said */
    size_t idl_count;
    bool wanted; /* --active */
    struct active_operation *operations;
    size_t operation_count;
    struct active_call *calls;
    size_t call_count;
};

/* One file more. False: not enough memory. */
bool active_add(struct active *a, const char *file);
/* What the files say, by countersign-idl. The program's exit status; what is wrong has been told.
 */
int active_read(struct active *a);
/* Calls what there is at the endpoints that answer, and connects to their servers as often as they
 * let. False: not enough memory. */
bool active_ask(struct active *a, struct endpoints *e);
void active_done(struct active *a);
const char *active_word(enum active_verdict v);
