/* SPDX-License-Identifier: Apache-2.0
 * relay.h - a man in the middle between two TCP sockets: alter, drop, replay, delay, cut.
 *
 * He waits on a port of the loopback, connects onward for each connection that comes, and hands
 * every frame, either way, to a callback that says what becomes of it. All of it runs in one
 * thread of his: a callback that sleeps delays everything, and needs no lock of its own until the
 * test has called relay_free.
 */
#pragma once

#include "base/bytes.h"

enum { RELAY_CONNECTIONS = 8, RELAY_FRAME_MAX = 1 << 20 };

/* How the two ends cut their stream: a header of fixed size that tells how much follows. */
struct relay_framing {
    size_t header;
    size_t (*rest)(const uint8_t *header);
};
extern const struct relay_framing relay_be32;       /* length 4 */
extern const struct relay_framing relay_gss_sample; /* flags 1, length 4: MIT's samples */
extern const struct relay_framing relay_rpc;        /* PDUs, little-endian */

struct relay_frame {
    unsigned connection, number; /* from 0, its place; number counts this direction's frames */
    bool from_client;
    struct buf bytes; /* header included; may be changed, or replaced by another */
};

enum relay_verdict { RELAY_PASS, RELAY_DROP, RELAY_TWICE, RELAY_CUT };
typedef enum relay_verdict relay_meddle(void *arg, struct relay_frame *f);

struct relay_how {
    const char *to; /* "127.53.1.1"; NULL: 127.0.0.1 */
    unsigned to_port;
    const struct relay_framing *framing;
    relay_meddle *meddle;
    void *arg;
};

struct relay;
MUST_CHECK enum err relay_new(const struct relay_how *how, struct relay **ret);
unsigned relay_port(const struct relay *r);
void relay_free(struct relay *r); /* cuts what is open, waits for the thread; accepts NULL */
