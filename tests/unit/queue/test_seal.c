/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/queue_keys.h"
#include "lib/unit.h"
#include "queue/message.h"

static const enum queue_level levels[] = { QUEUE_LEVEL_NONE, QUEUE_LEVEL_INTEGRITY,
                                           QUEUE_LEVEL_PRIVACY };

#define BODY "a body that is easily found"

static struct queue_world world;
static struct queue_sealer *sealer;
static struct queue_opener *opener;

static int set_up(void **state)
{
    (void)state;
    queue_world_init(&world);
    assert_int_equal(queue_sealer_new(&world.keys[QUEUE_ALICE], 0, 0, &sealer), ERR_OK);
    assert_int_equal(queue_opener_new(&world.keys[QUEUE_SERVER], world.executed, &opener), ERR_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    queue_sealer_free(sealer);
    queue_opener_free(opener);
    queue_world_done(&world);
    return 0;
}

static struct buf seal(struct queue_sealer *s, struct queue_header *h, const char *body)
{
    struct buf b = { 0 };

    assert_int_equal(queue_seal(s, h, bytes_of_text(QUEUE_SERVER_HOST), bytes_of_text(body), &b),
                     ERR_OK);
    return b;
}

static void expect_open(struct bytes message, const char *body)
{
    struct queue_door door = queue_test_door();
    struct queue_opened m;

    assert_int_equal(queue_open(opener, &door, message, &m), ERR_OK);
    assert_int_equal(m.verdict, QUEUE_VERDICT_OPEN);
    assert_int_equal(m.refusal, QUEUE_REFUSED_NOT);
    unit_assert_bytes(m.body, bytes_of_text(body));
    queue_opened_done(&m);
}

static bool shows(struct buf message, const char *text)
{
    return memmem(message.ptr, message.len, text, strlen(text)) != NULL;
}

static void opens_what_was_sealed_at_every_level(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        struct queue_header h = queue_test_header(&world, levels[i]);
        struct buf b = seal(sealer, &h, BODY);

        expect_open(buf_view(b), BODY);
        assert_int_equal(shows(b, BODY), levels[i] != QUEUE_LEVEL_PRIVACY);
        buf_free(&b);
        b = seal(sealer, &h, "");
        expect_open(buf_view(b), "");
        buf_free(&b);
        if (levels[i] == QUEUE_LEVEL_NONE)
            continue;
        h.signed_alone = true;
        b = seal(sealer, &h, BODY);
        expect_open(buf_view(b), BODY);
        buf_free(&b);
    }
}

static void tells_who_sent_it(void **state)
{
    struct queue_header h = queue_test_header(&world, QUEUE_LEVEL_PRIVACY);
    struct buf b = seal(sealer, &h, BODY);
    struct queue_door door = queue_test_door();
    struct queue_opened m;

    (void)state;
    assert_int_equal(queue_open(opener, &door, buf_view(b), &m), ERR_OK);
    assert_true(sid_equal(&m.header.sender, &world.accounts[QUEUE_ALICE].sid));
    unit_assert_bytes(m.header.sender_host, bytes_of_text(QUEUE_HOST));
    assert_int_equal(m.header.level, QUEUE_LEVEL_PRIVACY);
    assert_memory_equal(m.header.id, h.id, QUEUE_ID);
    queue_opened_done(&m);
    buf_free(&b);
}

/* The public part of a message's agreement, which no two agreements share. */
static const uint8_t *enc_of(struct buf b)
{
    struct queue_message m;

    assert_int_equal(queue_message_read(buf_view(b), &m), ERR_OK);
    return m.agreement.ptr;
}

static bool same_agreement(struct buf a, struct buf b)
{
    return memcmp(enc_of(a), enc_of(b), CRYPTO_HPKE_ENC) == 0;
}

static void an_agreement_serves_so_many_messages(void **state)
{
    struct queue_header h = queue_test_header(&world, QUEUE_LEVEL_PRIVACY);
    struct queue_sealer *s = NULL;
    struct buf b[5];
    int i;

    (void)state;
    assert_int_equal(queue_sealer_new(&world.keys[QUEUE_ALICE], 2, 0, &s), ERR_OK);
    for (i = 0; i < 5; i++) {
        b[i] = seal(s, &h, BODY);
        expect_open(buf_view(b[i]), BODY);
    }
    assert_true(same_agreement(b[0], b[1]));
    assert_false(same_agreement(b[1], b[2]));
    assert_true(same_agreement(b[2], b[3]));
    assert_false(same_agreement(b[3], b[4]));
    for (i = 0; i < 5; i++)
        buf_free(&b[i]);
    queue_sealer_free(s);
}

static void an_agreement_ends(void **state)
{
    struct queue_header h = queue_test_header(&world, QUEUE_LEVEL_PRIVACY);
    struct queue_sealer *s = NULL;
    struct buf first, last, late;

    (void)state;
    assert_int_equal(queue_sealer_new(&world.keys[QUEUE_ALICE], 0, QUEUE_SECOND, &s), ERR_OK);
    first = seal(s, &h, BODY);
    h.created += QUEUE_SECOND;
    last = seal(s, &h, BODY);
    h.created++;
    late = seal(s, &h, BODY);
    assert_true(same_agreement(first, last));
    assert_false(same_agreement(first, late));
    expect_open(buf_view(last), BODY);
    expect_open(buf_view(late), BODY);
    buf_free(&first);
    buf_free(&last);
    buf_free(&late);
    queue_sealer_free(s);
}

static void a_rotated_key_opens_until_it_is_destroyed(void **state)
{
    struct queue_header h = queue_test_header(&world, QUEUE_LEVEL_PRIVACY);
    struct queue_door door = queue_test_door();
    struct buf before = seal(sealer, &h, BODY), after;
    struct queue_opened m;

    (void)state;
    queue_world_rotate(&world, QUEUE_SERVER);
    after = seal(sealer, &h, BODY);
    assert_false(same_agreement(before, after));
    expect_open(buf_view(before), BODY);
    expect_open(buf_view(after), BODY);
    queue_world_rotate(&world, QUEUE_SERVER);
    assert_int_equal(queue_open(opener, &door, buf_view(before), &m), ERR_OK);
    assert_int_equal(m.refusal, QUEUE_REFUSED_RECIPIENT_KEY);
    queue_opened_done(&m);
    expect_open(buf_view(after), BODY);
    buf_free(&before);
    buf_free(&after);
}

static void put_whole(int fd, struct buf b)
{
    if (write(fd, b.ptr, b.len) != (ssize_t)b.len)
        _exit(2);
    _exit(0);
}

/* One message, made between two of its parent's. */
static struct buf of_a_child(struct queue_header *h)
{
    struct buf b = { 0 };
    int fds[2], status;
    pid_t pid;
    ssize_t n;

    assert_int_equal(buf_new(4096, &b), ERR_OK);
    assert_int_equal(pipe(fds), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        put_whole(fds[1], seal(sealer, h, BODY));
    n = read(fds[0], b.ptr, b.len);
    assert_true(n > 0);
    b.len = (size_t)n;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    close(fds[0]);
    close(fds[1]);
    return b;
}

static const uint8_t *id_of(struct buf b)
{
    return b.ptr + QUEUE_PREFIX + 8;
}

static void a_child_shares_nothing_with_its_parent(void **state)
{
    struct queue_header h = queue_test_header(&world, QUEUE_LEVEL_PRIVACY);
    struct buf b[4];
    int i, k;

    (void)state;
    b[0] = seal(sealer, &h, BODY);
    b[1] = of_a_child(&h);
    b[2] = of_a_child(&h);
    b[3] = seal(sealer, &h, BODY);
    assert_true(same_agreement(b[0], b[3]));
    assert_false(same_agreement(b[0], b[1]));
    assert_false(same_agreement(b[0], b[2]));
    assert_false(same_agreement(b[1], b[2]));
    for (i = 0; i < 4; i++) {
        expect_open(buf_view(b[i]), BODY);
        for (k = 0; k < i; k++)
            assert_memory_not_equal(id_of(b[i]), id_of(b[k]), QUEUE_ID);
    }
    for (i = 0; i < 4; i++)
        buf_free(&b[i]);
}

/* A child opens what its parent had opened, although it finds nothing verified. */
static void a_child_opens_by_itself(void **state)
{
    struct queue_header h = queue_test_header(&world, QUEUE_LEVEL_PRIVACY);
    struct buf b = seal(sealer, &h, BODY);
    struct queue_door door = queue_test_door();
    struct queue_opened m;
    int status;
    pid_t pid;

    (void)state;
    expect_open(buf_view(b), BODY);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(queue_open(opener, &door, buf_view(b), &m) == ERR_OK &&
                      m.verdict == QUEUE_VERDICT_OPEN
                  ? 0
                  : 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    buf_free(&b);
}

/* Many more recipients than are kept: each message is sealed to its own. */
static void many_recipients_do_not_meet(void **state)
{
    enum { ROUNDS = 100 };
    struct queue_header h = queue_test_header(&world, QUEUE_LEVEL_INTEGRITY);
    struct buf first = seal(sealer, &h, BODY), again;
    int i;

    (void)state;
    for (i = 0; i < ROUNDS; i++) {
        struct buf b;

        queue_world_rotate(&world, QUEUE_SERVER);
        b = seal(sealer, &h, BODY);
        expect_open(buf_view(b), BODY);
        assert_false(same_agreement(first, b));
        buf_free(&b);
    }
    again = seal(sealer, &h, BODY);
    expect_open(buf_view(again), BODY);
    buf_free(&first);
    buf_free(&again);
}

static void *work(void *arg)
{
    struct queue_door door = queue_test_door();
    int i;

    for (i = 0; i < 40; i++) {
        struct queue_header h = queue_test_header(&world, QUEUE_LEVEL_PRIVACY);
        struct queue_opened m;
        struct buf b = { 0 };
        struct bytes host = bytes_of_text(QUEUE_SERVER_HOST);

        if (queue_seal(sealer, &h, host, bytes_of_text(BODY), &b) ||
            queue_open(opener, &door, buf_view(b), &m))
            return arg;
        if (m.verdict != QUEUE_VERDICT_OPEN || !bytes_equal(m.body, bytes_of_text(BODY)))
            return arg;
        queue_opened_done(&m);
        buf_free(&b);
    }
    return NULL;
}

static void threads_share_a_sealer_and_an_opener(void **state)
{
    static char failed_here;
    pthread_t threads[4];
    void *failed;
    int i;

    (void)state;
    for (i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, &failed_here), 0);
    for (i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
}

static enum err seal_to(struct queue_header *h, const char *host)
{
    struct buf b = { 0 };
    enum err e = queue_seal(sealer, h, bytes_of_text(host), bytes_of_text(BODY), &b);

    buf_free(&b);
    return e;
}

static void says_why_it_cannot_seal(void **state)
{
    struct queue_header h = queue_test_header(&world, QUEUE_LEVEL_PRIVACY);
    struct queue_account *server = &world.accounts[QUEUE_SERVER];

    (void)state;
    assert_int_equal(seal_to(&h, "other.example.com"), ERR_NOT_FOUND);
    server->state = QUEUE_KEY_REVOKED;
    assert_int_equal(seal_to(&h, QUEUE_SERVER_HOST), ERR_NOT_FOUND);
    server->state = QUEUE_KEY_DISABLED;
    assert_int_equal(seal_to(&h, QUEUE_SERVER_HOST), ERR_ACCESS_DENIED);
    server->state = QUEUE_KEY_UNSURE;
    assert_int_equal(seal_to(&h, QUEUE_SERVER_HOST), ERR_NO_AUTHORITY);
    server->state = QUEUE_KEY_FOUND;
    queue_key_done(&world.accounts[QUEUE_ALICE].signing);
    assert_int_equal(seal_to(&h, QUEUE_SERVER_HOST), ERR_NO_CREDENTIALS);
    h.level = QUEUE_LEVEL_NONE; /* which needs no keys */
    assert_int_equal(seal_to(&h, "other.example.com"), ERR_OK);
}

static enum err seal_and_open(void *arg)
{
    struct queue_header h = queue_test_header(&world, QUEUE_LEVEL_PRIVACY);
    struct queue_door door = queue_test_door();
    struct queue_sealer *s = NULL;
    struct queue_opener *o = NULL;
    struct queue_opened m = { 0 };
    struct buf b = { 0 };
    enum err e = queue_sealer_new(&world.keys[QUEUE_ALICE], 0, 0, &s);

    (void)arg;
    if (!e)
        e = queue_opener_new(&world.keys[QUEUE_SERVER], world.executed, &o);
    if (!e)
        e = queue_seal(s, &h, bytes_of_text(QUEUE_SERVER_HOST), bytes_of_text(BODY), &b);
    if (!e)
        e = queue_open(o, &door, buf_view(b), &m);
    if (!e)
        assert_int_equal(m.verdict, QUEUE_VERDICT_OPEN);
    queue_opened_done(&m);
    buf_free(&b);
    queue_sealer_free(s);
    queue_opener_free(o);
    return e;
}

static void says_when_there_is_no_memory(void **state)
{
    (void)state;
    oom_run(seal_and_open, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(opens_what_was_sealed_at_every_level),
        TEST(tells_who_sent_it),
        TEST(an_agreement_serves_so_many_messages),
        TEST(an_agreement_ends),
        TEST(a_rotated_key_opens_until_it_is_destroyed),
        TEST(a_child_shares_nothing_with_its_parent),
        TEST(a_child_opens_by_itself),
        TEST(many_recipients_do_not_meet),
        TEST(threads_share_a_sealer_and_an_opener),
        TEST(says_why_it_cannot_seal),
        TEST(says_when_there_is_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
