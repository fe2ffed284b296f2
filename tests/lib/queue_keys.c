/* SPDX-License-Identifier: Apache-2.0
 * queue_keys.c - see queue_keys.h.
 */
#include "lib/queue_keys.h"

#include "lib/scratch.h"
#include "lib/unit.h"

static void make(struct queue_key *k)
{
    assert_int_equal(crypto_p256_new(&k->key), ERR_OK);
    queue_key_id(crypto_p256_public(k->key), k->id);
}

static void give(const struct queue_key *from, struct queue_key *ret)
{
    *ret = *from;
    crypto_p256_ref(ret->key);
}

static struct queue_account *self(void *arg)
{
    struct queue_seat *s = arg;

    return &s->world->accounts[s->who];
}

static struct queue_account *find(void *arg, const struct sid *sid, struct bytes host)
{
    struct queue_seat *s = arg;
    int i;

    for (i = 0; i < QUEUE_ACCOUNTS; i++) {
        struct queue_account *a = &s->world->accounts[i];

        if (sid_equal(&a->sid, sid) && bytes_equal(bytes_of_text(a->host), host))
            return a;
    }
    return NULL;
}

static enum err own_signing(void *arg, struct queue_key *ret)
{
    if (!self(arg)->signing.key)
        return ERR_NOT_FOUND;
    give(&self(arg)->signing, ret);
    return ERR_OK;
}

static enum err own_agreement(void *arg, const uint8_t id[QUEUE_KEY_ID], struct queue_key *ret)
{
    const struct queue_key *keys[] = { &self(arg)->agreement, &self(arg)->old_agreement };
    int i;

    for (i = 0; i < 2; i++) {
        if (!keys[i]->key || memcmp(keys[i]->id, id, QUEUE_KEY_ID) != 0)
            continue;
        give(keys[i], ret);
        return ERR_OK;
    }
    return ERR_NOT_FOUND;
}

static enum err answer(const struct queue_account *a, const struct queue_key *k,
                       enum queue_key_state *ret_state, struct queue_key *ret)
{
    *ret_state = a->state;
    if (a->state == QUEUE_KEY_FOUND)
        give(k, ret);
    return ERR_OK;
}

static enum err peer_signing(void *arg, const struct sid *sid, struct bytes host,
                             const uint8_t id[QUEUE_KEY_ID], enum queue_key_state *ret_state,
                             struct queue_key *ret)
{
    const struct queue_account *a = find(arg, sid, host);

    if (a && memcmp(a->signing.id, id, QUEUE_KEY_ID) == 0)
        return answer(a, &a->signing, ret_state, ret);
    *ret_state = QUEUE_KEY_UNKNOWN;
    return ERR_OK;
}

static enum err peer_agreement(void *arg, const struct sid *sid, struct bytes host,
                               enum queue_key_state *ret_state, struct queue_key *ret)
{
    const struct queue_account *a = find(arg, sid, host);

    if (a)
        return answer(a, &a->agreement, ret_state, ret);
    *ret_state = QUEUE_KEY_UNKNOWN;
    return ERR_OK;
}

void queue_world_init(struct queue_world *w)
{
    static const char *const sids[] = { "S-1-5-21-1-2-3-1101", "S-1-5-21-1-2-3-1102",
                                        "S-1-5-21-1-2-3-1103" };
    static const char *const hosts[] = { QUEUE_HOST, QUEUE_HOST, QUEUE_SERVER_HOST };
    int i;

    memset(w, 0, sizeof *w);
    scratch_make(w->folder, sizeof w->folder);
    queue_world_restart(w);
    for (i = 0; i < QUEUE_ACCOUNTS; i++) {
        struct queue_account *a = &w->accounts[i];

        assert_int_equal(sid_parse(sids[i], &a->sid), ERR_OK);
        a->host = hosts[i];
        make(&a->signing);
        make(&a->agreement);
        w->seats[i] = (struct queue_seat){ w, i };
        w->keys[i] = (struct queue_keys){
            .arg = &w->seats[i],
            .account = &a->sid,
            .host = bytes_of_text(hosts[i]),
            .own_signing = own_signing,
            .own_agreement = own_agreement,
            .peer_signing = peer_signing,
            .peer_agreement = peer_agreement,
        };
    }
}

void queue_world_restart(struct queue_world *w)
{
    queue_executed_close(w->executed);
    assert_int_equal(
        queue_executed_open(w->folder, 0, QUEUE_TEST_NOW, QUEUE_DAY, &w->executed, NULL), ERR_OK);
}

void queue_world_done(struct queue_world *w)
{
    int i;

    queue_executed_close(w->executed);
    scratch_remove(w->folder);
    for (i = 0; i < QUEUE_ACCOUNTS; i++) {
        queue_key_done(&w->accounts[i].signing);
        queue_key_done(&w->accounts[i].agreement);
        queue_key_done(&w->accounts[i].old_agreement);
    }
}

void queue_world_rotate(struct queue_world *w, int who)
{
    struct queue_account *a = &w->accounts[who];

    queue_key_done(&a->old_agreement);
    a->old_agreement = a->agreement;
    make(&a->agreement);
}

struct queue_header queue_test_header(const struct queue_world *w, enum queue_level level)
{
    return (struct queue_header){
        .level = level,
        .kind = QUEUE_KIND_CALL,
        .priority = 3,
        .delivery = QUEUE_RECOVERABLE,
        .created = QUEUE_TEST_NOW,
        .reach_by = QUEUE_TEST_NOW + QUEUE_DAY,
        .expires = QUEUE_TEST_NOW + 2 * QUEUE_DAY,
        .interface_id = { .data1 = 0x12345678 },
        .interface_major = 1,
        .opnum = 4,
        .syntax = { .data1 = 0x8a885d04 },
        .syntax_major = 2,
        .recipient = w->accounts[QUEUE_SERVER].sid,
        .recipient_spn = bytes_of_text(QUEUE_SERVICE),
        .queue = bytes_of_text("orders"),
        .reply_queue = bytes_of_text("replies"),
    };
}

struct queue_door queue_test_door(void)
{
    static const char *const services[] = { "host/srv.example.com", "ORDERS/SRV.example.com" };

    return (struct queue_door){
        .queue = bytes_of_text("orders"),
        .services = services,
        .service_count = 2,
        .level = QUEUE_LEVEL_NONE,
        .now = QUEUE_TEST_NOW + QUEUE_SECOND,
        .skew = 300 * QUEUE_SECOND,
        .lifetime_max = 90 * QUEUE_DAY,
    };
}
