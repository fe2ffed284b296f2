/* SPDX-License-Identifier: Apache-2.0
 * mit_messages.c - our per-message tokens against MIT's GSS-API, both ways, in one process.
 *
 *    mit_messages sizes    every size to 4,200, those near multiples of 4,096 to 70,000, others
 *    mit_messages matrix   type x DCE style x roles x subkey x layout x rotation at 24 sizes
 *
 * With COUNTERSIGN_MATRIX=reduced a sample of the sizes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/detail.h"
#include "mit_pair.h"

enum { BIG = 1 << 17, TOKEN_ROOM = 128, SIDE = 40 };

/* What is being tried, for the message of a failure. */
static struct {
    struct mit_pair_want want;
    size_t size, rrc;
    bool conf;
    const char *way;
} now;

static unsigned long exchanged;

static void fail(const char *what)
{
    fprintf(stderr,
            "FAILED: %s: %s; type %d, DCE style %d, MIT initiates %d, mutual %d, sealed %d, "
            "%zu bytes, turned by %zu; detail: %s\n",
            now.way, what, now.want.enctype, now.want.dce_style, now.want.mit_initiates,
            now.want.mutual, now.conf, now.size, now.rrc, detail_get()->text);
    exit(1);
}

static void good(OM_uint32 major, OM_uint32 minor)
{
    if (major != GSS_S_COMPLETE) {
        char what[64];

        snprintf(what, sizeof what, "MIT says %08x, minor %u", major, minor);
        fail(what);
    }
}

static void ok(enum err e)
{
    if (e)
        fail(err_text(e));
}

static bool is_rc4(void)
{
    return now.want.enctype == 23;
}

/* RC4 outside DCE style has a byte of padding. */
static bool padded(void)
{
    return is_rc4() && !now.want.dce_style;
}

static uint8_t plain[BIG];

/* A message of ours in pieces: token | signed | data | data | signed | padding. */
struct pieces {
    uint8_t token[TOKEN_ROOM], before[SIDE], after[SIDE], padding[16];
    uint8_t *data;
    size_t cut;
    bool sides;
    struct segment seg[6];
    struct message m;
};

static void lay_out(struct pieces *p, uint8_t *data, bool sides)
{
    p->data = data;
    p->cut = sides ? now.size / 3 : now.size;
    p->sides = sides;
    memset(p->before, 'b', SIDE);
    memset(p->after, 'a', SIDE);
    memcpy(data, plain, now.size);
    p->seg[0] = (struct segment){ p->token, TOKEN_ROOM, SEGMENT_TOKEN, SEGMENT_NORMAL };
    p->seg[1] = (struct segment){ data, p->cut, SEGMENT_DATA, SEGMENT_NORMAL };
    p->seg[2] = (struct segment){ p->padding, 1, SEGMENT_PADDING, SEGMENT_NORMAL };
    p->m = (struct message){ .seg = p->seg, .count = 3 };
    if (!sides)
        return;
    p->seg[1] = (struct segment){ p->before, SIDE, SEGMENT_DATA, SEGMENT_READONLY_CHECKSUM };
    p->seg[2] = (struct segment){ data, p->cut, SEGMENT_DATA, SEGMENT_NORMAL };
    p->seg[3] = (struct segment){ data + p->cut, now.size - p->cut, SEGMENT_DATA, SEGMENT_NORMAL };
    p->seg[4] = (struct segment){ p->after, SIDE, SEGMENT_DATA, SEGMENT_READONLY_CHECKSUM };
    p->seg[5] = (struct segment){ p->padding, 1, SEGMENT_PADDING, SEGMENT_NORMAL };
    p->m.count = 6;
}

/* The same pieces for MIT. */
static int as_iov(struct pieces *p, gss_iov_buffer_desc *iov)
{
    int n = 0;

    iov[n].type = GSS_IOV_BUFFER_TYPE_HEADER;
    iov[n++].buffer = (gss_buffer_desc){ p->seg[0].len, p->token };
    if (p->sides) {
        iov[n].type = GSS_IOV_BUFFER_TYPE_SIGN_ONLY;
        iov[n++].buffer = (gss_buffer_desc){ SIDE, p->before };
    }
    iov[n].type = GSS_IOV_BUFFER_TYPE_DATA;
    iov[n++].buffer = (gss_buffer_desc){ p->cut, p->data };
    if (p->sides) {
        iov[n].type = GSS_IOV_BUFFER_TYPE_DATA;
        iov[n++].buffer = (gss_buffer_desc){ now.size - p->cut, p->data + p->cut };
        iov[n].type = GSS_IOV_BUFFER_TYPE_SIGN_ONLY;
        iov[n++].buffer = (gss_buffer_desc){ SIDE, p->after };
    }
    if (!now.want.dce_style) {
        iov[n].type = GSS_IOV_BUFFER_TYPE_PADDING;
        iov[n++].buffer = (gss_buffer_desc){ padded() ? 1 : 0, p->padding };
    }
    return n;
}

static void same(const void *got, size_t len, const char *what)
{
    if (len != now.size || (len && memcmp(got, plain, len) != 0))
        fail(what);
    exchanged++;
}

/* Ours in pieces -> gss_unwrap_iov. */
static void ours_to_iov(struct mit_pair *t, bool sides)
{
    static uint8_t data[BIG];
    gss_iov_buffer_desc iov[6];
    struct pieces p;
    OM_uint32 major, minor;
    int conf = -1, n;

    now.way = sides ? "seal, signed sides, gss_unwrap_iov" : "seal, gss_unwrap_iov";
    lay_out(&p, data, sides);
    ok(kerberos_seal(t->ours, now.conf ? 0 : QOP_NO_ENCRYPT, &p.m));
    if (now.conf && now.size > 8 && memcmp(data, plain, now.size) == 0)
        fail("what was sealed is readable");
    n = as_iov(&p, iov);
    major = gss_unwrap_iov(&minor, t->mit, &conf, NULL, iov, n);
    good(major, minor);
    if (conf != now.conf)
        fail("MIT sees another confidentiality");
    same(data, now.size, "MIT reads something else");
}

/* gss_wrap_iov -> ours in pieces. */
static void iov_to_ours(struct mit_pair *t, bool sides)
{
    static uint8_t data[BIG];
    gss_iov_buffer_desc iov[6];
    struct pieces p;
    OM_uint32 major, minor;
    uint32_t qop = 7;
    int conf, n;

    now.way = sides ? "gss_wrap_iov, signed sides, unseal" : "gss_wrap_iov, unseal";
    lay_out(&p, data, sides);
    n = as_iov(&p, iov);
    major = gss_wrap_iov_length(&minor, t->mit, now.conf, GSS_C_QOP_DEFAULT, NULL, iov, n);
    good(major, minor);
    if (iov[0].buffer.length > TOKEN_ROOM)
        fail("MIT's header is too long");
    p.seg[0].len = iov[0].buffer.length;
    as_iov(&p, iov); /* asking for the lengths took the addresses away */
    major = gss_wrap_iov(&minor, t->mit, now.conf, GSS_C_QOP_DEFAULT, &conf, iov, n);
    good(major, minor);
    p.seg[0].len = iov[0].buffer.length;
    p.seg[p.m.count - 1].len = padded() ? 1 : 0;
    ok(kerberos_unseal(t->ours, &p.m, &qop));
    if (qop != (now.conf ? 0 : QOP_NO_ENCRYPT))
        fail("the quality of protection is another");
    same(data, now.size, "we read something else");
}

/* Turns total bytes right by so many. */
static void turn_right(uint8_t *p, size_t total, size_t by)
{
    static uint8_t copy[BIG + 2 * TOKEN_ROOM];
    size_t i;

    memcpy(copy, p, total);
    for (i = 0; i < total; i++)
        p[(i + by) % total] = copy[i];
}

static void turn_more(uint8_t *stream, size_t len)
{
    size_t rrc = (size_t)(stream[6] << 8 | stream[7]), by = now.rrc;

    if (is_rc4() || now.rrc == 0)
        return;
    if (now.want.dce_style && now.conf && rrc == 0) /* EC counts too as soon as RRC does */
        by += (size_t)(stream[4] << 8 | stream[5]);
    rrc += now.rrc;
    turn_right(stream + 16, len - 16, by);
    stream[6] = (uint8_t)(rrc >> 8);
    stream[7] = (uint8_t)rrc;
}

/* Ours as one stream -> gss_unwrap, or a STREAM buffer. */
static void ours_to_stream(struct mit_pair *t, bool iov_stream)
{
    static uint8_t data[BIG], stream[BIG + 2 * TOKEN_ROOM];
    gss_buffer_desc in = { 0, stream }, out = GSS_C_EMPTY_BUFFER;
    struct pieces p;
    OM_uint32 major, minor;
    int conf = -1;

    now.way = iov_stream ? "seal, STREAM of gss_unwrap_iov" : "seal, gss_unwrap";
    lay_out(&p, data, false);
    ok(kerberos_seal(t->ours, now.conf ? 0 : QOP_NO_ENCRYPT, &p.m));
    memcpy(stream, p.token, p.seg[0].len);
    memcpy(stream + p.seg[0].len, data, now.size);
    memcpy(stream + p.seg[0].len + now.size, p.padding, p.seg[2].len);
    in.length = p.seg[0].len + now.size + p.seg[2].len;
    turn_more(stream, in.length);
    if (iov_stream) {
        gss_iov_buffer_desc iov[] = { { GSS_IOV_BUFFER_TYPE_STREAM, in },
                                      { GSS_IOV_BUFFER_TYPE_DATA, GSS_C_EMPTY_BUFFER } };

        major = gss_unwrap_iov(&minor, t->mit, &conf, NULL, iov, 2);
        good(major, minor);
        same(iov[1].buffer.value, iov[1].buffer.length, "MIT reads something else");
        return;
    }
    major = gss_unwrap(&minor, t->mit, &in, &out, &conf, NULL);
    good(major, minor);
    if (conf != now.conf)
        fail("MIT sees another confidentiality");
    same(out.value, out.length, "MIT reads something else");
    if (out.length == 0)
        free(out.value); /* gss_release_buffer forgets an empty one */
    gss_release_buffer(&minor, &out);
}

/* A stream of MIT's, turned -> ours, as it is or cut into token and data. */
static void open_stream(struct mit_pair *t, uint8_t *stream, size_t len, bool cut, bool pad)
{
    size_t around = len - now.size - pad;
    struct segment whole[] = { { stream, len, SEGMENT_STREAM, SEGMENT_NORMAL },
                               { NULL, 0, SEGMENT_DATA, SEGMENT_NORMAL } };
    struct segment parts[] = { { stream, around, SEGMENT_TOKEN, SEGMENT_NORMAL },
                               { stream + around, now.size, SEGMENT_DATA, SEGMENT_NORMAL },
                               { stream + len - 1, 1, SEGMENT_PADDING, SEGMENT_NORMAL } };
    struct message m = { .seg = cut ? parts : whole, .count = cut ? 2 + pad : 2 };
    uint32_t qop = 7;

    turn_more(stream, len);
    ok(kerberos_unseal(t->ours, &m, &qop));
    if (qop != (now.conf ? 0 : QOP_NO_ENCRYPT))
        fail("the quality of protection is another");
    same(cut ? parts[1].ptr : whole[1].ptr, cut ? parts[1].len : whole[1].len,
         "we read something else");
}

static void wrap_to_ours(struct mit_pair *t, bool cut)
{
    gss_buffer_desc in = { now.size, plain }, out = GSS_C_EMPTY_BUFFER;
    OM_uint32 major, minor;
    int conf;

    now.way = cut ? "gss_wrap, cut, unseal" : "gss_wrap, unseal";
    major = gss_wrap(&minor, t->mit, now.conf, GSS_C_QOP_DEFAULT, &in, &conf, &out);
    good(major, minor);
    open_stream(t, out.value, out.length, cut, is_rc4());
    gss_release_buffer(&minor, &out);
}

/* gss_wrap_iov with a trailer, its pieces put together. */
static void trailer_to_ours(struct mit_pair *t)
{
    static uint8_t stream[BIG + 2 * TOKEN_ROOM];
    gss_iov_buffer_desc iov[4] = {
        { GSS_IOV_BUFFER_TYPE_HEADER | GSS_IOV_BUFFER_FLAG_ALLOCATE, GSS_C_EMPTY_BUFFER },
        { GSS_IOV_BUFFER_TYPE_DATA, { now.size, stream + TOKEN_ROOM } },
        { GSS_IOV_BUFFER_TYPE_PADDING | GSS_IOV_BUFFER_FLAG_ALLOCATE, GSS_C_EMPTY_BUFFER },
        { GSS_IOV_BUFFER_TYPE_TRAILER | GSS_IOV_BUFFER_FLAG_ALLOCATE, GSS_C_EMPTY_BUFFER }
    };
    uint8_t *start = stream + TOKEN_ROOM, *end = start + now.size;
    OM_uint32 major, minor;
    int conf, i;

    now.way = "gss_wrap_iov with a trailer, unseal";
    memcpy(start, plain, now.size);
    major = gss_wrap_iov(&minor, t->mit, now.conf, GSS_C_QOP_DEFAULT, &conf, iov, 4);
    good(major, minor);
    start -= iov[0].buffer.length;
    memcpy(start, iov[0].buffer.value, iov[0].buffer.length);
    for (i = 2; i < 4; i++) {
        if (iov[i].buffer.length)
            memcpy(end, iov[i].buffer.value, iov[i].buffer.length);
        end += iov[i].buffer.length;
    }
    gss_release_iov_buffer(&minor, iov, 4);
    open_stream(t, start, (size_t)(end - start), false, padded());
}

/* A batch of ours, of sizes around now.size -> gss_unwrap_iov; what MIT sealed -> a batch of ours.
 * The numbers follow the order in the array. */
enum { BATCH = 24 };

static size_t batch_size(size_t i)
{
    return (now.size + i * 13) % BIG;
}

static void batches(struct mit_pair *t, bool sides)
{
    static uint8_t data[BATCH][BIG];
    static struct pieces p[BATCH];
    gss_iov_buffer_desc iov[6];
    struct message m[BATCH];
    size_t i, first = now.size;
    OM_uint32 major, minor;
    int n, conf;

    now.way = sides ? "seal_many, signed sides, gss_unwrap_iov" : "seal_many, gss_unwrap_iov";
    for (i = 0; i < BATCH; i++, now.size = first) {
        now.size = batch_size(i);
        lay_out(&p[i], data[i], sides);
        m[i] = p[i].m;
    }
    kerberos_seal_many(t->ours, now.conf ? 0 : QOP_NO_ENCRYPT, m, BATCH);
    for (i = 0; i < BATCH; i++, now.size = first) {
        now.size = batch_size(i);
        ok(m[i].err);
        n = as_iov(&p[i], iov);
        major = gss_unwrap_iov(&minor, t->mit, NULL, NULL, iov, n);
        good(major, minor);
        same(data[i], now.size, "MIT reads something else");
    }
    now.way = sides ? "gss_wrap_iov, signed sides, unseal_many" : "gss_wrap_iov, unseal_many";
    for (i = 0; i < BATCH; i++, now.size = first) {
        now.size = batch_size(i);
        lay_out(&p[i], data[i], sides);
        n = as_iov(&p[i], iov);
        major = gss_wrap_iov_length(&minor, t->mit, now.conf, GSS_C_QOP_DEFAULT, NULL, iov, n);
        good(major, minor);
        p[i].seg[0].len = iov[0].buffer.length;
        as_iov(&p[i], iov);
        major = gss_wrap_iov(&minor, t->mit, now.conf, GSS_C_QOP_DEFAULT, &conf, iov, n);
        good(major, minor);
        p[i].seg[0].len = iov[0].buffer.length; /* it may be less than it said */
        p[i].seg[p[i].m.count - 1].len = padded() ? 1 : 0;
        m[i] = p[i].m;
    }
    kerberos_unseal_many(t->ours, m, BATCH);
    for (i = 0; i < BATCH; i++, now.size = first) {
        now.size = batch_size(i);
        if (!now.conf) { /* a batch does not say which were sealed: it takes those only */
            if (m[i].err != ERR_QOP)
                fail("a message of a batch that is only signed was taken");
            continue;
        }
        ok(m[i].err);
        same(data[i], now.size, "we read something else");
    }
}

static void ours_to_verify(struct mit_pair *t)
{
    uint8_t token[TOKEN_ROOM];
    struct segment seg[] = { { plain, now.size / 2, SEGMENT_DATA, SEGMENT_NORMAL },
                             { token, TOKEN_ROOM, SEGMENT_TOKEN, SEGMENT_NORMAL },
                             { token, 20, SEGMENT_DATA, SEGMENT_READONLY },
                             { plain + now.size / 2, now.size - now.size / 2, SEGMENT_DATA,
                               SEGMENT_READONLY_CHECKSUM } };
    struct message m = { .seg = seg, .count = 4 };
    gss_buffer_desc in = { now.size, plain }, mic = { 0, token };
    OM_uint32 major, minor;

    now.way = "sign, gss_verify_mic";
    ok(kerberos_sign(t->ours, 0, &m));
    mic.length = seg[1].len;
    major = gss_verify_mic(&minor, t->mit, &in, &mic, NULL);
    good(major, minor);
    exchanged++;
}

static void mic_to_ours(struct mit_pair *t)
{
    gss_buffer_desc in = { now.size, plain }, mic = GSS_C_EMPTY_BUFFER;
    OM_uint32 major, minor;
    uint32_t qop;

    now.way = "gss_get_mic, verify";
    major = gss_get_mic(&minor, t->mit, GSS_C_QOP_DEFAULT, &in, &mic);
    good(major, minor);
    {
        struct segment seg[] = { { mic.value, mic.length, SEGMENT_TOKEN, SEGMENT_NORMAL },
                                 { plain, now.size, SEGMENT_DATA, SEGMENT_NORMAL } };
        struct message m = { .seg = seg, .count = 2 };

        ok(kerberos_verify(t->ours, &m, &qop));
    }
    gss_release_buffer(&minor, &mic);
    exchanged++;
}

/* MIT's stream functions and DCE style: MIT reads no stream of its own there when it is turned as
 * its IOV functions turn it, nor writes any; in DCE style the data has its own buffers. */
static void one_size(struct mit_pair *t)
{
    bool conf;
    int i;

    for (i = 0; i < 2; i++) {
        conf = i;
        now.conf = conf;
        ours_to_iov(t, false);
        iov_to_ours(t, false);
        wrap_to_ours(t, false);
        if (!now.want.dce_style)
            ours_to_stream(t, false);
    }
    ours_to_verify(t);
    mic_to_ours(t);
}

/* Under a sanitizer a sample is enough: the first sizes, and some of each further kind. */
static bool left_out(size_t i, size_t first, size_t every)
{
    const char *matrix = getenv("COUNTERSIGN_MATRIX");

    return matrix && strcmp(matrix, "reduced") == 0 && i >= first && i % every != 0;
}

static const int32_t types[] = { 17, 18, 19, 20, 23 };

static void run_sizes(void)
{
    size_t i, n, j;

    for (i = 0; i < 5 * 2; i++) {
        struct mit_pair a, b;

        now.want = (struct mit_pair_want){ types[i / 2], i % 2, true, true, false };
        mit_pair_open(&now.want, &a);
        now.want.mit_initiates = false;
        mit_pair_open(&now.want, &b);
        for (n = 0; n <= 70000; n++) {
            size_t off = (n + 40) % 4096;

            if ((n > 4200 && off > 80) || left_out(n, 300, 17))
                continue;
            now.size = n;
            now.want.mit_initiates = n % 2;
            one_size(n % 2 ? &a : &b);
        }
        srandom(1);
        for (j = 0; j < 200; j++) {
            now.size = (size_t)random() % BIG;
            now.want.mit_initiates = j % 2;
            one_size(j % 2 ? &a : &b);
        }
        mit_pair_close(&a);
        mit_pair_close(&b);
    }
}

static void every_layout(struct mit_pair *t)
{
    static const size_t turns[] = { 0, 1, 12, 16, 28, 44, 100, 4096, 60000 };
    size_t i;

    now.rrc = 0;
    one_size(t);
    for (i = 0; i < 2; i++) {
        now.conf = i;
        ours_to_iov(t, true);
        iov_to_ours(t, true);
        trailer_to_ours(t);
        batches(t, false);
        batches(t, true);
    }
    for (i = 0; i < 2 * sizeof turns / sizeof turns[0]; i++) {
        now.conf = i % 2;
        now.rrc = turns[i / 2];
        wrap_to_ours(t, false);
        wrap_to_ours(t, true);
        trailer_to_ours(t);
        if (!now.want.dce_style) {
            ours_to_stream(t, false);
            ours_to_stream(t, true);
        }
    }
    now.rrc = 0;
}

static void run_matrix(void)
{
    static const size_t sizes[] = { 0,   1,    7,    8,    15,   16,   17,    31,
                                    32,  33,   47,   64,   65,   127,  128,   255,
                                    256, 1000, 1024, 4095, 4096, 5840, 16384, 65536 };
    size_t i, j;

    for (i = 0; i < 5 * 8; i++) {
        struct mit_pair t;

        now.want = (struct mit_pair_want){ types[i / 8], i & 1, i & 2, i & 4, false };
        if (now.want.dce_style && !now.want.mutual)
            continue; /* DCE style is mutual */
        mit_pair_open(&now.want, &t);
        for (j = 0; j < sizeof sizes / sizeof sizes[0]; j++) {
            if (left_out(j, 4, 5))
                continue;
            now.size = sizes[j];
            every_layout(&t);
        }
        mit_pair_close(&t);
    }
}

int main(int argc, char **argv)
{
    size_t i;

    for (i = 0; i < BIG; i++)
        plain[i] = (uint8_t)(i * 31 + (i >> 8));
    if (argc == 2 && strcmp(argv[1], "sizes") == 0) {
        run_sizes();
    } else if (argc == 2 && strcmp(argv[1], "matrix") == 0) {
        run_matrix();
    } else {
        fprintf(stderr, "usage: mit_messages sizes|matrix\n");
        return 2;
    }
    printf("%lu messages crossed between MIT and us\n", exchanged);
    return 0;
}
