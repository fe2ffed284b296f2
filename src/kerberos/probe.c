/* SPDX-License-Identifier: Apache-2.0
 * probe.c - an AS-REQ without a known client, and the KRB-ERROR it must provoke.
 * RFC 4120 5.4.1, 5.9.1
 *   AS-REQ     [APPLICATION 10] { [1] pvno, [2] msg-type 10, [4] KDC-REQ-BODY }
 *   KRB-ERROR  [APPLICATION 30] { [0] pvno, [1] msg-type 30, [2] ctime?, [3] cusec?, [4] stime,
 *              [5] susec, [6] error-code, [7] crealm?, [8] cname?, [9] realm, [10] sname,
 *              [11] e-text?, [12] e-data? }
 */
#include "kerberos/probe.h"

#include <stdio.h>

#include "asn1/der.h"

enum {
    PVNO = 5,
    KRB_AS_REQ = 10,
    KRB_ERROR = 30,
    NT_PRINCIPAL = 1,
    NT_SRV_INST = 2,
    AES256_SHA1 = 18,
    AES128_SHA1 = 17,
};

static const char nobody[] = "countersign-probe";

static void write_int(struct writer *w, unsigned n, int32_t v)
{
    size_t outer = asn1_begin(w, ASN1_CONTEXT(n));

    asn1_write_int(w, ASN1_INTEGER, v);
    asn1_end(w, outer);
}

/* PrincipalName { [0] type, [1] SEQUENCE OF GeneralString }; second may be NULL. */
static void write_name(struct writer *w, unsigned n, int32_t type, const char *first,
                       const char *second)
{
    size_t outer = asn1_begin(w, ASN1_CONTEXT(n));
    size_t name = asn1_begin(w, ASN1_SEQUENCE);
    size_t parts, strings;

    write_int(w, 0, type);
    parts = asn1_begin(w, ASN1_CONTEXT(1));
    strings = asn1_begin(w, ASN1_SEQUENCE);
    asn1_write(w, ASN1_GENERAL_STRING, bytes_of_text(first));
    if (second)
        asn1_write(w, ASN1_GENERAL_STRING, bytes_of_text(second));
    asn1_end(w, strings);
    asn1_end(w, parts);
    asn1_end(w, name);
    asn1_end(w, outer);
}

static void write_body(struct writer *w, const char *realm, uint32_t nonce)
{
    static const uint8_t no_options[5] = { 0 };
    size_t outer = asn1_begin(w, ASN1_CONTEXT(4));
    size_t body = asn1_begin(w, ASN1_SEQUENCE);
    size_t etypes, list;

    asn1_write_context(w, 0, ASN1_BIT_STRING, bytes_of(no_options, sizeof no_options));
    write_name(w, 1, NT_PRINCIPAL, nobody, NULL);
    asn1_write_context(w, 2, ASN1_GENERAL_STRING, bytes_of_text(realm));
    write_name(w, 3, NT_SRV_INST, "krbtgt", realm);
    asn1_write_context(w, 5, ASN1_GENERALIZED_TIME, bytes_of_text("20370913024805Z"));
    write_int(w, 7, (int32_t)(nonce & 0x7fffffff));
    etypes = asn1_begin(w, ASN1_CONTEXT(8));
    list = asn1_begin(w, ASN1_SEQUENCE);
    asn1_write_int(w, ASN1_INTEGER, AES256_SHA1);
    asn1_write_int(w, ASN1_INTEGER, AES128_SHA1);
    asn1_end(w, list);
    asn1_end(w, etypes);
    asn1_end(w, body);
    asn1_end(w, outer);
}

enum err probe_request_write(const char *realm, uint32_t nonce, struct buf *ret)
{
    struct writer w = writer_new(PROBE_MESSAGE_MAX);
    size_t outer = asn1_begin(&w, ASN1_APPLICATION(KRB_AS_REQ));
    size_t request = asn1_begin(&w, ASN1_SEQUENCE);

    write_int(&w, 1, PVNO);
    write_int(&w, 2, KRB_AS_REQ);
    write_body(&w, realm, nonce);
    asn1_end(&w, request);
    asn1_end(&w, outer);
    return writer_take(&w, ret);
}

static int32_t read_int(struct reader *r, unsigned n)
{
    struct reader inner = asn1_enter(r, ASN1_CONTEXT(n));
    int32_t v = asn1_read_int(&inner, ASN1_INTEGER);

    asn1_leave(r, &inner);
    return v;
}

/* KerberosTime: "YYYYMMDDHHMMSSZ", always in UTC. */
static time_t read_time(struct reader *r, unsigned n)
{
    struct bytes text = asn1_read_context(r, n, ASN1_GENERALIZED_TIME);
    char copy[16] = { 0 };
    struct tm tm = { 0 };
    int used = 0;

    if (text.len == sizeof copy - 1)
        memcpy(copy, text.ptr, text.len);
    if (sscanf(copy, "%4d%2d%2d%2d%2d%2dZ%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
               &tm.tm_min, &tm.tm_sec, &used) != 6 ||
        used != (int)sizeof copy - 1) {
        reader_fail(r, ERR_MALFORMED);
        return 0;
    }
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    return timegm(&tm);
}

static void skip_optional(struct reader *r, unsigned n)
{
    if (asn1_peek(r) == ASN1_CONTEXT(n))
        asn1_read(r, ASN1_CONTEXT(n));
}

static void keep_text(struct probe_reply *p, struct bytes text)
{
    size_t i;

    for (i = 0; i < text.len && i < sizeof p->text - 1; i++)
        p->text[i] = text.ptr[i] >= 0x20 && text.ptr[i] < 0x7f ? (char)text.ptr[i] : '?';
}

enum err probe_reply_read(struct bytes msg, struct probe_reply *ret)
{
    struct reader r = reader_over(msg);
    struct reader outer = asn1_enter(&r, ASN1_APPLICATION(KRB_ERROR));
    struct reader seq = asn1_enter(&outer, ASN1_SEQUENCE);
    struct probe_reply p = { 0 };

    if (read_int(&seq, 0) != PVNO || read_int(&seq, 1) != KRB_ERROR)
        reader_fail(&seq, ERR_MALFORMED);
    skip_optional(&seq, 2);
    skip_optional(&seq, 3);
    p.server_time = read_time(&seq, 4);
    p.server_usec = read_int(&seq, 5);
    p.code = read_int(&seq, 6);
    skip_optional(&seq, 7);
    skip_optional(&seq, 8);
    asn1_read(&seq, ASN1_CONTEXT(9));
    asn1_read(&seq, ASN1_CONTEXT(10));
    if (asn1_peek(&seq) == ASN1_CONTEXT(11))
        keep_text(&p, asn1_read_context(&seq, 11, ASN1_GENERAL_STRING));
    skip_optional(&seq, 12);
    asn1_leave(&outer, &seq);
    asn1_leave(&r, &outer);
    reader_end(&r);
    if (!r.err)
        *ret = p;
    return r.err;
}
