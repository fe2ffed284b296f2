/* SPDX-License-Identifier: Apache-2.0
 * api_message.c - sign, verify, seal, unseal; one message, or several at once.
 *
 * Nothing is allocated: a message's pieces are described on the stack.
 */
#include "base/detail.h"
#include "base/err_codes.h"
#include "countersign/countersign.h"
#include "sspi/api_convert.h"
#include "sspi/context.h"
#include "sspi/status.h"

static const enum segment_kind kinds[] = {
    [SECBUFFER_EMPTY] = SEGMENT_OTHER,
    [SECBUFFER_DATA] = SEGMENT_DATA,
    [SECBUFFER_TOKEN] = SEGMENT_TOKEN,
    [SECBUFFER_PKG_PARAMS] = SEGMENT_OTHER,
    [SECBUFFER_MISSING] = SEGMENT_OTHER,
    [SECBUFFER_EXTRA] = SEGMENT_OTHER,
    [SECBUFFER_STREAM_TRAILER] = SEGMENT_OTHER,
    [SECBUFFER_STREAM_HEADER] = SEGMENT_OTHER,
    [SECBUFFER_NEGOTIATION_INFO] = SEGMENT_OTHER,
    [SECBUFFER_PADDING] = SEGMENT_PADDING,
    [SECBUFFER_STREAM] = SEGMENT_STREAM,
};

static void segment_in(const SecBuffer *b, struct segment *s)
{
    ULONG type = b->BufferType & ~SECBUFFER_ATTRMASK;

    s->ptr = b->pvBuffer;
    s->len = b->pvBuffer ? b->cbBuffer : 0;
    s->kind = type < sizeof kinds / sizeof kinds[0] ? kinds[type] : SEGMENT_OTHER;
    s->access = b->BufferType & SECBUFFER_READONLY_WITH_CHECKSUM ? SEGMENT_READONLY_CHECKSUM
                : b->BufferType & SECBUFFER_READONLY             ? SEGMENT_READONLY
                                                                 : SEGMENT_NORMAL;
}

/* seg has room for max pieces. */
OFTEN static enum err message_in(PSecBufferDesc d, struct segment *seg, size_t max,
                                 struct message *ret)
{
    bool stream = false, lost = false;
    ULONG i;

    if (!d || (d->cBuffers && !d->pBuffers) || d->ulVersion != SECBUFFER_VERSION)
        return detail_fail(ERR_INVALID_PARAMETER, "the message is no SecBufferDesc of version %d",
                           SECBUFFER_VERSION);
    if (d->cBuffers > max)
        return detail_fail(ERR_INVALID_PARAMETER, "a message of %u buffers; %zu are allowed",
                           (unsigned)d->cBuffers, max);
    for (i = 0; i < d->cBuffers; i++) {
        segment_in(&d->pBuffers[i], &seg[i]);
        stream |= seg[i].kind == SEGMENT_STREAM;
        lost |= seg[i].kind == SEGMENT_DATA && !seg[i].ptr && d->pBuffers[i].cbBuffer;
    }
    /* They would pass for no bytes at all. Beside a stream they are where data comes out. */
    if (lost && !stream)
        return detail_fail(ERR_INVALID_PARAMETER, "a data buffer has a length and no address");
    *ret = (struct message){ seg, d->cBuffers, 0, ERR_OK };
    return ERR_OK;
}

/* What was used of the room, and where a stream's data lies. */
OFTEN static void message_out(const struct message *m, PSecBufferDesc d)
{
    size_t i;

    for (i = 0; i < m->count; i++) {
        if (m->seg[i].kind == SEGMENT_OTHER || m->seg[i].access != SEGMENT_NORMAL)
            continue;
        d->pBuffers[i].cbBuffer = (ULONG)m->seg[i].len;
        d->pBuffers[i].pvBuffer = m->seg[i].ptr;
    }
}

static enum err work(struct context *c, enum err (*out)(void *, uint32_t, struct message *),
                     enum err (*in)(void *, struct message *, uint32_t *), ULONG qop,
                     struct message *m, ULONG *ret_qop)
{
    uint32_t got = 0;
    enum err e = context_usable(c);

    if (e)
        return e;
    if (out)
        return out(c->inner, qop, m);
    e = in(c->inner, m, &got);
    if (!e && ret_qop)
        *ret_qop = got;
    return e;
}

enum operation { SIGN, VERIFY, SEAL, UNSEAL };

static const char *const phases[] = { "MakeSignature", "VerifySignature", "EncryptMessage",
                                      "DecryptMessage" };

OFTEN static SECURITY_STATUS message_door(enum operation op, PCtxtHandle handle, ULONG qop,
                                          PSecBufferDesc d, ULONG seqno, ULONG *ret_qop)
{
    struct segment seg[SEGMENTS_MAX];
    struct message m;
    void *object = NULL;
    struct context *c = NULL;
    enum err e;

    detail_begin(phases[op]);
    e = message_in(d, seg, SEGMENTS_MAX, &m);
    if (e)
        return sec_status(e);
    m.seqno = seqno;
    e = handle_get(handle_in(handle), HANDLE_CONTEXT, &object);
    if (e)
        return sec_status(detail_fail(e, "no such context handle"));
    c = object;
    e = work(c,
             op == SIGN   ? c->package->sign
             : op == SEAL ? c->package->seal
                          : NULL,
             op == VERIFY ? c->package->verify : c->package->unseal, qop, &m, ret_qop);
    handle_put(handle_in(handle));
    if (!e)
        message_out(&m, d);
    return sec_status(e);
}

SECURITY_STATUS MakeSignature(PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage,
                              ULONG MessageSeqNo)
{
    return message_door(SIGN, phContext, fQOP, pMessage, MessageSeqNo, NULL);
}

SECURITY_STATUS VerifySignature(PCtxtHandle phContext, PSecBufferDesc pMessage, ULONG MessageSeqNo,
                                ULONG *pfQOP)
{
    return message_door(VERIFY, phContext, 0, pMessage, MessageSeqNo, pfQOP);
}

OFTEN SECURITY_STATUS EncryptMessage(PCtxtHandle phContext, ULONG fQOP, PSecBufferDesc pMessage,
                                     ULONG MessageSeqNo)
{
    return message_door(SEAL, phContext, fQOP, pMessage, MessageSeqNo, NULL);
}

OFTEN SECURITY_STATUS DecryptMessage(PCtxtHandle phContext, PSecBufferDesc pMessage,
                                     ULONG MessageSeqNo, ULONG *pfQOP)
{
    return message_door(UNSEAL, phContext, 0, pMessage, MessageSeqNo, pfQOP);
}

enum { BATCH_MESSAGES = 64, BATCH_SEGMENTS = 256 }; /* of one round, on the stack: about 11 KiB */

/* Describes messages until the round is full; those that cannot be described have their status at
 * once and count as no message. Returns how many were looked at. */
static ULONG round_in(ULONG count, SecBufferDesc d[], SECURITY_STATUS status[], struct segment *seg,
                      struct message *m, ULONG *index, size_t *ret_n)
{
    size_t used = 0;
    size_t n = 0;
    ULONG i;

    for (i = 0; i < count && n < BATCH_MESSAGES; i++) {
        enum err e;

        if (d[i].cBuffers <= SEGMENTS_MAX && d[i].cBuffers > BATCH_SEGMENTS - used)
            break;
        e = message_in(&d[i], seg + used, SEGMENTS_MAX, &m[n]);
        if (e) {
            status[i] = err_security_status(e);
            continue;
        }
        used += m[n].count;
        index[n++] = i;
    }
    *ret_n = n;
    return i;
}

static enum err batch(struct context *c, bool seal, ULONG qop, ULONG count, SecBufferDesc d[],
                      SECURITY_STATUS status[])
{
    struct segment seg[BATCH_SEGMENTS];
    struct message m[BATCH_MESSAGES];
    ULONG index[BATCH_MESSAGES];
    ULONG done = 0;
    size_t n = 0;
    size_t i;
    enum err e = context_usable(c);

    if (!e && !seal && qop) /* what was used stands in each message */
        e = detail_fail(ERR_QOP, "quality of protection 0x%x where 0 is needed", (unsigned)qop);
    while (!e && done < count) {
        ULONG seen = round_in(count - done, d + done, status + done, seg, m, index, &n);

        if (seal)
            c->package->seal_many(c->inner, qop, m, n);
        else
            c->package->unseal_many(c->inner, m, n);
        for (i = 0; i < n; i++) {
            status[done + index[i]] = err_security_status(m[i].err);
            if (!m[i].err)
                message_out(&m[i], &d[done + index[i]]);
        }
        done += seen;
    }
    return e;
}

static SECURITY_STATUS batch_door(bool seal, PCtxtHandle handle, ULONG qop, ULONG count,
                                  SecBufferDesc each[], SECURITY_STATUS status[])
{
    void *object = NULL;
    ULONG i;
    enum err e;

    detail_begin(seal ? "CsProtectMessages" : "CsUnprotectMessages");
    if (count && (!each || !status))
        return sec_status(ERR_INVALID_PARAMETER);
    e = handle_get(handle_in(handle), HANDLE_CONTEXT, &object);
    if (!e) {
        e = batch(object, seal, qop, count, each, status);
        handle_put(handle_in(handle));
    } else {
        e = detail_fail(e, "no such context handle");
    }
    if (e) { /* who looks at the statuses alone must not find what lay there before */
        for (i = 0; i < count; i++)
            status[i] = err_security_status(e);
        return sec_status(e);
    }
    for (i = 0; i < count; i++) {
        if (status[i] != SEC_E_OK)
            return status[i];
    }
    return SEC_E_OK;
}

SECURITY_STATUS CsProtectMessages(PCtxtHandle context, ULONG qop, ULONG count, SecBufferDesc each[],
                                  SECURITY_STATUS status[])
{
    return batch_door(true, context, qop, count, each, status);
}

SECURITY_STATUS CsUnprotectMessages(PCtxtHandle context, ULONG qop, ULONG count,
                                    SecBufferDesc each[], SECURITY_STATUS status[])
{
    return batch_door(false, context, qop, count, each, status);
}
