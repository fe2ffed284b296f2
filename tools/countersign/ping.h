/* SPDX-License-Identifier: Apache-2.0
 * ping.h - the steps of `countersign ping`, and what they leave for the next.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <countersign/rpc.h>

#include "base/resolve.h"

#include "command.h"

/* Exit statuses of its own, one for each way of not being there. */
enum {
    EXIT_NOWHERE = 3,  /* no address, or nobody answers at it */
    EXIT_INTERFACE,    /* a server, and not this interface */
    EXIT_UNPROVEN,     /* it, or we, could not be authenticated */
    EXIT_CALLS_FAILED, /* calls fail that should not */
};

enum ping_state { PING_OK, PING_REFUSED, PING_FAILED };

enum { PING_STEPS = 8, PING_TEXT = 512 };

struct ping_step {
    const char *name;
    enum ping_state state;
    int exit; /* the program's, if it ends here */
    int64_t us;
    char found[PING_TEXT], fix[PING_TEXT];
};

struct ping {
    /* what is asked */
    const char *binding, *interface, *spn;
    ULONG level, service;
    unsigned timeout; /* seconds, of each step */
    /* what is known so far */
    char host[256], endpoint[64], name[320]; /* name: whom the server must prove to be */
    bool local;                              /* over ncalrpc */
    bool chosen;                             /* the interface is the user's, not the default */
    CS_CLIENT_INTERFACE face;
    RPC_BINDING_HANDLE server;
    struct resolve_address addresses[RESOLVE_MAX];
    size_t address_count;
    struct ping_step steps[PING_STEPS];
    size_t count;
};

int64_t ping_now(void); /* microseconds */

/* Every step in order, up to the first that fails. The program's exit status. */
int ping_walk(struct ping *p);
void ping_done(struct ping *p);

/* ---- ping_loop.c ---- */

struct ping_loop {
    unsigned long count; /* 0: until interrupted */
    unsigned interval;   /* milliseconds between two calls */
    bool aloud;          /* a line for each */
};

struct ping_latency {
    unsigned long calls, failed;
    int64_t min, median, p99, max; /* microseconds, of those that did not fail */
    char why[PING_TEXT];           /* the last failure */
};

/* False: not enough memory. */
bool ping_loop(struct ping *p, const struct ping_loop *how, struct ping_latency *ret);
