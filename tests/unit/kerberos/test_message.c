/* SPDX-License-Identifier: Apache-2.0
 * Both ends of our own message protection; tests/interop/mit_messages has the foreign ones.
 */
#include "kerberos/message.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "crypto/derive.h"
#include "crypto/hmac.h"
#include "lib/unit.h"

enum { ROOM = 128, SIZE_MAX_HERE = 300 };

static const int32_t types[] = { CRYPTO_AES128_SHA1, CRYPTO_AES256_SHA1, CRYPTO_AES128_SHA256,
                                 CRYPTO_AES256_SHA384, CRYPTO_RC4_HMAC };
enum { TYPES = sizeof types / sizeof types[0] };

static struct kerberos_keys keys_of(int32_t type)
{
    static const uint8_t key[CRYPTO_KEY_MAX] = "an example key, 32 bytes of it..";

    return (struct kerberos_keys){
        .enctype = type,
        .key = key,
        .key_len = type == CRYPTO_AES256_SHA1 || type == CRYPTO_AES256_SHA384 ? 32 : 16,
        .initiator = true,
        .acceptor_subkey = true,
        .replay = true,
        .sequence = true,
        .send_seq = 0xfffffffe, /* RC4 counts round */
        .recv_seq = 77,
    };
}

struct ends {
    struct kerberos_messages *client, *server;
};

static void open_ends(struct ends *t, struct kerberos_keys k)
{
    uint64_t seq = k.send_seq;

    assert_int_equal(kerberos_messages_new(&k, &t->client), ERR_OK);
    k.initiator = false;
    k.send_seq = k.recv_seq;
    k.recv_seq = seq;
    assert_int_equal(kerberos_messages_new(&k, &t->server), ERR_OK);
}

static void close_ends(struct ends *t)
{
    kerberos_messages_free(t->client);
    kerberos_messages_free(t->server);
}

/* A message of: token, a signed header, data in two pieces, padding. */
struct letter {
    uint8_t token[ROOM], head[24], pad[1], *body;
    size_t len;
    struct segment seg[5];
    struct message m;
};

static void write_letter(struct letter *l, size_t len)
{
    size_t i, first = len * 2 / 3;

    memset(l, 0, sizeof *l);
    memset(l->head, 'h', sizeof l->head);
    l->body = malloc(len ? len : 1);
    l->len = len;
    for (i = 0; i < len; i++)
        l->body[i] = (uint8_t)(i * 7);
    l->seg[0] = (struct segment){ l->token, ROOM, SEGMENT_TOKEN, SEGMENT_NORMAL };
    l->seg[1] =
        (struct segment){ l->head, sizeof l->head, SEGMENT_DATA, SEGMENT_READONLY_CHECKSUM };
    l->seg[2] = (struct segment){ l->body, first, SEGMENT_DATA, SEGMENT_NORMAL };
    l->seg[3] = (struct segment){ l->body + first, len - first, SEGMENT_DATA, SEGMENT_NORMAL };
    l->seg[4] = (struct segment){ l->pad, 1, SEGMENT_PADDING, SEGMENT_NORMAL };
    l->m = (struct message){ .seg = l->seg, .count = 5 };
}

static bool as_written(const struct letter *l)
{
    size_t i;

    for (i = 0; i < l->len; i++) {
        if (l->body[i] != (uint8_t)(i * 7))
            return false;
    }
    return true;
}

static void seals_and_opens_every_small_size(void **state)
{
    struct letter l;
    struct ends t;
    uint32_t qop;
    size_t i, n, dce;

    (void)state;
    for (i = 0; i < TYPES * 2; i++) {
        struct kerberos_keys k = keys_of(types[i / 2]);

        dce = i % 2;
        k.dce_style = dce;
        open_ends(&t, k);
        for (n = 0; n < SIZE_MAX_HERE; n++) {
            write_letter(&l, n);
            assert_int_equal(kerberos_seal(t.client, 0, &l.m), ERR_OK);
            if (n > 8)
                assert_false(as_written(&l));
            qop = 1;
            assert_int_equal(kerberos_unseal(t.server, &l.m, &qop), ERR_OK);
            assert_true(as_written(&l));
            assert_int_equal(qop, 0);
            free(l.body);
            write_letter(&l, n);
            assert_int_equal(kerberos_seal(t.server, QOP_NO_ENCRYPT, &l.m), ERR_OK);
            assert_true(as_written(&l));
            assert_int_equal(kerberos_unseal(t.client, &l.m, &qop), ERR_OK);
            assert_int_equal(qop, QOP_NO_ENCRYPT);
            free(l.body);
            write_letter(&l, n);
            assert_int_equal(kerberos_sign(t.client, 0, &l.m), ERR_OK);
            assert_int_equal(kerberos_verify(t.server, &l.m, &qop), ERR_OK);
            free(l.body);
        }
        close_ends(&t);
    }
}

/* Flips each bit of a message once; none may go through, and the next good one must. */
static void flip_all(struct ends *t, bool seal, uint32_t how, bool rc4)
{
    struct letter l, sent;
    uint32_t qop;
    size_t bit, total;

    write_letter(&sent, 41);
    assert_int_equal(seal ? kerberos_seal(t->client, how, &sent.m)
                          : kerberos_sign(t->client, how, &sent.m),
                     ERR_OK);
    total = sent.seg[0].len + sizeof sent.head + sent.len;
    for (bit = 0; bit < total * 8; bit++) {
        size_t at = bit / 8;
        enum err e;
        uint8_t *p;

        write_letter(&l, 41);
        memcpy(l.token, sent.token, ROOM);
        memcpy(l.head, sent.head, sizeof l.head);
        memcpy(l.body, sent.body, 41);
        memcpy(l.pad, sent.pad, 1);
        l.seg[0].len = sent.seg[0].len;
        l.seg[4].len = sent.seg[4].len;
        p = at < l.seg[0].len                   ? l.token + at
            : at < l.seg[0].len + sizeof l.head ? l.head + (at - l.seg[0].len)
                                                : l.body + (at - l.seg[0].len - sizeof l.head);
        *p ^= (uint8_t)(1 << bit % 8);
        e = seal ? kerberos_unseal(t->server, &l.m, &qop) : kerberos_verify(t->server, &l.m, &qop);
        /* RC4's checksum does not cover the sequence number: RFC 4757 7.2, 7.3 */
        if (e != ERR_ALTERED && e != ERR_MALFORMED && e != ERR_TRUNCATED &&
            !(e == ERR_OUT_OF_SEQUENCE && rc4 && at < l.seg[0].len))
            fail_msg("bit %zu: %s", bit, err_text(e));
        if (at >= l.seg[0].len)
            assert_int_equal(e, ERR_ALTERED);
        free(l.body);
    }
    assert_int_equal(seal ? kerberos_unseal(t->server, &sent.m, &qop)
                          : kerberos_verify(t->server, &sent.m, &qop),
                     ERR_OK);
    free(sent.body);
}

static void finds_every_flipped_bit(void **state)
{
    struct ends t;
    size_t i;

    (void)state;
    for (i = 0; i < TYPES * 2; i++) {
        struct kerberos_keys k = keys_of(types[i / 2]);

        k.dce_style = i % 2;
        open_ends(&t, k);
        flip_all(&t, true, 0, k.enctype == CRYPTO_RC4_HMAC);
        flip_all(&t, true, QOP_NO_ENCRYPT, k.enctype == CRYPTO_RC4_HMAC);
        flip_all(&t, false, 0, k.enctype == CRYPTO_RC4_HMAC);
        close_ends(&t);
    }
}

static void refuses_every_shorter_token(void **state)
{
    struct letter l;
    struct ends t;
    uint32_t qop;
    size_t i, n;

    (void)state;
    for (i = 0; i < TYPES; i++) {
        open_ends(&t, keys_of(types[i]));
        for (n = 0; n < ROOM; n++) {
            uint8_t *exact = malloc(n ? n : 1);
            enum err e;

            write_letter(&l, 33);
            assert_int_equal(kerberos_seal(t.client, 0, &l.m), ERR_OK);
            if (n < l.seg[0].len) {
                memcpy(exact, l.token, n);
                l.seg[0].ptr = exact;
                l.seg[0].len = n;
                e = kerberos_unseal(t.server, &l.m, &qop);
                assert_true(e == ERR_TRUNCATED || e == ERR_MALFORMED);
            }
            free(l.body);
            write_letter(&l, 33);
            assert_int_equal(kerberos_sign(t.client, 0, &l.m), ERR_OK);
            if (n < l.seg[0].len) {
                memcpy(exact, l.token, n);
                l.seg[0].ptr = exact;
                l.seg[0].len = n;
                e = kerberos_verify(t.server, &l.m, &qop);
                assert_true(e == ERR_TRUNCATED || e == ERR_MALFORMED);
            }
            free(l.body);
            free(exact);
        }
        close_ends(&t);
    }
}

/* The same bytes as one stream, turned right by rrc more than they are. */
static void turned_stream(const struct letter *l, size_t by, bool dce, uint8_t *to)
{
    size_t token = l->seg[0].len, total = token - 16 + l->len, i, rrc;

    memcpy(to, l->token, 16);
    rrc = (size_t)(to[6] << 8 | to[7]);
    for (i = 0; i < total; i++)
        to[16 + (i + by) % total] = i < token - 16 ? l->token[16 + i] : l->body[i - token + 16];
    (void)dce;
    to[6] = (uint8_t)((rrc + by) >> 8);
    to[7] = (uint8_t)(rrc + by);
}

static void opens_any_rotation(void **state)
{
    struct letter l;
    struct ends t;
    uint32_t qop;
    size_t i, by, n;

    (void)state;
    for (i = 0; i < 4 * 4; i++) {
        struct kerberos_keys k = keys_of(types[i / 4]);

        k.dce_style = i % 2;
        open_ends(&t, k);
        for (n = 0; n < 300; n += 37) {
            for (by = 0; by < 700; by += by < 90 ? 1 : 31) {
                uint8_t *stream = malloc(1024);
                struct segment seg[2] = { { stream, 0, SEGMENT_STREAM, SEGMENT_NORMAL },
                                          { NULL, 0, SEGMENT_DATA, SEGMENT_NORMAL } };
                struct message m = { .seg = seg, .count = 2 };

                write_letter(&l, n);
                l.seg[1].kind = SEGMENT_OTHER;
                assert_int_equal(kerberos_seal(t.client, i & 2 ? QOP_NO_ENCRYPT : 0, &l.m), ERR_OK);
                turned_stream(&l, by, k.dce_style, stream);
                seg[0].len = l.seg[0].len + n;
                if (by % 2) { /* as token and data */
                    memcpy(l.token, stream, l.seg[0].len);
                    memcpy(l.body, stream + l.seg[0].len, n);
                    assert_int_equal(kerberos_unseal(t.server, &l.m, &qop), ERR_OK);
                    assert_true(as_written(&l));
                } else {
                    assert_int_equal(kerberos_unseal(t.server, &m, &qop), ERR_OK);
                    assert_int_equal(seg[1].len, n);
                    memcpy(l.body, seg[1].ptr, n);
                    assert_true(as_written(&l));
                }
                free(l.body);
                free(stream);
            }
        }
        close_ends(&t);
    }
}

/* A later version's bit in the flags, under a checksum that covers it.  RFC 4121 4.2.2 */
static void passes_over_flags_it_does_not_know(void **state)
{
    enum { INITIATOR_SIGN = 25, UNKNOWN = 0x40, FLAGS = 2, HEADER = 16, TAG = 12 };
    struct kerberos_keys k = keys_of(CRYPTO_AES256_SHA1);
    uint8_t sum[CRYPTO_HASH_MAX];
    struct crypto_hash_state run;
    struct crypto_hmac mac;
    struct crypto_key kc;
    struct letter l;
    struct ends t;
    uint32_t qop;

    (void)state;
    open_ends(&t, k);
    write_letter(&l, 20);
    assert_int_equal(kerberos_sign(t.client, 0, &l.m), ERR_OK);
    l.token[FLAGS] |= UNKNOWN;
    assert_int_equal(kerberos_verify(t.server, &l.m, &qop), ERR_ALTERED);
    assert_int_equal(
        crypto_derive(k.enctype, bytes_of(k.key, k.key_len), INITIATOR_SIGN, CRYPTO_KC, &kc),
        ERR_OK);
    crypto_hmac_init(&mac, CRYPTO_HASH_SHA1, crypto_key_view(&kc));
    crypto_hmac_begin(&mac, &run);
    crypto_hmac_add(&mac, &run, l.head, sizeof l.head);
    crypto_hmac_add(&mac, &run, l.body, l.len);
    crypto_hmac_add(&mac, &run, l.token, HEADER);
    crypto_hmac_end(&mac, &run, sum);
    memcpy(l.token + HEADER, sum, TAG);
    assert_int_equal(kerberos_verify(t.server, &l.m, &qop), ERR_OK);
    free(l.body);
    close_ends(&t);
}

static void keeps_order_and_finds_replays(void **state)
{
    struct letter a, b, again;
    struct ends t;
    uint32_t qop;
    size_t i;

    (void)state;
    for (i = 0; i < TYPES; i++) {
        open_ends(&t, keys_of(types[i]));
        write_letter(&a, 10);
        write_letter(&b, 10);
        assert_int_equal(kerberos_sign(t.client, 0, &a.m), ERR_OK);
        assert_int_equal(kerberos_sign(t.client, 0, &b.m), ERR_OK);
        again = a;
        assert_int_equal(kerberos_verify(t.server, &b.m, &qop), ERR_OUT_OF_SEQUENCE);
        assert_int_equal(kerberos_verify(t.server, &a.m, &qop), ERR_OK);
        assert_int_equal(kerberos_verify(t.server, &again.m, &qop), ERR_OUT_OF_SEQUENCE);
        assert_int_equal(kerberos_verify(t.server, &b.m, &qop), ERR_OK);
        /* one's own message comes back */
        assert_int_equal(kerberos_verify(t.client, &b.m, &qop), ERR_ALTERED);
        free(a.body);
        free(b.body);
        close_ends(&t);
    }
}

static void says_what_is_wrong_with_the_buffers(void **state)
{
    struct context_sizes sizes;
    struct letter l;
    struct ends t;
    uint32_t qop;
    size_t i;

    (void)state;
    for (i = 0; i < TYPES; i++) {
        open_ends(&t, keys_of(types[i]));
        kerberos_messages_sizes(t.client, &sizes);
        write_letter(&l, 20);
        l.seg[0].len = 20;
        assert_int_equal(kerberos_seal(t.client, 0, &l.m), ERR_BUFFER_TOO_SMALL);
        assert_int_equal(kerberos_sign(t.client, 0, &l.m), ERR_BUFFER_TOO_SMALL);
        l.seg[0].len = sizes.trailer;
        assert_true(as_written(&l));
        assert_int_equal(kerberos_sign(t.client, 5, &l.m), ERR_QOP);
        assert_int_equal(kerberos_sign(t.client, QOP_NO_ENCRYPT, &l.m), ERR_QOP);
        assert_int_equal(kerberos_seal(t.client, QOP_OOB_DATA, &l.m), ERR_QOP);
        l.m.count = 0;
        assert_int_equal(kerberos_seal(t.client, 0, &l.m), ERR_MALFORMED);
        assert_int_equal(kerberos_verify(t.client, &l.m, &qop), ERR_MALFORMED);
        l.m.count = 5;
        l.seg[1].kind = SEGMENT_TOKEN;
        assert_int_equal(kerberos_seal(t.client, 0, &l.m), ERR_MALFORMED);
        l.seg[1].kind = SEGMENT_DATA;
        /* no failure above took a number */
        assert_int_equal(kerberos_seal(t.client, 0, &l.m), ERR_OK);
        assert_int_equal(kerberos_unseal(t.server, &l.m, &qop), ERR_OK);
        l.seg[0].len = sizes.max_signature;
        assert_int_equal(kerberos_sign(t.client, 0, &l.m), ERR_OK);
        assert_int_equal(l.seg[0].len, sizes.max_signature);
        free(l.body);
        close_ends(&t);
    }
}

static void a_batch_counts_on(void **state)
{
    enum { N = 20 };
    static struct letter l[N];
    struct message m[N];
    struct ends t;
    size_t i, j;

    (void)state;
    for (i = 0; i < TYPES * 2; i++) {
        struct kerberos_keys k = keys_of(types[i / 2]);

        k.dce_style = i % 2;
        open_ends(&t, k);
        for (j = 0; j < N; j++) {
            write_letter(&l[j], j * 13);
            m[j] = l[j].m;
        }
        l[3].seg[0].len = 1; /* this one fails and takes no number */
        kerberos_seal_many(t.client, 0, m, N);
        for (j = 0; j < N; j++)
            assert_int_equal(m[j].err, j == 3 ? ERR_BUFFER_TOO_SMALL : ERR_OK);
        l[7].token[20] ^= 1;
        m[3] = m[2]; /* seen before */
        m[3].seg = l[2].seg;
        kerberos_unseal_many(t.server, m, 3);
        kerberos_unseal_many(t.server, m + 4, 3);
        for (j = 0; j < 7; j++) {
            assert_int_equal(m[j].err, ERR_OK);
            assert_true(as_written(&l[j]));
        }
        kerberos_unseal_many(t.server, m + 7, 2);
        assert_int_not_equal(m[7].err, ERR_OK);
        assert_int_equal(m[8].err, ERR_OUT_OF_SEQUENCE);
        for (j = 0; j < N; j++)
            free(l[j].body);
        close_ends(&t);
    }
}

enum { THREADS = 4, EACH = 300 };

struct worker {
    struct ends *ends;
    struct letter letter[EACH];
};

static void *seal_some(void *arg)
{
    struct worker *w = arg;
    size_t i;

    for (i = 0; i < EACH; i++) {
        write_letter(&w->letter[i], i);
        if (kerberos_seal(w->ends->client, 0, &w->letter[i].m) != ERR_OK)
            return NULL;
    }
    return w;
}

/* Each takes a number of its own: all are accepted, each once. */
static void threads_share_a_context(void **state)
{
    struct worker *w = calloc(THREADS, sizeof *w);
    struct kerberos_keys k = keys_of(CRYPTO_AES256_SHA1);
    uint8_t *seen = calloc(THREADS, EACH);
    pthread_t t[THREADS];
    struct ends ends;
    uint32_t qop;
    size_t i, j;

    (void)state;
    k.replay = k.sequence = false;
    k.send_seq = 0;
    open_ends(&ends, k);
    for (i = 0; i < THREADS; i++) {
        w[i].ends = &ends;
        assert_int_equal(pthread_create(&t[i], NULL, seal_some, &w[i]), 0);
    }
    for (i = 0; i < THREADS; i++) {
        void *done = NULL;

        assert_int_equal(pthread_join(t[i], &done), 0);
        assert_ptr_equal(done, &w[i]);
    }
    for (i = 0; i < THREADS * EACH; i++) {
        struct letter *l = &w[i / EACH].letter[i % EACH];

        j = (size_t)l->token[14] << 8 | l->token[15];
        assert_in_range(j, 0, THREADS * EACH - 1);
        assert_int_equal(seen[j]++, 0);
        assert_int_equal(kerberos_unseal(ends.server, &l->m, &qop), ERR_OK);
        assert_true(as_written(l));
        free(l->body);
    }
    close_ends(&ends);
    free(seen);
    free(w);
}

static void a_child_has_no_keys(void **state)
{
    struct letter l;
    struct ends t;
    uint32_t qop;
    int status;
    pid_t pid;

    (void)state;
    open_ends(&t, keys_of(CRYPTO_AES128_SHA1));
    write_letter(&l, 50);
    pid = fork();
    if (pid == 0) {
        struct message many = l.m;

        kerberos_seal_many(t.client, 0, &many, 1);
        status = many.err == ERR_INVALID_HANDLE &&
                 kerberos_seal(t.client, 0, &l.m) == ERR_INVALID_HANDLE &&
                 kerberos_sign(t.client, 0, &l.m) == ERR_INVALID_HANDLE &&
                 kerberos_unseal(t.client, &l.m, &qop) == ERR_INVALID_HANDLE &&
                 kerberos_verify(t.client, &l.m, &qop) == ERR_INVALID_HANDLE && as_written(&l);
        close_ends(&t);
        _exit(status ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_int_equal(kerberos_seal(t.client, 0, &l.m), ERR_OK);
    assert_int_equal(kerberos_unseal(t.server, &l.m, &qop), ERR_OK);
    free(l.body);
    close_ends(&t);
}

static enum err make_one(void *arg)
{
    struct kerberos_messages *s = NULL;
    enum err e = kerberos_messages_new((const struct kerberos_keys *)arg, &s);

    kerberos_messages_free(s);
    return e;
}

static void survives_failing_allocations(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < TYPES; i++) {
        struct kerberos_keys k = keys_of(types[i]);

        oom_run(make_one, &k);
    }
}

/* Message functions ask for no memory at all. */
static void allocates_nothing_per_message(void **state)
{
    struct letter l;
    struct ends t;
    uint32_t qop;

    (void)state;
    open_ends(&t, keys_of(CRYPTO_AES256_SHA1));
    write_letter(&l, 100);
    mem_fail_at(0);
    assert_int_equal(kerberos_seal(t.client, 0, &l.m), ERR_OK);
    assert_int_equal(kerberos_unseal(t.server, &l.m, &qop), ERR_OK);
    assert_false(mem_fail_hit());
    mem_fail_at(-1);
    free(l.body);
    close_ends(&t);
}

static void refuses_other_types_and_keys(void **state)
{
    struct kerberos_keys k = keys_of(CRYPTO_AES256_SHA1);
    struct kerberos_messages *s = NULL;

    (void)state;
    k.enctype = 3; /* des-cbc-md5 */
    assert_int_equal(kerberos_messages_new(&k, &s), ERR_UNSUPPORTED_ETYPE);
    k = keys_of(CRYPTO_AES256_SHA1);
    k.key_len = 16;
    assert_int_equal(kerberos_messages_new(&k, &s), ERR_INVALID_PARAMETER);
    k = keys_of(CRYPTO_RC4_HMAC);
    k.key_len = 8;
    assert_int_equal(kerberos_messages_new(&k, &s), ERR_INVALID_PARAMETER);
    assert_null(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seals_and_opens_every_small_size),
        cmocka_unit_test(finds_every_flipped_bit),
        cmocka_unit_test(refuses_every_shorter_token),
        cmocka_unit_test(opens_any_rotation),
        cmocka_unit_test(passes_over_flags_it_does_not_know),
        cmocka_unit_test(keeps_order_and_finds_replays),
        cmocka_unit_test(says_what_is_wrong_with_the_buffers),
        cmocka_unit_test(a_batch_counts_on),
        cmocka_unit_test(threads_share_a_context),
        cmocka_unit_test(a_child_has_no_keys),
        cmocka_unit_test(survives_failing_allocations),
        cmocka_unit_test(allocates_nothing_per_message),
        cmocka_unit_test(refuses_other_types_and_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
