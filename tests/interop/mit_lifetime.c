/* SPDX-License-Identifier: Apache-2.0
 * mit_lifetime.c - contexts and credentials in trouble: expired, altered on the way, without
 * memory, in a forked child, in several threads at once.
 */
#include "mit_ends.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "kerberos/credential.h"
#include "lib/unit.h"

static void ends_with_its_ticket(void **state)
{
    struct acquire c = client_by_password();
    struct end a = initiator(false, EVERY | CONTEXT_MUTUAL), b = acceptor(false);
    uint8_t text[8] = "text", room[256];
    struct segment seg[2] = { { room, sizeof room, SEGMENT_TOKEN, SEGMENT_NORMAL },
                              { text, sizeof text, SEGMENT_DATA, SEGMENT_NORMAL } };
    struct message m = { .seg = seg, .count = 2 };
    uint32_t qop;

    (void)state;
    a.credential = end_acquire(&c);
    a.target = "test/short";
    expect_ok(&a, &b);
    assert_int_equal(kerberos_package.sign(a.ours, 0, &m), ERR_OK);
    sleep(4);
    assert_int_equal(kerberos_package.verify(b.ours, &m, &qop), ERR_EXPIRED);
    seg[0].len = sizeof room;
    assert_int_equal(kerberos_package.sign(a.ours, 0, &m), ERR_EXPIRED);
    end_close(&a);
    end_close(&b);
    kerberos_package.credential_free(a.credential);
}

/* From the ticket's ciphertext on; what stands before it is not protected by the protocol, and of
 * that only the server's name matters to us. */
static void flipped_bits(void **state)
{
    size_t i = 0, len = 1;

    (void)state;
    for (; i < len; i += 7) {
        struct end a = initiator(false, EVERY | CONTEXT_MUTUAL), b = acceptor(false);
        struct buf token = { 0 };

        assert_true(end_step(&a, &token));
        len = token.len;
        if (i == 0) {
            uint8_t *cipher = memmem(token.ptr, token.len, "\xa2\x82", 2);

            assert_non_null(cipher);
            i = (size_t)(cipher - token.ptr);
        }
        token.ptr[i] ^= 0x01;
        if (end_step(&b, &token))
            fail_msg("byte %zu of %zu may be altered", i, len);
        buf_free(&token);
        end_close(&a);
        end_close(&b);
    }
}

static void an_altered_reply(void **state)
{
    struct end a = initiator(false, EVERY | CONTEXT_MUTUAL), b = acceptor(false);
    struct buf token = { 0 };

    (void)state;
    assert_true(end_step(&a, &token));
    assert_true(end_step(&b, &token));
    token.ptr[token.len - 1] ^= 0x01;
    assert_false(end_step(&a, &token));
    assert_int_equal(a.err, ERR_NO_MUTUAL_AUTH);
    buf_free(&token);
    end_close(&a);
    end_close(&b);
}

/* A client whose clock is twenty minutes ahead: as if it had learnt that from a KDC. */
static void a_client_whose_clock_is_wrong(void **state)
{
    struct acquire c = client_by_password();
    struct kerberos_credential *ahead = end_acquire(&c);
    struct end a = initiator(false, EVERY | CONTEXT_MUTUAL), b = acceptor(false);
    struct buf token = { 0 };

    (void)state;
    a.credential = ahead;
    expect_ok(&a, &b); /* which leaves the ticket in memory */
    end_close(&a);
    end_close(&b);
    ahead->clock_offset = 1200;
    a = initiator(false, EVERY | CONTEXT_MUTUAL);
    a.credential = ahead;
    b = acceptor(false);
    assert_true(end_step(&a, &token));
    assert_false(end_step(&b, &token));
    assert_int_equal(b.err, ERR_TIME_SKEW);
    assert_in_range(detail_get()->skew, 1190, 1210);
    assert_non_null(strstr(detail_get()->text, "ahead of ours"));
    assert_false(end_step(&a, &token));
    assert_int_equal(a.err, ERR_TIME_SKEW);
    buf_free(&token);
    end_close(&a);
    end_close(&b);
    kerberos_package.credential_free(ahead);
}

/* A whole context with tickets and keys in memory, whichever allocation fails. */
static enum err set_up(void *arg)
{
    struct end a = initiator(false, EVERY | CONTEXT_MUTUAL | CONTEXT_DCE_STYLE);
    struct end b = acceptor(false);
    enum err e = ERR_OK;

    (void)arg;
    a.bindings = b.bindings = channel("x");
    if (!end_exchange(&a, &b))
        e = a.err ? a.err : b.err;
    end_close(&a);
    end_close(&b);
    return e;
}

static void every_failing_allocation_of_a_context(void **state)
{
    (void)state;
    assert_int_equal(set_up(NULL), ERR_OK);
    oom_run(set_up, NULL);
}

/* From nothing: libkrb5 makes what it likes of a configuration that fails to answer, so any error
 * will do; none may take the program down, and what was begun is freed. */
static void every_failing_allocation_of_credentials(void **state)
{
    struct acquire a = client_by_password();
    struct acquire s = { .use = CREDENTIAL_INBOUND, .keytab = getenv("KRB5_KTNAME") };
    bool hit = true;
    long n;

    (void)state;
    for (n = 0; hit; n++) {
        void *c = NULL, *k = NULL;
        enum err e;

        mem_fail_at(n);
        e = kerberos_package.acquire(&a, NULL, &c);
        if (!e)
            e = kerberos_package.acquire(&s, NULL, &k);
        if (!e) {
            struct end i = initiator(false, EVERY);
            struct buf token = { 0 };

            i.credential = c;
            e = end_step(&i, &token) ? ERR_OK : i.err;
            buf_free(&token);
            end_close(&i);
        }
        hit = mem_fail_hit();
        mem_fail_at(-1);
        kerberos_package.credential_free(c);
        kerberos_package.credential_free(k);
        if (!hit)
            assert_int_equal(e, ERR_OK);
    }
    assert_true(n > 20);
}

static int child_fails(void *credential, const char *target, enum err want)
{
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
        struct end a = initiator(false, EVERY);
        struct buf token = { 0 };

        a.credential = credential;
        a.target = target;
        _exit(end_step(&a, &token) ? want != ERR_OK : a.err != want);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

/* Tickets go along with a fork, passwords do not. */
static void a_forked_child(void **state)
{
    struct acquire c = client_by_password();
    void *fresh = end_acquire(&c);
    struct end a = initiator(false, EVERY), b = acceptor(false);

    (void)state;
    assert_int_equal(child_fails(fresh, SERVICE, ERR_NO_CREDENTIALS), 0);
    a.credential = fresh;
    expect_ok(&a, &b);
    assert_int_equal(child_fails(fresh, "test/hostb", ERR_OK), 0);
    end_close(&a);
    end_close(&b);
    kerberos_package.credential_free(fresh);
}

static void *one_thread(void *arg)
{
    int *failed = arg;
    int i;

    for (i = 0; i < 25; i++) {
        struct end a = initiator(false, EVERY | CONTEXT_MUTUAL), b = acceptor(false);

        if (!end_exchange(&a, &b))
            __atomic_add_fetch(failed, 1, __ATOMIC_RELAXED);
        end_close(&a);
        end_close(&b);
    }
    return NULL;
}

static void threads_share_credentials(void **state)
{
    struct acquire c = client_by_password();
    void *before = client;
    pthread_t thread[4];
    int failed = 0, i;

    (void)state;
    client = end_acquire(&c); /* fresh: they also meet at the logon */
    for (i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, one_thread, &failed), 0);
    for (i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    assert_int_equal(failed, 0);
    kerberos_package.credential_free(client);
    client = before;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_with_its_ticket),
        cmocka_unit_test(flipped_bits),
        cmocka_unit_test(an_altered_reply),
        cmocka_unit_test(a_client_whose_clock_is_wrong),
        cmocka_unit_test(every_failing_allocation_of_a_context),
        cmocka_unit_test(every_failing_allocation_of_credentials),
        cmocka_unit_test(a_forked_child),
        cmocka_unit_test(threads_share_credentials),
    };

    return cmocka_run_group_tests(tests, acquire_both, free_both);
}
