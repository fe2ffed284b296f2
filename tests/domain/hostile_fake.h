/* SPDX-License-Identifier: Apache-2.0
 * hostile_fake.h - a server that answers a client of ours as a test likes, at level NONE.
 */
#pragma once

#include <pthread.h>

#include "domain/hostile.h"
#include "rpc/pdu.h"

struct fake;
/* What a PDU is answered with: whole octets into out. False: the connection ends then. */
typedef bool fake_answer(struct fake *f, const struct rpc_pdu *in, struct writer *out);

struct fake {
    fake_answer *answer;
    void *arg;
    int listener;
    unsigned port;
    pthread_t thread;
    atomic_uint connections, requests;
};

void fake_begin(struct fake *f);
void fake_end(struct fake *f); /* its client has freed his binding */

/* What an honest server answers: a bind_ack, alter_context_resp, or response with that stub. */
struct buf fake_honest(const struct rpc_pdu *in, struct bytes stub);
struct buf fake_response(uint8_t flags, uint32_t call_id, uint16_t context, struct bytes stub);
/* Of a PDU of type; its body so many zeros. */
struct buf fake_bare(enum rpc_type type, uint32_t call_id, size_t body);
void fake_put_adopt(struct writer *out, struct buf b);
/* Add(1000, 234)'s result. */
extern const struct bytes fake_sum;
