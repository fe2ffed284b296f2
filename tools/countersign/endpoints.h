/* SPDX-License-Identifier: Apache-2.0
 * endpoints.h - the endpoint map of a host, as `countersign endpoints` has it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <countersign/rpc.h>

#include "out.h"

enum {
    ENDPOINTS_SERVICES = 2, /* Negotiate, Kerberos */
    ENDPOINTS_TEXT = 256,
};

enum endpoint_state {
    ENDPOINT_UNASKED, /* nobody here can: another protocol sequence, or another host's ncalrpc */
    ENDPOINT_ANSWERS, /* and has the interface */
    ENDPOINT_STALE,   /* who answers has not got the interface */
    ENDPOINT_DEAD,    /* nobody answers */
    ENDPOINT_UNKNOWN, /* it answers something else: why */
};

struct verdict {
    enum endpoint_state state;
    bool anybody;                        /* callers without authentication, too */
    unsigned levels[ENDPOINTS_SERVICES]; /* 1 << RPC_C_AUTHN_LEVEL_xxx of what it takes */
    bool asked[ENDPOINTS_SERVICES];
    bool gaps[ENDPOINTS_SERVICES]; /* at some level it was not heard: nobody knows of that one */
    bool ndr64;                    /* it takes NDR64 alone; all were asked in NDR alone */
    char why[ENDPOINTS_TEXT];
};

struct endpoint {
    RPC_IF_ID id;
    UUID object; /* nil: none */
    char annotation[ENDPOINTS_TEXT];
    char sequence[32], address[ENDPOINTS_TEXT], endpoint[ENDPOINTS_TEXT];
    bool unlisted;        /* its server has it, the mapper did not say so */
    bool large;           /* it took a request of AUDIT_LARGE bytes */
    unsigned connections; /* of a stranger's, which its server had at once; 0: not tried */
    struct verdict verdict;
};

struct endpoints {
    /* what is asked */
    const char *host; /* NULL: this one */
    char name[320];   /* whom servers must prove to be; "": not known */
    unsigned timeout; /* seconds, of each call */
    bool by_interface, versioned, by_object;
    RPC_IF_ID interface;
    UUID object;
    /* what is found, sorted */
    struct endpoint *all;
    size_t count, room;
    bool authenticated;        /* the mapper wanted to know who asks */
    bool asked_as_user;        /* servers were asked as the user, too */
    bool untold;               /* some server does not say what it serves */
    char note[ENDPOINTS_TEXT]; /* why they were not; "": they were */
    char why[512], fix[512];   /* of the mapper's, what failed last */
};

/* The program's exit status; what is wrong has been told. */
int endpoints_read(struct endpoints *e);
void endpoints_done(struct endpoints *e);
/* An empty one more, behind the others; NULL: not enough memory. It may move them. */
struct endpoint *endpoints_add(struct endpoints *e);
void endpoints_sort(struct endpoints *e);

/* ---- endpoints.c ---- */

enum { ENDPOINTS_WORDS = 2 * ENDPOINTS_TEXT };

/* Whom it takes, or why that is not known; "": it was not asked. */
enum out_style endpoints_say_verdict(const struct endpoint *p, char ret[ENDPOINTS_WORDS]);
void endpoints_uuid_text(const UUID *u, char ret[64]);

/* ---- endpoints_probe.c ---- */

/* What each endpoint takes, several hosts' processes at once; progress is told. */
void endpoints_probe(struct endpoints *e);
/* Over TCP, or over ncalrpc of this host. */
bool endpoints_can_be_asked(const struct endpoints *e, const struct endpoint *p);
bool endpoints_same_server(const struct endpoints *e, const struct endpoint *a,
                           const struct endpoint *b);
/* NULL: not enough memory. */
RPC_BINDING_HANDLE endpoints_bind(const struct endpoints *e, const struct endpoint *p);
ULONG endpoints_service(unsigned service);
/* "RpcBindingSetOption" and its like: patience of that many seconds. */
void endpoints_be_patient(RPC_BINDING_HANDLE b, unsigned seconds);
/* 0: Negotiate, 1: Kerberos. */
const char *endpoints_service_name(unsigned service);

/* ---- endpoints_names.c ---- */

/* What an interface is called by everybody; NULL for most. */
const char *endpoints_interface_name(const UUID *uuid);
