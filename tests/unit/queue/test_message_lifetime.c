/* SPDX-License-Identifier: Apache-2.0 */
#include "base/policy_value.h"
#include "lib/queue_keys.h"
#include "lib/unit.h"
#include "queue/account_key.h"

enum { BEGIN = 1800000000, A_DAY = 86400 }; /* seconds since 1970, at QUEUE_TEST_NOW */

static struct queue_world world;
static struct queue_sealer *sealer;
static struct account_keys *receivers; /* its private keys, as they are in its file */

static enum err own_agreement(void *arg, const uint8_t id[QUEUE_KEY_ID], struct queue_key *ret)
{
    const struct generation *g = account_keys_agreeing(receivers, id);

    (void)arg;
    if (!g)
        return ERR_NOT_FOUND;
    ret->key = g->agreement;
    crypto_p256_ref(ret->key);
    memcpy(ret->id, id, QUEUE_KEY_ID);
    return ERR_OK;
}

/* What it publishes from now on is its current generation's key. */
static void rotate(int64_t day)
{
    struct queue_account *server = &world.accounts[QUEUE_SERVER];
    const struct generation *g;

    assert_int_equal(account_keys_make(receivers, BEGIN + day * A_DAY, BEGIN + 365 * A_DAY),
                     ERR_OK);
    account_keys_promote(receivers, BEGIN + day * A_DAY);
    (void)account_keys_prune(receivers, BEGIN + day * A_DAY, account_key_keep());
    g = account_keys_current(receivers);
    queue_key_done(&server->agreement);
    server->agreement.key = g->agreement;
    crypto_p256_ref(server->agreement.key);
    memcpy(server->agreement.id, g->certificate.agreement_id, QUEUE_KEY_ID);
}

static int set_up(void **state)
{
    (void)state;
    queue_world_init(&world);
    assert_int_equal(
        account_keys_new(&world.accounts[QUEUE_SERVER].sid, QUEUE_SERVER_HOST, &receivers), ERR_OK);
    world.keys[QUEUE_SERVER].own_agreement = own_agreement;
    rotate(0);
    assert_int_equal(queue_sealer_new(&world.keys[QUEUE_ALICE], 0, 0, &sealer), ERR_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    queue_sealer_free(sealer);
    queue_world_done(&world);
    account_keys_free(receivers);
    return 0;
}

/* A process that begins on that day, when what was kept too long is gone. */
static enum queue_refusal opened_on(int64_t day, struct buf message)
{
    struct queue_door door = queue_test_door();
    struct queue_opener *opener = NULL;
    enum queue_refusal refusal;
    struct queue_opened m;

    door.now = QUEUE_TEST_NOW + (uint64_t)day * QUEUE_DAY;
    door.lifetime_max = 30 * QUEUE_DAY;
    (void)account_keys_prune(receivers, BEGIN + day * A_DAY, account_key_keep());
    assert_int_equal(queue_opener_new(&world.keys[QUEUE_SERVER], world.executed, &opener), ERR_OK);
    assert_int_equal(queue_open(opener, &door, buf_view(message), &m), ERR_OK);
    refusal = m.refusal;
    assert_int_equal(m.verdict, refusal ? QUEUE_VERDICT_REFUSE : QUEUE_VERDICT_OPEN);
    queue_opened_done(&m);
    queue_opener_free(opener);
    return refusal;
}

/* Where messages may live longer, keys are kept longer. */
static void keys_are_kept_as_long_as_policy_lets_messages_live(void **state)
{
    (void)state;
    assert_int_equal(account_key_keep(), 31 * A_DAY);
    assert_int_equal(policy_value_set(POLICY_QUEUE_LIFETIME, "90"), ERR_OK);
    rotate(1);
    (void)account_keys_prune(receivers, BEGIN + 91 * A_DAY, account_key_keep());
    assert_int_equal(receivers->count, 2);
    (void)account_keys_prune(receivers, BEGIN + 93 * A_DAY, account_key_keep());
    assert_int_equal(receivers->count, 1);
    assert_int_equal(policy_value_set(POLICY_QUEUE_LIFETIME, "30"), ERR_OK);
}

static void a_message_outlives_rotations_and_not_its_own_end(void **state)
{
    struct queue_header h = queue_test_header(&world, QUEUE_LEVEL_PRIVACY);
    struct buf message = { 0 };

    (void)state;
    h.reach_by = h.expires = h.created + 30 * QUEUE_DAY;
    assert_int_equal(queue_seal(sealer, &h, bytes_of_text(QUEUE_SERVER_HOST),
                                bytes_of_text("three teas"), &message),
                     ERR_OK);
    rotate(1);
    rotate(10);
    assert_int_equal(opened_on(29, message), QUEUE_REFUSED_NOT);
    assert_int_equal(opened_on(31, message), QUEUE_REFUSED_EXPIRED);
    assert_int_equal(receivers->count, 3); /* the first was retired on the first day */
    (void)account_keys_prune(receivers, BEGIN + 32 * A_DAY, account_key_keep());
    assert_int_equal(receivers->count, 2); /* nothing that it opens can be alive */
    buf_free(&message);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keys_are_kept_as_long_as_policy_lets_messages_live, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_message_outlives_rotations_and_not_its_own_end, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
