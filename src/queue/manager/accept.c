/* SPDX-License-Identifier: Apache-2.0
 * accept.c - whether a message may enter a queue.
 */
#include "queue/manager/accept.h"

#include <inttypes.h>

#include "base/identity_map.h"
#include "base/os_account.h"
#include "base/policy.h"
#include "base/policy_value.h"
#include "mqd.h"

#define DAY_TICKS UINT64_C(864000000000)
#define SLACK_TICKS UINT64_C(36000000000) /* an hour: clocks differ */

enum { AUTHORITY_UNIX = 22, UNIX_USER = 1 };

/* ---- the claimed sender ---- */

/* An account of this host claims itself alone. */
static bool is_local(const struct sid *s, uint32_t *ret_uid)
{
    if (s->authority != AUTHORITY_UNIX || s->count != 2 || s->sub[0] != UNIX_USER)
        return false;
    *ret_uid = s->sub[1];
    return true;
}

/* What is protected is proven to its receiver, or refused by it; nobody proves anything else. */
static bool takes_unlisted(const struct config *c, bool protects)
{
    return c->unlisted_senders == CONFIG_UNLISTED_ACCEPT ||
           (c->unlisted_senders == CONFIG_UNLISTED_PROTECTED && protects);
}

/* A map that cannot be read is no good for anybody. */
static uint32_t by_map(const struct accept *a, const struct sid *claimed, bool protects)
{
    const struct identity_map_who who = { .sid = claimed };
    struct identity_map_target target = { 0 };
    struct os_account account = { 0 };
    enum err e = identity_map_find(a->senders, &who, &target);
    bool his;

    if (e == ERR_NOT_FOUND)
        return takes_unlisted(a->config, protects) ? MQD_OK : MQD_WRONG_SENDER;
    if (e || os_account_find(&target, &account))
        return MQD_WRONG_SENDER;
    his = account.uid == a->uid;
    os_account_done(&account);
    return his ? MQD_OK : MQD_WRONG_SENDER;
}

static uint32_t check_sender(const struct accept *a, const struct message_facts *m,
                             struct accept_sender *last)
{
    const struct sid *claimed = &m->sender;
    uint32_t uid = 0;

    if (!a->uid)
        return MQD_OK; /* who could become anybody of this host anyway */
    if (is_local(claimed, &uid))
        return uid == a->uid ? MQD_OK : MQD_WRONG_SENDER;
    if (last->known && last->protects == m->protects && sid_equal(&last->sid, claimed))
        return last->status;
    *last = (struct accept_sender){ .known = true,
                                    .protects = m->protects,
                                    .sid = *claimed,
                                    .status = by_map(a, claimed, m->protects) };
    return last->status;
}

/* ---- times ---- */

static uint32_t check_times(const struct accept *a, const struct store_message *m)
{
    uint64_t most = policy_number(POLICY_QUEUE_LIFETIME) * DAY_TICKS;

    if (!m->expires || m->expires > a->now + most + SLACK_TICKS) {
        if (policy_forbids(POLICY_QUEUE_LIFETIME,
                           "a message of uid %" PRIu32 " to %s, which lives longer than %" PRIu32
                           " days",
                           a->uid, a->queue, policy_number(POLICY_QUEUE_LIFETIME)))
            return MQD_LIFETIME;
    }
    if (m->expires && m->expires <= a->now)
        return MQD_EXPIRED;
    return m->reach_by && m->reach_by <= a->now ? MQD_EXPIRED : MQD_OK;
}

uint32_t accept_check(const struct accept *a, const struct message_facts *m,
                      struct accept_sender *last)
{
    uint32_t status;

    if (!bytes_equal(m->queue, bytes_of_text(a->queue)))
        return MQD_WRONG_QUEUE;
    if (m->body > a->config->message_bytes + m->around)
        return MQD_TOO_LARGE;
    status = check_times(a, &m->store);
    return status ? status : check_sender(a, m, last);
}
