/* SPDX-License-Identifier: Apache-2.0
 * message.c - a queued message, taken apart.
 *    0 "CSQM" 4 | 4 header's length 4 | 8 header | agreement 145 | signature 64 | body | tag 16
 *
 * Which of the parts behind the header are there is said by the header: at level none no
 * agreement, signature and tag; a signature where the header says so.
 */
#include "queue/message.h"

#include <assert.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "queue/header.h"

static const char key_label[] = "countersign queue message 1";
static const char signature_label[] = "countersign queue message signature 1";

static_assert(sizeof signature_label <= QUEUE_SIGNED_LABEL, "room for the label");

static enum err take_head(struct reader *r, struct bytes *ret_head, struct queue_header *ret)
{
    uint32_t len;

    reader_expect(r, QUEUE_MAGIC, QUEUE_MAGIC_LEN);
    len = reader_le32(r);
    if (len > QUEUE_HEADER_MAX)
        reader_fail(r, ERR_TOO_LONG);
    *ret_head = reader_take(r, len);
    return r->err ? detail_fail(r->err, "bytes that are no queued message")
                  : queue_header_read(*ret_head, ret);
}

enum err queue_message_head(struct bytes b, struct queue_header *ret)
{
    struct reader r = reader_over(b);
    struct bytes head;

    return take_head(&r, &head, ret);
}

enum err queue_message_read(struct bytes b, struct queue_message *ret)
{
    struct reader r = reader_over(b);
    struct queue_message m = { 0 };
    enum err e = take_head(&r, &m.head, &m.header);

    if (e)
        return e;
    if (m.header.level != QUEUE_LEVEL_NONE)
        m.agreement = reader_take(&r, QUEUE_AGREEMENT);
    if (m.header.signed_alone)
        m.signature = reader_take(&r, QUEUE_SIGNATURE);
    m.body = reader_take(&r, (size_t)m.header.body_len);
    if (m.header.level != QUEUE_LEVEL_NONE)
        m.tag = reader_take(&r, QUEUE_TAG);
    reader_end(&r);
    if (r.err)
        return detail_fail(r.err, "a queued message of %zu bytes is not as long as it says", b.len);
    *ret = m;
    return ERR_OK;
}

/* Export(label, zero | SHA-256 of the header): the key 32 | the nonce 12. */
enum err queue_message_key(const uint8_t exporter[CRYPTO_HKDF], struct bytes head,
                           struct crypto_gcm *ret)
{
    uint8_t context[sizeof key_label + CRYPTO_SHA256], out[CRYPTO_GCM_KEY + CRYPTO_GCM_NONCE];
    enum err e;

    memcpy(context, key_label, sizeof key_label);
    crypto_sha256(&head, 1, context + sizeof key_label);
    e = crypto_hpke_export(exporter, bytes_of(context, sizeof context), out, sizeof out);
    if (!e) {
        memcpy(ret->key, out, sizeof ret->key);
        memcpy(ret->nonce, out + sizeof ret->key, sizeof ret->nonce);
    }
    mem_wipe(out, sizeof out);
    return e;
}

/* Label, zero | SHA-256 of header, agreement, body, tag: the sealed body, so that nobody can try
 * guesses of the plain one. How long each is, the header says. */
struct bytes queue_message_signed(const struct queue_message *m, uint8_t room[QUEUE_SIGNED_MAX])
{
    const struct bytes parts[] = { m->head, m->agreement, m->body, m->tag };

    memcpy(room, signature_label, sizeof signature_label);
    crypto_sha256(parts, 4, room + sizeof signature_label);
    return bytes_of(room, sizeof signature_label + CRYPTO_SHA256);
}
