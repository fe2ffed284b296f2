/* SPDX-License-Identifier: Apache-2.0
 * transport_door.c - what a message has to be like, to be taken out of a queue and executed.
 */
#include "base/policy_value.h"
#include "queue/process.h"
#include "queue/transport_queue.h"

static uint64_t lifetime_most(void)
{
    return policy_get(POLICY_QUEUE_LIFETIME) == POLICY_ENFORCE
               ? policy_number(POLICY_QUEUE_LIFETIME) * QUEUE_DAY + 3600 * QUEUE_SECOND
               : 0;
}

static bool signs_each(void)
{
    return policy_get(POLICY_QUEUE_SIGNATURES) == POLICY_ENFORCE;
}

/* What opens a session: its calls are judged by what they prove themselves. Only a call does: what
 * else bears that interface is what it is. */
static bool opens_session(const struct queue_header *h)
{
    static const struct uuid session = QUEUED_SESSION_UUID;

    return h->kind == QUEUE_KIND_CALL && h->level == QUEUE_LEVEL_NONE &&
           !memcmp(&h->interface_id, &session, sizeof session);
}

struct queue_door queue_transport_door(const struct queued_queue *q,
                                       const struct queued_server *server,
                                       const struct queue_header *claimed)
{
    static const char *const nobody[] = { "" };
    const bool call = q->kind == QUEUE_KIND_CALL, replay = claimed->kind == QUEUE_KIND_REPLAY;
    const bool none = claimed->level == QUEUE_LEVEL_NONE || !call;

    return (struct queue_door){ .queue = bytes_of_text(q->name),
                                .services = none ? nobody : server->services,
                                .service_count = none ? 1 : server->services_count,
                                .level = replay                           ? QUEUE_LEVEL_INTEGRITY
                                         : call && opens_session(claimed) ? claimed->level
                                                                          : q->least,
                                .signed_alone = replay || (!none && signs_each()),
                                .now = queue_now(),
                                .skew = QUEUE_SKEW,
                                .lifetime_max = lifetime_most() };
}
