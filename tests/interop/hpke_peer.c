/* SPDX-License-Identifier: Apache-2.0
 * hpke_peer.c - our side beside the npm package @hpke/core (hpke/peer.js, which asks).
 *
 * Each line asked is a word and hexadecimal arguments, "-" where one is empty; each is answered by
 * one line of such, or by "error".
 *
 *   send PUBLIC INFO AAD PLAIN CONTEXT            enc, two messages, an exported secret of 44 bytes
 *   receive SECRET ENC INFO AAD ONE TWO CONTEXT   two plain texts, the exported secret
 *   sign SECRET TEXT                              a signature
 *   verify PUBLIC TEXT SIGNATURE                  01
 *   keys                                          Alice's signing pair, the server's agreement pair
 *   seal LEVEL ALONE BODY                         a message from Alice to the server
 *   open MESSAGE                                  why it is refused (00: it is not), the body
 */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "crypto/hpke.h"
#include "lib/queue_keys.h"

enum { ARGS = 8, LINE_BYTES = 1 << 16, EXPORTED = 44 };

static struct queue_world world;
static struct queue_sealer *sealer;
static struct queue_opener *opener;

struct asked {
    struct bytes arg[ARGS];
    size_t count;
};

static void answer(struct bytes b)
{
    size_t i;

    if (!b.len)
        (void)fputs("-", stdout);
    for (i = 0; i < b.len; i++)
        printf("%02x", b.ptr[i]);
    (void)fputs(" ", stdout);
}

/* In place: two digits are longer than their byte. */
static struct bytes unhex(char *text)
{
    uint8_t *to = (uint8_t *)text;
    size_t n = 0;

    for (; text[0] && text[1]; text += 2) {
        int high = hex_digit((uint8_t)text[0]), low = hex_digit((uint8_t)text[1]);

        if (high < 0 || low < 0)
            break;
        to[n++] = (uint8_t)(high << 4 | low);
    }
    return bytes_of(to, n);
}

static enum err exported(const struct crypto_hpke *h, struct bytes context)
{
    uint8_t out[EXPORTED];
    enum err e = crypto_hpke_export(h->exporter, context, out, sizeof out);

    if (!e)
        answer(bytes_of(out, sizeof out));
    return e;
}

static enum err do_send(const struct asked *a)
{
    uint8_t enc[CRYPTO_HPKE_ENC], to[4096 + CRYPTO_GCM_TAG];
    struct crypto_p256 *peer = NULL;
    struct crypto_hpke h;
    enum err e = crypto_p256_read_public(a->arg[0], &peer);
    int i;

    if (!e)
        e = crypto_hpke_send(peer, a->arg[1], enc, &h);
    if (!e)
        answer(bytes_of(enc, sizeof enc));
    for (i = 0; i < 2 && !e; i++) {
        e = crypto_hpke_seal(&h, a->arg[2], a->arg[3], to);
        answer(bytes_of(to, a->arg[3].len + CRYPTO_GCM_TAG));
    }
    crypto_p256_free(peer);
    return e ? e : exported(&h, a->arg[4]);
}

static enum err do_receive(const struct asked *a)
{
    uint8_t to[4096];
    struct crypto_p256 *own = NULL;
    struct crypto_hpke h;
    enum err e = crypto_p256_read(a->arg[0], &own);
    int i;

    if (!e)
        e = crypto_hpke_receive(own, a->arg[1], a->arg[2], &h);
    for (i = 4; i < 6 && !e; i++) {
        e = crypto_hpke_open(&h, a->arg[3], a->arg[i], to);
        answer(bytes_of(to, a->arg[i].len - CRYPTO_GCM_TAG));
    }
    crypto_p256_free(own);
    return e ? e : exported(&h, a->arg[6]);
}

static enum err do_sign(const struct asked *a)
{
    uint8_t signature[CRYPTO_P256_SIGNATURE];
    struct crypto_p256 *own = NULL;
    enum err e = crypto_p256_read(a->arg[0], &own);

    if (!e)
        e = crypto_p256_sign(own, a->arg[1], signature);
    if (!e)
        answer(bytes_of(signature, sizeof signature));
    crypto_p256_free(own);
    return e;
}

static enum err do_verify(const struct asked *a)
{
    struct crypto_p256 *peer = NULL;
    enum err e = crypto_p256_read_public(a->arg[0], &peer);

    if (!e)
        e = crypto_p256_verify(peer, a->arg[1], a->arg[2].ptr);
    if (!e)
        answer(bytes_of("\1", 1));
    crypto_p256_free(peer);
    return e;
}

static enum err answer_pair(const struct crypto_p256 *k)
{
    uint8_t secret[CRYPTO_P256_SECRET];
    enum err e = crypto_p256_write(k, secret);

    answer(bytes_of(secret, sizeof secret));
    answer(crypto_p256_public(k));
    return e;
}

static enum err do_keys(const struct asked *a)
{
    enum err e = answer_pair(world.accounts[QUEUE_ALICE].signing.key);

    (void)a;
    return e ? e : answer_pair(world.accounts[QUEUE_SERVER].agreement.key);
}

static enum err do_seal(const struct asked *a)
{
    struct queue_header h = queue_test_header(&world, (enum queue_level)a->arg[0].ptr[0]);
    struct buf b = { 0 };
    enum err e;

    h.signed_alone = a->arg[1].ptr[0];
    e = queue_seal(sealer, &h, bytes_of_text(QUEUE_SERVER_HOST), a->arg[2], &b);
    if (!e)
        answer(buf_view(b));
    buf_free(&b);
    return e;
}

static enum err do_open(const struct asked *a)
{
    struct queue_door door = queue_test_door();
    struct queue_opened m = { 0 };
    uint8_t refusal;
    enum err e = queue_open(opener, &door, a->arg[0], &m);

    refusal = (uint8_t)m.refusal;
    if (!e) {
        answer(bytes_of(&refusal, 1));
        answer(m.body);
    }
    queue_opened_done(&m);
    return e;
}

static const struct {
    const char *word;
    size_t args;
    enum err (*run)(const struct asked *a);
} words[] = {
    { "send", 5, do_send },     { "receive", 7, do_receive }, { "sign", 2, do_sign },
    { "verify", 3, do_verify }, { "keys", 0, do_keys },       { "seal", 3, do_seal },
    { "open", 1, do_open },
};

static void serve(char *line)
{
    struct asked a = { 0 };
    char *rest = NULL, *word = strtok_r(line, " \n", &rest), *arg;
    enum err e = ERR_UNSUPPORTED;
    size_t i;

    while (a.count < ARGS && (arg = strtok_r(NULL, " \n", &rest)))
        a.arg[a.count++] = strcmp(arg, "-") == 0 ? bytes_of("", 0) : unhex(arg);
    for (i = 0; i < sizeof words / sizeof words[0]; i++)
        if (word && strcmp(word, words[i].word) == 0 && a.count == words[i].args)
            e = words[i].run(&a);
    printf("%s\n", e ? "error" : "");
    (void)fflush(stdout);
}

int main(void)
{
    static char line[LINE_BYTES];

    queue_world_init(&world);
    if (queue_sealer_new(&world.keys[QUEUE_ALICE], 0, 0, &sealer) ||
        queue_opener_new(&world.keys[QUEUE_SERVER], world.executed, &opener))
        return 1;
    while (fgets(line, sizeof line, stdin))
        serve(line);
    queue_sealer_free(sealer);
    queue_opener_free(opener);
    queue_world_done(&world);
    return 0;
}
