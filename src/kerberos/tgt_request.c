/* SPDX-License-Identifier: Apache-2.0
 * tgt_request.c - what goes before a user-to-user AP-REQ, read and written.  [MS-KILE] 3.2.5.8,
 * draft-swift-win2k-krb-user2user 4
 *   KERB-TGT-REQUEST { pvno [0] 5, msg-type [1] 16, server-name [2] PrincipalName OPTIONAL,
 *                      realm [3] Realm OPTIONAL }
 *   KERB-TGT-REPLY { pvno [0] 5, msg-type [1] 17, ticket [2] Ticket }
 */
#include "kerberos/tgt_request.h"

#include "asn1/der.h"

enum { VERSION = 5, TGT_REQUEST = 16, TGT_REPLY = 17, MESSAGE_MAX = 128 * 1024 };

static void expect_number(struct reader *r, unsigned n, int32_t want)
{
    struct reader in = asn1_enter(r, ASN1_CONTEXT(n));

    if (asn1_read_int(&in, ASN1_INTEGER) != want)
        reader_fail(&in, ERR_MALFORMED);
    asn1_leave(r, &in);
}

/* What stands inside [n], whole: a value with this tag. */
static struct bytes read_whole(struct reader *r, unsigned n, uint8_t tag)
{
    struct reader in = asn1_enter(r, ASN1_CONTEXT(n));
    struct bytes whole;

    if (asn1_peek(&in) != tag)
        reader_fail(&in, ERR_MALFORMED);
    whole = asn1_read_any(&in);
    asn1_leave(r, &in);
    return whole;
}

static void write_number(struct writer *w, unsigned n, int32_t v)
{
    size_t at = asn1_begin(w, ASN1_CONTEXT(n));

    asn1_write_int(w, ASN1_INTEGER, v);
    asn1_end(w, at);
}

static void write_whole(struct writer *w, unsigned n, struct bytes whole)
{
    size_t at = asn1_begin(w, ASN1_CONTEXT(n));

    writer_bytes(w, whole);
    asn1_end(w, at);
}

enum err kerberos_tgt_request_read(struct bytes msg, struct kerberos_tgt_request *ret)
{
    struct reader r = reader_over(msg);
    struct reader seq = asn1_enter(&r, ASN1_SEQUENCE);
    struct kerberos_tgt_request m = { 0 };

    expect_number(&seq, 0, VERSION);
    expect_number(&seq, 1, TGT_REQUEST);
    if (asn1_peek(&seq) == ASN1_CONTEXT(2))
        m.server = read_whole(&seq, 2, ASN1_SEQUENCE);
    if (asn1_peek(&seq) == ASN1_CONTEXT(3))
        m.realm = asn1_read_context(&seq, 3, ASN1_GENERAL_STRING);
    asn1_leave(&r, &seq);
    reader_end(&r);
    if (r.err == ERR_OK)
        *ret = m;
    return r.err;
}

enum err kerberos_tgt_request_write(const struct kerberos_tgt_request *m, struct buf *ret)
{
    struct writer w = writer_new(MESSAGE_MAX);
    size_t seq = asn1_begin(&w, ASN1_SEQUENCE);

    write_number(&w, 0, VERSION);
    write_number(&w, 1, TGT_REQUEST);
    if (m->server.ptr)
        write_whole(&w, 2, m->server);
    if (m->realm.ptr)
        asn1_write_context(&w, 3, ASN1_GENERAL_STRING, m->realm);
    asn1_end(&w, seq);
    return writer_take(&w, ret);
}

enum err kerberos_tgt_reply_read(struct bytes msg, struct bytes *ret_ticket)
{
    struct reader r = reader_over(msg);
    struct reader seq = asn1_enter(&r, ASN1_SEQUENCE);
    struct bytes ticket;

    expect_number(&seq, 0, VERSION);
    expect_number(&seq, 1, TGT_REPLY);
    ticket = read_whole(&seq, 2, ASN1_APPLICATION(1));
    asn1_leave(&r, &seq);
    reader_end(&r);
    if (r.err == ERR_OK)
        *ret_ticket = ticket;
    return r.err;
}

enum err kerberos_tgt_reply_write(struct bytes ticket, struct buf *ret)
{
    struct writer w = writer_new(MESSAGE_MAX);
    size_t seq = asn1_begin(&w, ASN1_SEQUENCE);

    write_number(&w, 0, VERSION);
    write_number(&w, 1, TGT_REPLY);
    write_whole(&w, 2, ticket);
    asn1_end(&w, seq);
    return writer_take(&w, ret);
}
