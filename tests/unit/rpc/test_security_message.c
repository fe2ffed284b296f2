/* SPDX-License-Identifier: Apache-2.0
 * What a signature covers, octet by octet; fragments in batches and one by one.
 */
#include "lib/rpc_pair.h"
#include "lib/unit.h"

enum { STUB = 20, SIGNED = 24 + 32 + 8 + 28, SEALED = 24 + 32 + 8 + 76 };

static struct rpc_message request(struct buf stub, struct rpc_security *s)
{
    return (struct rpc_message){ .type = RPC_REQUEST,
                                 .call_id = 0x01020304,
                                 .context_id = 5,
                                 .opnum = 6,
                                 .stub = stub,
                                 .max_fragment = RPC_FRAGMENT_MAX,
                                 .security = s };
}

static struct buf sent(struct rpc_security *s, size_t n)
{
    struct buf stub = { malloc(n), n }, all;
    struct rpc_message m;

    assert_non_null(stub.ptr);
    memset(stub.ptr, 's', n);
    m = request(stub, s);
    all = rpc_pair_send(&m);
    free(stub.ptr);
    return all;
}

/* Whether the server takes it for a whole call. */
static bool taken(const struct rpc_securities *securities, struct bytes raw)
{
    const struct rpc_limits limits = { RPC_FRAGMENT_MAX, RPC_STUB_MAX };
    struct iovec room[RPC_INBOUND_IOV];
    struct rpc_received got;
    struct rpc_inbound in;
    size_t n;
    bool call;

    rpc_inbound_init(&in, true, &limits, securities);
    assert_int_equal(rpc_inbound_room(&in, room, &n), ERR_OK);
    assert_true(raw.len <= room[0].iov_len);
    memcpy(room[0].iov_base, raw.ptr, raw.len);
    rpc_inbound_filled(&in, raw.len);
    call = rpc_inbound_next(&in, &got) == ERR_OK && got.event == RPC_EVENT_CALL;
    if (call)
        rpc_block_put(got.block);
    rpc_inbound_done(&in);
    return call;
}

/* A number for each octet of the message: how many of its bits may be flipped unseen. */
static size_t unseen(uint8_t level, bool header_signing, uint8_t ret[SEALED])
{
    size_t i, bit, length = 0;

    for (i = 0; i == 0 || i < length; i++) {
        ret[i] = 0;
        for (bit = 0; bit < 8; bit++) {
            struct rpc_pair pair;
            struct buf all;

            rpc_pair_make(RPC_PAIR_AES256, level, header_signing, &pair);
            all = sent(rpc_pair_client(&pair), STUB);
            length = all.len;
            all.ptr[i] ^= (uint8_t)(1 << bit);
            ret[i] += taken(&pair.server, buf_view(all));
            free(all.ptr);
            rpc_pair_end(&pair);
        }
    }
    return length;
}

/* A9. A PKT is signed as INTEGRITY is. */
static void with_header_signing_no_bit_may_change(void **state)
{
    static const uint8_t levels[] = { RPC_LEVEL_PKT, RPC_LEVEL_INTEGRITY, RPC_LEVEL_PRIVACY };
    uint8_t free_bits[SEALED];
    size_t i, j, n;

    (void)state;
    for (i = 0; i < sizeof levels; i++) {
        n = unseen(levels[i], true, free_bits);
        assert_int_equal(n, levels[i] == RPC_LEVEL_PRIVACY ? SEALED : SIGNED);
        for (j = 0; j < n; j++)
            if (free_bits[j])
                fail_msg("level %u: %u bits of octet %zu", levels[i], free_bits[j], j);
    }
}

/* What is open without it: minor version, flags, the representation's lower half, call id,
 * alloc_hint, presentation context, operation; of the sec_trailer the length of the padding and
 * the reserved octet. For the header there is the verification trailer (test_trailer.c). */
static void without_it_the_header_is_open(void **state)
{
    static const uint8_t open_octets[] = { 1,  3,  4,  5,  6,  7,  12, 13, 14, 15,
                                           16, 17, 18, 19, 20, 21, 22, 23, 58, 59 };
    static const uint8_t levels[] = { RPC_LEVEL_INTEGRITY, RPC_LEVEL_PRIVACY };
    uint8_t free_bits[SEALED];
    size_t i, j, n;

    (void)state;
    for (i = 0; i < sizeof levels; i++) {
        n = unseen(levels[i], false, free_bits);
        for (j = 0; j < n; j++) {
            bool open = memchr(open_octets, (int)j, sizeof open_octets) != NULL;

            if (open != (free_bits[j] != 0))
                fail_msg("level %u: %u bits of octet %zu", levels[i], free_bits[j], j);
        }
    }
}

static void connect_protects_nothing_and_sends_no_trailer(void **state)
{
    struct rpc_pair pair;
    struct buf all;

    (void)state;
    rpc_pair_make(RPC_PAIR_AES256, RPC_LEVEL_CONNECT, true, &pair);
    all = sent(rpc_pair_client(&pair), STUB);
    assert_int_equal(all.len, 24 + STUB);
    all.ptr[30] ^= 1;
    assert_true(taken(&pair.server, buf_view(all)));
    free(all.ptr);
    rpc_pair_end(&pair);
}

struct laid_out { /* fragments of 48 octets of data and 16 of padding, where they lie */
    struct rpc_fragment f[RPC_BATCH];
    uint8_t bytes[RPC_BATCH][24 + 48 + 16 + 8 + RPC_TOKEN_MAX];
};

static void lay_out(struct laid_out *l, size_t token)
{
    size_t i;

    for (i = 0; i < RPC_BATCH; i++) {
        uint8_t *at = l->bytes[i];

        memset(at, (int)i, sizeof l->bytes[i]);
        l->f[i] = (struct rpc_fragment){
            { at, 24 }, { at + 24, 48 }, { at + 72, 16 }, { at + 88, 8 }, { at + 96, token }
        };
    }
}

static struct laid_out *protected_by(struct rpc_security *s, size_t at_once)
{
    struct laid_out *l = calloc(1, sizeof *l);
    size_t i;

    assert_non_null(l);
    lay_out(l, s->token_size);
    for (i = 0; i < RPC_BATCH; i += at_once)
        assert_int_equal(rpc_security_protect(s, l->f + i, at_once), ERR_OK);
    return l;
}

static void unprotected_by(struct rpc_security *s, struct laid_out *l, size_t at_once)
{
    size_t i, j;

    for (i = 0; i < RPC_BATCH; i += at_once)
        assert_int_equal(rpc_security_unprotect(s, l->f + i, at_once), ERR_OK);
    for (i = 0; i < RPC_BATCH; i++)
        for (j = 0; j < 48 + 16; j++)
            assert_int_equal(l->bytes[i][24 + j], i);
    free(l);
}

/* Signatures are the same bytes; what is sealed has random confounders, and opens either way. */
static void a_batch_is_what_its_fragments_are_singly(void **state)
{
    static const int types[] = { RPC_PAIR_AES256, RPC_PAIR_AES256_SHA384, RPC_PAIR_RC4 };
    struct rpc_pair one, many;
    int level;
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        for (level = RPC_LEVEL_INTEGRITY; level <= RPC_LEVEL_PRIVACY; level++) {
            struct laid_out *a, *b;

            rpc_pair_make(types[i], (uint8_t)level, true, &one);
            rpc_pair_make(types[i], (uint8_t)level, true, &many);
            a = protected_by(rpc_pair_client(&one), 1);
            b = protected_by(rpc_pair_client(&many), RPC_BATCH);
            if (level == RPC_LEVEL_INTEGRITY && types[i] != RPC_PAIR_RC4)
                assert_memory_equal(a->bytes, b->bytes, sizeof a->bytes);
            unprotected_by(rpc_pair_server(&one), a, RPC_BATCH);
            unprotected_by(rpc_pair_server(&many), b, 1);
            rpc_pair_end(&one);
            rpc_pair_end(&many);
        }
    }
}

/* Whoever has the key but does not encrypt is refused at PRIVACY, in a batch too. */
static void refuses_only_signed(int enctype)
{
    struct rpc_pair pair;
    struct rpc_fragment f[2];
    uint8_t data[2][16] = { { 1 } }, token[2][RPC_TOKEN_MAX];
    size_t i;

    rpc_pair_make(enctype, RPC_LEVEL_PRIVACY, false, &pair);
    memset(f, 0, sizeof f);
    for (i = 0; i < 2; i++) {
        SecBuffer piece[2] = { { 16, SECBUFFER_DATA, data[i] },
                               { RPC_TOKEN_MAX, SECBUFFER_TOKEN, token[i] } };
        SecBufferDesc d = { SECBUFFER_VERSION, 2, piece };

        assert_int_equal(
            EncryptMessage(&rpc_pair_client(&pair)->context, SECQOP_WRAP_NO_ENCRYPT, &d, 0),
            SEC_E_OK);
        f[i].data = (struct buf){ data[i], 16 };
        f[i].token = (struct buf){ token[i], piece[1].cbBuffer };
    }
    assert_int_equal(rpc_security_unprotect(rpc_pair_server(&pair), f, 2), ERR_ALTERED);
    rpc_pair_end(&pair);
}

static void only_signed_is_not_sealed(void **state)
{
    (void)state;
    refuses_only_signed(RPC_PAIR_AES256);
    refuses_only_signed(RPC_PAIR_RC4); /* as long as what is sealed */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_header_signing_no_bit_may_change),
        cmocka_unit_test(without_it_the_header_is_open),
        cmocka_unit_test(connect_protects_nothing_and_sends_no_trailer),
        cmocka_unit_test(a_batch_is_what_its_fragments_are_singly),
        cmocka_unit_test(only_signed_is_not_sealed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
