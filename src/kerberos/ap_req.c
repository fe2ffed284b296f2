/* SPDX-License-Identifier: Apache-2.0
 * ap_req.c - the clear part of an AP-REQ, read.  RFC 4120 5.5.1, 5.3, 5.2.9
 *   AP-REQ [APPLICATION 14] { pvno [0] 5, msg-type [1] 14, ap-options [2], ticket [3],
 *                             authenticator [4] EncryptedData }
 *   Ticket [APPLICATION 1] { tkt-vno [0] 5, realm [1], sname [2] { name-type [0],
 *                            name-string [1] SEQUENCE OF }, enc-part [3] EncryptedData }
 *   EncryptedData { etype [0], kvno [1] OPTIONAL, cipher [2] }
 */
#include "kerberos/ap_req.h"

#include "asn1/der.h"

enum { SERVER_NAME_MAX = 4096 };

static int64_t read_number(struct reader *r, unsigned n)
{
    struct reader in = asn1_enter(r, ASN1_CONTEXT(n));
    struct bytes raw = { 0 };
    int64_t v = 0;
    size_t i;

    raw = asn1_read(&in, ASN1_INTEGER);
    if (raw.len == 0 || raw.len > 5) /* a kvno is a UInt32: up to five octets */
        reader_fail(&in, ERR_MALFORMED);
    for (i = 0; !in.err && i < raw.len; i++)
        v = i == 0 ? (int8_t)raw.ptr[0] : v * 256 + raw.ptr[i];
    asn1_leave(r, &in);
    return v;
}

static void expect_number(struct reader *r, unsigned n, int64_t want)
{
    if (read_number(r, n) != want)
        reader_fail(r, ERR_MALFORMED);
}

static void write_quoted(struct writer *w, struct bytes part)
{
    size_t i;

    for (i = 0; i < part.len; i++) {
        if (part.ptr[i] && strchr("/@\\", part.ptr[i]))
            writer_u8(w, '\\');
        writer_u8(w, part.ptr[i] >= 0x20 && part.ptr[i] != 0x7f ? part.ptr[i] : '?');
    }
}

static void read_name(struct reader *ticket, struct bytes realm, struct writer *w)
{
    struct reader tagged = asn1_enter(ticket, ASN1_CONTEXT(2));
    struct reader name = asn1_enter(&tagged, ASN1_SEQUENCE);
    struct reader strings, list;
    bool first = true;

    read_number(&name, 0);
    strings = asn1_enter(&name, ASN1_CONTEXT(1));
    list = asn1_enter(&strings, ASN1_SEQUENCE);
    while (reader_left(&list)) {
        if (!first)
            writer_u8(w, '/');
        write_quoted(w, asn1_read(&list, ASN1_GENERAL_STRING));
        first = false;
    }
    asn1_leave(&strings, &list);
    asn1_leave(&name, &strings);
    asn1_leave(&tagged, &name);
    asn1_leave(ticket, &tagged);
    writer_u8(w, '@');
    write_quoted(w, realm);
    writer_u8(w, 0);
    reader_fail(ticket, w->err);
}

static void read_encrypted(struct reader *outer, unsigned n, struct kerberos_ap_req *a)
{
    struct reader tagged = asn1_enter(outer, ASN1_CONTEXT(n));
    struct reader part = asn1_enter(&tagged, ASN1_SEQUENCE);

    a->enctype = (int32_t)read_number(&part, 0);
    if (asn1_peek(&part) == ASN1_CONTEXT(1))
        a->kvno = (uint32_t)read_number(&part, 1);
    asn1_read_context(&part, 2, ASN1_OCTET_STRING);
    asn1_leave(&tagged, &part);
    asn1_leave(outer, &tagged);
}

static void read_ticket(struct reader *body, struct kerberos_ap_req *a, struct writer *w)
{
    struct reader tagged = asn1_enter(body, ASN1_CONTEXT(3));
    struct reader whole = tagged;
    struct reader app = asn1_enter(&tagged, ASN1_APPLICATION(1));
    struct reader ticket = asn1_enter(&app, ASN1_SEQUENCE);
    struct bytes realm;

    a->ticket = reader_rest(&whole);
    expect_number(&ticket, 0, 5);
    realm = asn1_read_context(&ticket, 1, ASN1_GENERAL_STRING);
    read_name(&ticket, realm, w);
    read_encrypted(&ticket, 3, a);
    asn1_leave(&app, &ticket);
    asn1_leave(&tagged, &app);
    asn1_leave(body, &tagged);
}

static uint8_t read_options(struct reader *body)
{
    struct reader tagged = asn1_enter(body, ASN1_CONTEXT(2));
    uint8_t unused = 0;
    struct bytes bits = asn1_read_bits(&tagged, &unused);

    asn1_leave(body, &tagged);
    return bits.len ? bits.ptr[0] : 0;
}

enum err kerberos_ap_req_read(struct bytes message, struct kerberos_ap_req *ret)
{
    struct reader r = reader_over(message);
    struct reader app = asn1_enter(&r, ASN1_APPLICATION(14));
    struct reader body = asn1_enter(&app, ASN1_SEQUENCE);
    struct kerberos_ap_req a = { 0 }, authenticator = { 0 };
    struct writer w = writer_new(SERVER_NAME_MAX);
    struct buf name = { 0 };
    enum err e;

    expect_number(&body, 0, 5);
    expect_number(&body, 1, 14);
    a.options = read_options(&body);
    read_ticket(&body, &a, &w);
    read_encrypted(&body, 4, &authenticator);
    asn1_leave(&app, &body);
    asn1_leave(&r, &app);
    reader_end(&r);
    e = writer_take(&w, &name);
    if (!e)
        e = r.err;
    if (e) {
        buf_free(&name);
        return e;
    }
    a.server = (char *)name.ptr;
    *ret = a;
    return ERR_OK;
}
