/* SPDX-License-Identifier: Apache-2.0
 * keys.c - see keys.h.
 */
#include "keys.h"

#include <stdlib.h>

struct account {
    struct sid sid;
    struct queue_key signing, agreement;
    struct queue_keys seen;
};

static struct account accounts[2];

static enum err give(const struct queue_key *from, struct queue_key *ret)
{
    *ret = *from;
    crypto_p256_ref(ret->key);
    return ERR_OK;
}

static struct account *find(const struct sid *sid)
{
    return &accounts[sid_equal(sid, &accounts[KEYS_RECEIVER].sid) ? KEYS_RECEIVER : KEYS_SENDER];
}

static enum err own_signing(void *arg, struct queue_key *ret)
{
    struct account *a = arg;

    return give(&a->signing, ret);
}

static enum err own_agreement(void *arg, const uint8_t id[QUEUE_KEY_ID], struct queue_key *ret)
{
    struct account *a = arg;

    (void)id;
    return give(&a->agreement, ret);
}

static enum err peer_signing(void *arg, const struct sid *account, struct bytes host,
                             const uint8_t id[QUEUE_KEY_ID], enum queue_key_state *ret_state,
                             struct queue_key *ret)
{
    (void)arg;
    (void)host;
    (void)id;
    *ret_state = QUEUE_KEY_FOUND;
    return give(&find(account)->signing, ret);
}

static enum err peer_agreement(void *arg, const struct sid *account, struct bytes host,
                               enum queue_key_state *ret_state, struct queue_key *ret)
{
    (void)arg;
    (void)host;
    *ret_state = QUEUE_KEY_FOUND;
    return give(&find(account)->agreement, ret);
}

static void make(struct queue_key *k)
{
    if (crypto_p256_new(&k->key))
        abort();
    queue_key_id(crypto_p256_public(k->key), k->id);
}

const struct queue_keys *keys_of(enum keys_who who)
{
    static const char *const sids[] = { "S-1-5-21-1-2-3-1101", "S-1-5-21-1-2-3-1102" };
    int i;

    for (i = 0; i < 2 && !accounts[i].signing.key; i++) {
        struct account *a = &accounts[i];

        if (sid_parse(sids[i], &a->sid))
            abort();
        make(&a->signing);
        make(&a->agreement);
        a->seen = (struct queue_keys){ .arg = a,
                                       .account = &a->sid,
                                       .host = bytes_of_text(KEYS_HOST),
                                       .own_signing = own_signing,
                                       .own_agreement = own_agreement,
                                       .peer_signing = peer_signing,
                                       .peer_agreement = peer_agreement };
    }
    return &accounts[who].seen;
}
