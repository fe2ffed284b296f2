/* SPDX-License-Identifier: Apache-2.0
 * frame.c - Kerberos context tokens, read and written.  RFC 4121 4.1, RFC 2743 3.1
 *    0x60 length | OID | 2 TOK_ID | KRB message
 */
#include "kerberos/frame.h"

#include "asn1/gss_frame.h"

enum { FRAME_MAX = 128 * 1024 }; /* Windows stops at 65,535; a forwarded ticket fits twice */

static const uint8_t oid_mit[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02 };
static const uint8_t oid_ms[] = { 0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 0x01, 0x02, 0x02 };

static const uint8_t oid_user[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x03 };

/* By enum kerberos_framing; the bare one has none. */
static const struct bytes oids[] = {
    [KERBEROS_FRAMED] = { oid_mit, sizeof oid_mit },
    [KERBEROS_FRAMED_MS] = { oid_ms, sizeof oid_ms },
    [KERBEROS_FRAMED_USER] = { oid_user, sizeof oid_user },
};

/* The application tag of each message; two have none.  RFC 4120 5.10 */
static const struct {
    enum kerberos_token token;
    uint8_t tag;
} kinds[] = {
    { KERBEROS_TOKEN_AP_REQ, ASN1_APPLICATION(14) },
    { KERBEROS_TOKEN_AP_REP, ASN1_APPLICATION(15) },
    { KERBEROS_TOKEN_ERROR, ASN1_APPLICATION(30) },
    { KERBEROS_TOKEN_TGT_REQUEST, ASN1_SEQUENCE },
    { KERBEROS_TOKEN_TGT_REPLY, ASN1_SEQUENCE },
};

static enum err frame_open(struct bytes token, struct kerberos_frame *ret)
{
    struct bytes oid = { 0 };
    struct reader r;
    enum err e;

    e = asn1_gss_frame_read(token, &oid, &ret->message);
    if (e)
        return e;
    ret->framing = KERBEROS_FRAMED;
    while (ret->framing <= KERBEROS_FRAMED_USER && !bytes_equal(oid, oids[ret->framing]))
        ret->framing++;
    if (ret->framing > KERBEROS_FRAMED_USER)
        return ERR_MALFORMED;
    r = reader_over(ret->message);
    ret->token = (enum kerberos_token)reader_be16(&r);
    ret->message = reader_rest(&r);
    return r.err;
}

/* A bare message says by its tag what it is, a framed one twice. */
static bool is_kind(const struct kerberos_frame *f, size_t i, uint8_t tag)
{
    if (kinds[i].tag != tag || (tag == ASN1_SEQUENCE && f->framing != KERBEROS_FRAMED_USER))
        return false;
    return f->framing == KERBEROS_BARE || f->token == kinds[i].token;
}

enum err kerberos_frame_read(struct bytes token, struct kerberos_frame *ret)
{
    struct kerberos_frame f = { .framing = KERBEROS_BARE, .message = token };
    struct reader r = reader_over(token);
    enum err e = ERR_OK;
    uint8_t tag;
    size_t i;

    if (token.len > FRAME_MAX)
        return ERR_TOO_LONG;
    if (asn1_peek(&r) == ASN1_APPLICATION(0))
        e = frame_open(token, &f);
    if (e)
        return e;
    r = reader_over(f.message);
    tag = asn1_peek(&r);
    asn1_read(&r, tag);
    reader_end(&r);
    if (r.err)
        return r.err;
    for (i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (!is_kind(&f, i, tag))
            continue;
        f.token = kinds[i].token;
        *ret = f;
        return ERR_OK;
    }
    return ERR_MALFORMED;
}

enum err kerberos_frame_write(const struct kerberos_frame *f, struct buf *ret)
{
    uint8_t id[2] = { (uint8_t)(f->token >> 8), (uint8_t)f->token };
    struct writer w = writer_new(FRAME_MAX);

    if (f->framing == KERBEROS_BARE)
        writer_bytes(&w, f->message);
    else
        asn1_gss_frame_write(&w, oids[f->framing], bytes_of(id, 2), f->message);
    return writer_take(&w, ret);
}
