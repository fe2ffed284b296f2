/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/peer_keys.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/alloc.h"
#include "lib/unit.h"

enum { NOW = 1800000000, LIFETIME = 100, NEGATIVE = 10, RETRY = 5 };

static const struct sid alice = { .authority = 5, .sub = { 21, 1, 2, 3, 1103 }, .count = 5 };

/* A directory of one account, and a clock that stands. */
struct fake {
    atomic_int fetches;
    int64_t clock;
    enum err says;
    bool disabled;
    uint8_t keys;  /* signing ids 1 to keys are published, the last is the newest */
    uint8_t from;  /* the first that is still there */
    int64_t takes; /* seconds for an answer */
};

static enum err fetch(void *arg, enum peer_by by, const char *name, int64_t now,
                      struct peer_account *ret)
{
    struct fake *f = arg;
    struct published *p;
    uint8_t i;

    (void)by;
    (void)name;
    assert_int_equal(now, NOW + f->clock);
    atomic_fetch_add(&f->fetches, 1);
    f->clock += f->takes;
    if (f->says)
        return f->says;
    ret->sid = alice;
    ret->disabled = f->disabled;
    ret->keys.key = mem_array(f->keys + 1u, sizeof *p);
    if (!ret->keys.key)
        return ERR_NO_MEMORY;
    for (i = f->from; i <= f->keys; i++) {
        p = &ret->keys.key[ret->keys.count++];
        p->state = i == f->keys ? PUBLISHED_CURRENT : PUBLISHED_RETIRED;
        p->c.sid = alice;
        memcpy(p->c.host, "one", 4);
        p->c.signing_id[0] = i;
    }
    return ERR_OK;
}

static int64_t fake_clock(void *arg)
{
    return ((struct fake *)arg)->clock;
}

static int64_t fake_time(void *arg)
{
    return NOW + ((struct fake *)arg)->clock;
}

static struct peer_keys *cache_of(struct fake *f, uint32_t accounts)
{
    struct peer_source source = { f, fetch, fake_clock, fake_time };
    struct peer_options o = { LIFETIME, NEGATIVE, RETRY, accounts };
    struct peer_keys *p = NULL;

    assert_int_equal(peer_keys_new(&source, &o, &p), ERR_OK);
    return p;
}

static enum peer_answer ask(struct peer_keys *p, uint8_t key, struct peer_certificate *ret)
{
    uint8_t id[QUEUE_KEY_ID] = { key };
    enum peer_answer answer = PEER_UNSURE;

    assert_int_equal(peer_keys_signing(p, &alice, "one", id, &answer, ret), ERR_OK);
    return answer;
}

static void an_answer_serves_for_half_its_lifetime_without_asking(void **state)
{
    struct fake f = { .keys = 1, .from = 1 };
    struct peer_keys *p = cache_of(&f, 0);
    struct peer_certificate c;

    (void)state;
    assert_int_equal(ask(p, 1, &c), PEER_FOUND);
    assert_true(c.there);
    f.clock = LIFETIME / 2 - 1;
    assert_int_equal(ask(p, 1, &c), PEER_FOUND);
    assert_int_equal(f.fetches, 1);
    f.clock = LIFETIME / 2;
    assert_int_equal(ask(p, 1, &c), PEER_FOUND);
    assert_int_equal(f.fetches, 2);
    peer_keys_free(p);
}

/* Who keeps an answer on its way does not make it count for longer. */
static void an_answers_age_is_its_questions(void **state)
{
    struct fake f = { .keys = 1, .from = 1, .takes = 40 };
    struct peer_keys *p = cache_of(&f, 0);
    struct peer_certificate c;

    (void)state;
    assert_int_equal(ask(p, 1, &c), PEER_FOUND);
    f.says = ERR_CONNECT;
    f.takes = 0;
    f.clock = LIFETIME - 1;
    assert_int_equal(ask(p, 1, &c), PEER_FOUND);
    f.clock = LIFETIME;
    assert_int_equal(ask(p, 1, &c), PEER_UNSURE);
    peer_keys_free(p);
}

/* While the directory is away: to the end of the lifetime, and not a second longer. */
static void an_old_answer_serves_while_the_directory_is_away(void **state)
{
    struct fake f = { .keys = 1, .from = 1 };
    struct peer_keys *p = cache_of(&f, 0);
    struct peer_certificate c;

    (void)state;
    assert_int_equal(ask(p, 1, &c), PEER_FOUND);
    f.says = ERR_CONNECT;
    f.clock = LIFETIME - 1;
    assert_int_equal(ask(p, 1, &c), PEER_FOUND);
    assert_true(c.there);
    assert_int_equal(f.fetches, 2);
    f.clock = LIFETIME;
    assert_int_equal(ask(p, 1, &c), PEER_UNSURE);
    assert_int_equal(f.fetches, 2); /* asked a second ago: not yet again */
    f.clock = LIFETIME + RETRY;
    assert_int_equal(ask(p, 1, &c), PEER_UNSURE);
    assert_int_equal(f.fetches, 3);
    f.says = ERR_OK;
    f.clock += RETRY;
    assert_int_equal(ask(p, 1, &c), PEER_FOUND);
    peer_keys_free(p);
}

static void a_revocation_is_seen_within_the_lifetime(void **state)
{
    struct fake f = { .keys = 2, .from = 1 };
    struct peer_keys *p = cache_of(&f, 0);
    struct peer_certificate c;

    (void)state;
    assert_int_equal(ask(p, 1, &c), PEER_FOUND);
    assert_true(c.there);
    f.from = 2;
    assert_int_equal(ask(p, 1, &c), PEER_FOUND);
    assert_true(c.there); /* the stated delay */
    f.clock = LIFETIME;
    assert_int_equal(ask(p, 1, &c), PEER_FOUND);
    assert_false(c.there);
    assert_true(c.revoked);
    assert_int_equal(ask(p, 9, &c), PEER_FOUND); /* one that never was */
    assert_false(c.there);
    assert_false(c.revoked);
    assert_int_equal(ask(p, 2, &c), PEER_FOUND);
    assert_true(c.there);
    peer_keys_free(p);
}

static void a_disabled_account_is_told_from_an_unknown_one(void **state)
{
    struct fake f = { .keys = 1, .from = 1, .disabled = true };
    struct peer_keys *p = cache_of(&f, 0);
    struct peer_certificate c;

    (void)state;
    assert_int_equal(ask(p, 1, &c), PEER_DISABLED);
    f.says = ERR_NO_OBJECT;
    f.clock = LIFETIME;
    assert_int_equal(ask(p, 1, &c), PEER_NOBODY);
    peer_keys_free(p);
}

static void that_there_is_nobody_is_remembered_shortly(void **state)
{
    struct fake f = { .says = ERR_NO_OBJECT };
    struct peer_keys *p = cache_of(&f, 0);
    enum peer_answer answer = PEER_FOUND;
    struct peer_certificate c;
    struct sid sid;

    (void)state;
    assert_int_equal(ask(p, 1, &c), PEER_NOBODY);
    f.clock = NEGATIVE - 1;
    assert_int_equal(ask(p, 1, &c), PEER_NOBODY);
    assert_int_equal(f.fetches, 1);
    f.clock = NEGATIVE;
    f.says = ERR_OK;
    f.keys = f.from = 1;
    assert_int_equal(ask(p, 1, &c), PEER_FOUND);
    f.says = ERR_AMBIGUOUS; /* a name that two accounts hold is nobody's */
    assert_int_equal(peer_keys_spn(p, "class/host", &answer, &sid), ERR_OK);
    assert_int_equal(answer, PEER_NOBODY);
    peer_keys_free(p);
}

static void a_name_leads_to_its_account_and_a_host_to_its_newest_key(void **state)
{
    struct fake f = { .keys = 3, .from = 1 };
    struct peer_keys *p = cache_of(&f, 0);
    enum peer_answer answer = PEER_UNSURE;
    struct peer_certificate c;
    struct sid sid = { 0 };

    (void)state;
    assert_int_equal(peer_keys_spn(p, "class/host", &answer, &sid), ERR_OK);
    assert_int_equal(answer, PEER_FOUND);
    assert_true(sid_equal(&sid, &alice));
    assert_int_equal(peer_keys_current(p, &alice, "one", &answer, &c), ERR_OK);
    assert_true(c.there);
    assert_int_equal(c.c.signing_id[0], 3);
    assert_int_equal(peer_keys_current(p, &alice, "two", &answer, &c), ERR_OK);
    assert_false(c.there);
    peer_keys_free(p);
}

static void it_grows_no_further_than_it_may(void **state)
{
    struct fake f = { .keys = 1, .from = 1 };
    struct peer_keys *p = cache_of(&f, 2);
    enum peer_answer answer = PEER_UNSURE;
    struct sid sid;

    (void)state;
    assert_int_equal(peer_keys_spn(p, "a/a", &answer, &sid), ERR_OK);
    f.clock = 1;
    assert_int_equal(peer_keys_spn(p, "b/b", &answer, &sid), ERR_OK);
    f.clock = 2;
    assert_int_equal(peer_keys_spn(p, "a/a", &answer, &sid), ERR_OK);
    assert_int_equal(f.fetches, 2);
    f.clock = 3;
    assert_int_equal(peer_keys_spn(p, "c/c", &answer, &sid), ERR_OK); /* b/b goes */
    assert_int_equal(peer_keys_spn(p, "a/a", &answer, &sid), ERR_OK);
    assert_int_equal(f.fetches, 3);
    assert_int_equal(peer_keys_spn(p, "b/b", &answer, &sid), ERR_OK);
    assert_int_equal(f.fetches, 4);
    peer_keys_free(p);
}

enum { THREADS = 8, ROUNDS = 200 };

static void *ask_often(void *arg)
{
    uint8_t id[QUEUE_KEY_ID] = { 1 };
    enum peer_answer answer = PEER_UNSURE;
    struct peer_certificate c;
    size_t good = 0;
    int i;

    for (i = 0; i < ROUNDS; i++)
        good += peer_keys_signing(arg, &alice, "one", id, &answer, &c) == ERR_OK &&
                answer == PEER_FOUND && c.there;
    return (void *)good;
}

static void many_threads_make_one_ask(void **state)
{
    struct fake f = { .keys = 1, .from = 1 };
    struct peer_keys *p = cache_of(&f, 0);
    pthread_t thread[THREADS];
    void *good = NULL;
    int i;

    (void)state;
    for (i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, ask_often, p), 0);
    for (i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(thread[i], &good), 0);
        assert_int_equal((size_t)good, ROUNDS);
    }
    assert_int_equal(f.fetches, 1);
    peer_keys_free(p);
}

static enum err scenario(void *arg)
{
    struct peer_source source = { arg, fetch, fake_clock, fake_time };
    struct peer_keys *p = NULL;
    enum peer_answer answer = PEER_UNSURE;
    struct sid sid;
    enum err e = peer_keys_new(&source, NULL, &p);

    if (!e)
        e = peer_keys_spn(p, "a/a", &answer, &sid);
    peer_keys_free(p);
    return e;
}

static void memory_may_run_out_anywhere(void **state)
{
    struct fake f = { .keys = 1, .from = 1 };

    (void)state;
    oom_run(scenario, &f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_serves_for_half_its_lifetime_without_asking),
        cmocka_unit_test(an_answers_age_is_its_questions),
        cmocka_unit_test(an_old_answer_serves_while_the_directory_is_away),
        cmocka_unit_test(a_revocation_is_seen_within_the_lifetime),
        cmocka_unit_test(a_disabled_account_is_told_from_an_unknown_one),
        cmocka_unit_test(that_there_is_nobody_is_remembered_shortly),
        cmocka_unit_test(a_name_leads_to_its_account_and_a_host_to_its_newest_key),
        cmocka_unit_test(it_grows_no_further_than_it_may),
        cmocka_unit_test(many_threads_make_one_ask),
        cmocka_unit_test(memory_may_run_out_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
