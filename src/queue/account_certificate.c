/* SPDX-License-Identifier: Apache-2.0
 * account_certificate.c - certificates of accounts, written and read.  RFC 5280 4.1, RFC 5480 2.1
 *   version 3, a serial of 16 octets, ecdsa-with-SHA256, issuer and subject alike, the signing key
 *   extensions: keyUsage digitalSignature (critical), extKeyUsage ours alone (critical),
 *   subjectAltName the host, and ours (critical), an OCTET STRING of
 *     0 version 1 | 1 agreement key 65 | 66 proof 64 | 130 SID | host's length 1 | host
 *
 * proof is the agreement key's own signature over all that the certificate says. It is the only
 * kind of signature that key makes, and no other text begins with its label.
 */
#include "queue/account_certificate.h"

#include <time.h>

#include "asn1/der.h"
#include "base/detail.h"
#include "base/host_name.h"
#include "crypto/random.h"
#include "crypto/sha256.h"
#include "queue/keys.h"

enum {
    EXTENSION_VERSION = 1,
    PROOF_TEXT_MAX = 1024,
    SERIAL_HIGH = 0x40, /* the first octet's top bits are 01: positive, and of one length */
    DAY = 86400,
    YEAR_2000 = 946684800,
    UTC_TIME = 0x17, /* with two digits of the year, up to 2049 */
    UTC_TIME_YEARS = 2050,
    DNS_NAME = 0x82,
    SCALAR = CRYPTO_P256_SIGNATURE / 2,
    TIME_TEXT = 32,
};

static const char proof_label[] = "countersign queue: proof of an agreement key, version 1";

/* clang-format off */
static const uint8_t version3[] = { 0xa0, 3, 2, 1, 2 };
/* ecdsa-with-SHA256.  RFC 5758 3.2 */
static const uint8_t ecdsa_sha256[] = { 0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02 };
/* commonName "Countersign account" */
static const uint8_t name[] = { 0x30, 0x1e, 0x31, 0x1c, 0x30, 0x1a, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0c, 0x13,
    'C', 'o', 'u', 'n', 't', 'e', 'r', 's', 'i', 'g', 'n', ' ', 'a', 'c', 'c', 'o', 'u', 'n', 't' };
/* id-ecPublicKey, secp256r1 */
static const uint8_t p256[] = { 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
    0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
/* keyUsage, critical: digitalSignature */
static const uint8_t key_usage[] = { 0x30, 0x0e, 0x06, 0x03, 0x55, 0x1d, 0x0f, 0x01, 0x01, 0xff,
    0x04, 0x04, 0x03, 0x02, 0x07, 0x80 };
static const uint8_t oid_alt_name[] = { 0x55, 0x1d, 0x11 };
static const uint8_t oid_ext_usage[] = { 0x55, 0x1d, 0x25 };
static const uint8_t critical[] = { 0x01, 0x01, 0xff };
#define OUR_ARC 0x69, 0xd6, 0xc3, 0x9c, 0xcd, 0xe0, 0xc1, 0xca, 0x8c, 0x97, 0xbf, 0xb5, 0x96, 0xb5, 0xc0, 0xa9, 0x84, 0xea, 0x5c
static const uint8_t oid_usage[] = { OUR_ARC, 1 };
static const uint8_t oid_keys[] = { OUR_ARC, 2 };
/* clang-format on */

#define CONSTANT(a) bytes_of((a), sizeof(a))

/* ---- what it says ---- */

enum err account_host(const char *host, char to[ACCOUNT_HOST])
{
    struct bytes plain = host_name_undotted(bytes_of_text(host));
    size_t i;

    memset(to, 0, ACCOUNT_HOST);
    if (host_name_check(plain))
        return ERR_INVALID_PARAMETER;
    for (i = 0; i < plain.len; i++)
        to[i] = (char)(host[i] >= 'A' && host[i] <= 'Z' ? host[i] + ('a' - 'A') : host[i]);
    return ERR_OK;
}

static bool is_host(const char *host)
{
    char same[ACCOUNT_HOST];

    return account_host(host, same) == ERR_OK && strcmp(host, same) == 0;
}

static bool is_period(int64_t from, int64_t to)
{
    return from >= YEAR_2000 && to > from && to - from <= (int64_t)ACCOUNT_DAYS_MOST * DAY;
}

/* ---- the proof ---- */

/* What the agreement key signs. */
static enum err proof_text(const struct account_certificate *c, struct buf *ret)
{
    struct writer w = writer_new(PROOF_TEXT_MAX);

    writer_bytes(&w, CONSTANT(proof_label)); /* with its NUL */
    writer_bytes(&w, CONSTANT(c->serial));
    writer_be64(&w, (uint64_t)c->not_before);
    writer_be64(&w, (uint64_t)c->not_after);
    writer_bytes(&w, CONSTANT(c->signing));
    writer_bytes(&w, CONSTANT(c->agreement));
    sid_put(&w, &c->sid);
    writer_bytes(&w, bytes_of(c->host, strlen(c->host) + 1));
    return writer_take(&w, ret);
}

static enum err prove(const struct account_certificate *c, const struct crypto_p256 *key,
                      uint8_t ret[CRYPTO_P256_SIGNATURE])
{
    struct buf text = { 0 };
    enum err e = proof_text(c, &text);

    if (!e)
        e = crypto_p256_sign(key, buf_view(text), ret);
    buf_free(&text);
    return e;
}

static enum err check_proof(const struct account_certificate *c,
                            const uint8_t proof[CRYPTO_P256_SIGNATURE])
{
    struct crypto_p256 *key = NULL;
    struct buf text = { 0 };
    enum err e = crypto_p256_read_public(CONSTANT(c->agreement), &key);

    if (!e)
        e = proof_text(c, &text);
    if (!e)
        e = crypto_p256_verify(key, buf_view(text), proof);
    buf_free(&text);
    crypto_p256_free(key);
    return e;
}

/* ---- writing ---- */

static void put_time(struct writer *w, int64_t when)
{
    time_t t = (time_t)when;
    struct tm tm = { 0 };
    char text[TIME_TEXT] = "";
    bool two_digits;

    if (!gmtime_r(&t, &tm))
        writer_fail(w, ERR_INVALID_PARAMETER);
    two_digits = tm.tm_year + 1900 < UTC_TIME_YEARS;
    if (!strftime(text, sizeof text, two_digits ? "%y%m%d%H%M%SZ" : "%Y%m%d%H%M%SZ", &tm))
        writer_fail(w, ERR_INVALID_PARAMETER);
    asn1_write(w, two_digits ? UTC_TIME : ASN1_GENERALIZED_TIME, bytes_of_text(text));
}

static void put_key(struct writer *w, const uint8_t key[CRYPTO_P256_PUBLIC])
{
    size_t spki = asn1_begin(w, ASN1_SEQUENCE);

    writer_bytes(w, CONSTANT(p256));
    asn1_write_bits(w, bytes_of(key, CRYPTO_P256_PUBLIC), 0);
    asn1_end(w, spki);
}

static void put_ext_usage(struct writer *w)
{
    size_t ext = asn1_begin(w, ASN1_SEQUENCE), value, list;

    asn1_write(w, ASN1_OID, CONSTANT(oid_ext_usage));
    writer_bytes(w, CONSTANT(critical));
    value = asn1_begin(w, ASN1_OCTET_STRING);
    list = asn1_begin(w, ASN1_SEQUENCE);
    asn1_write(w, ASN1_OID, CONSTANT(oid_usage));
    asn1_end(w, list);
    asn1_end(w, value);
    asn1_end(w, ext);
}

static void put_alt_name(struct writer *w, const char *host)
{
    size_t ext = asn1_begin(w, ASN1_SEQUENCE), value, list;

    asn1_write(w, ASN1_OID, CONSTANT(oid_alt_name));
    value = asn1_begin(w, ASN1_OCTET_STRING);
    list = asn1_begin(w, ASN1_SEQUENCE);
    asn1_write(w, DNS_NAME, bytes_of_text(host));
    asn1_end(w, list);
    asn1_end(w, value);
    asn1_end(w, ext);
}

static void put_ours(struct writer *w, const struct account_certificate *c,
                     const uint8_t proof[CRYPTO_P256_SIGNATURE])
{
    size_t ext = asn1_begin(w, ASN1_SEQUENCE), value, inner;

    asn1_write(w, ASN1_OID, CONSTANT(oid_keys));
    writer_bytes(w, CONSTANT(critical));
    value = asn1_begin(w, ASN1_OCTET_STRING);
    inner = asn1_begin(w, ASN1_OCTET_STRING);
    writer_u8(w, EXTENSION_VERSION);
    writer_bytes(w, CONSTANT(c->agreement));
    writer_bytes(w, bytes_of(proof, CRYPTO_P256_SIGNATURE));
    sid_put(w, &c->sid);
    writer_u8(w, (uint8_t)strlen(c->host));
    writer_bytes(w, bytes_of_text(c->host));
    asn1_end(w, inner);
    asn1_end(w, value);
    asn1_end(w, ext);
}

/* TBSCertificate */
static enum err write_body(const struct account_certificate *c,
                           const uint8_t proof[CRYPTO_P256_SIGNATURE], struct buf *ret)
{
    struct writer w = writer_new(ACCOUNT_CERTIFICATE_MAX);
    size_t body = asn1_begin(&w, ASN1_SEQUENCE), inner, list;

    writer_bytes(&w, CONSTANT(version3));
    asn1_write(&w, ASN1_INTEGER, CONSTANT(c->serial));
    writer_bytes(&w, CONSTANT(ecdsa_sha256));
    writer_bytes(&w, CONSTANT(name));
    inner = asn1_begin(&w, ASN1_SEQUENCE);
    put_time(&w, c->not_before);
    put_time(&w, c->not_after);
    asn1_end(&w, inner);
    writer_bytes(&w, CONSTANT(name));
    put_key(&w, c->signing);
    inner = asn1_begin(&w, ASN1_CONTEXT(3));
    list = asn1_begin(&w, ASN1_SEQUENCE);
    writer_bytes(&w, CONSTANT(key_usage));
    put_ext_usage(&w);
    put_alt_name(&w, c->host);
    put_ours(&w, c, proof);
    asn1_end(&w, list);
    asn1_end(&w, inner);
    asn1_end(&w, body);
    return writer_take(&w, ret);
}

/* A positive INTEGER in its shortest form. */
static void put_scalar(struct writer *w, const uint8_t scalar[SCALAR])
{
    uint8_t padded[1 + SCALAR] = { 0 };
    size_t skip = 0;

    memcpy(padded + 1, scalar, SCALAR);
    while (skip < SCALAR && padded[skip] == 0 && !(padded[skip + 1] & 0x80))
        skip++;
    asn1_write(w, ASN1_INTEGER, bytes_of(padded + skip, sizeof padded - skip));
}

static enum err write_whole(struct bytes body, const uint8_t signature[CRYPTO_P256_SIGNATURE],
                            struct buf *ret)
{
    struct writer w = writer_new(ACCOUNT_CERTIFICATE_MAX);
    size_t whole = asn1_begin(&w, ASN1_SEQUENCE), bits, pair;

    writer_bytes(&w, body);
    writer_bytes(&w, CONSTANT(ecdsa_sha256));
    bits = asn1_begin(&w, ASN1_BIT_STRING);
    writer_u8(&w, 0);
    pair = asn1_begin(&w, ASN1_SEQUENCE);
    put_scalar(&w, signature);
    put_scalar(&w, signature + SCALAR);
    asn1_end(&w, pair);
    asn1_end(&w, bits);
    asn1_end(&w, whole);
    return writer_take(&w, ret);
}

static void fill_ids(struct bytes der, struct account_certificate *c)
{
    uint8_t hash[CRYPTO_SHA256];

    crypto_sha256(&der, 1, hash);
    memcpy(c->id, hash, sizeof c->id);
    queue_key_id(CONSTANT(c->signing), c->signing_id);
    queue_key_id(CONSTANT(c->agreement), c->agreement_id);
}

static enum err check_content(const struct account_certificate *c)
{
    if (!is_host(c->host))
        return detail_fail(ERR_INVALID_PARAMETER, "\"%.255s\" is no host's name in lower case",
                           c->host);
    if (!is_period(c->not_before, c->not_after))
        return detail_fail(ERR_INVALID_PARAMETER,
                           "a certificate cannot be valid from %lld to %lld: %d days at most",
                           (long long)c->not_before, (long long)c->not_after, ACCOUNT_DAYS_MOST);
    return ERR_OK;
}

static enum err fill_in(struct account_certificate *c, const struct account_private *keys)
{
    enum err e = crypto_random(c->serial, sizeof c->serial);

    c->serial[0] = (uint8_t)((c->serial[0] & (SERIAL_HIGH - 1)) | SERIAL_HIGH);
    memcpy(c->signing, crypto_p256_public(keys->signing).ptr, sizeof c->signing);
    memcpy(c->agreement, crypto_p256_public(keys->agreement).ptr, sizeof c->agreement);
    if (!e && memcmp(c->signing, c->agreement, sizeof c->signing) == 0)
        e = detail_fail(ERR_INVALID_PARAMETER, "one key cannot both sign and agree");
    return e;
}

enum err account_certificate_make(struct account_certificate *c, const struct account_private *keys,
                                  struct buf *ret_der)
{
    uint8_t proof[CRYPTO_P256_SIGNATURE], signature[CRYPTO_P256_SIGNATURE];
    struct buf body = { 0 };
    enum err e = check_content(c);

    if (!e)
        e = fill_in(c, keys);
    if (!e)
        e = prove(c, keys->agreement, proof);
    if (!e)
        e = write_body(c, proof, &body);
    if (!e)
        e = crypto_p256_sign(keys->signing, buf_view(body), signature);
    if (!e)
        e = write_whole(buf_view(body), signature, ret_der);
    buf_free(&body);
    if (!e)
        fill_ids(buf_view(*ret_der), c);
    return e;
}

/* ---- reading: what differs from what is written is found by writing it again ---- */

static int64_t take_time(struct reader *r)
{
    bool two_digits = asn1_peek(r) == UTC_TIME;
    struct bytes text = asn1_read(r, two_digits ? UTC_TIME : ASN1_GENERALIZED_TIME);
    struct reader d = reader_over(text);
    struct tm tm = { 0 };
    int field[6] = { 0 }, i, k;
    uint8_t digit;

    for (i = 0; i < 6; i++)
        for (k = 0; k < (i == 0 && !two_digits ? 4 : 2); k++) {
            digit = reader_u8(&d);
            if (digit < '0' || digit > '9')
                reader_fail(&d, ERR_MALFORMED);
            field[i] = field[i] * 10 + (digit - '0');
        }
    if (reader_u8(&d) != 'Z' || d.err)
        reader_fail(r, ERR_MALFORMED);
    tm.tm_year = two_digits ? field[0] + 100 : field[0] - 1900; /* after 1999 */
    tm.tm_mon = field[1] - 1;
    tm.tm_mday = field[2];
    tm.tm_hour = field[3];
    tm.tm_min = field[4];
    tm.tm_sec = field[5];
    return r->err ? 0 : (int64_t)timegm(&tm);
}

static void take_key(struct reader *r, uint8_t to[CRYPTO_P256_PUBLIC])
{
    struct reader spki = asn1_enter(r, ASN1_SEQUENCE);
    struct bytes bits;
    uint8_t unused = 0;

    reader_expect(&spki, p256, sizeof p256);
    bits = asn1_read_bits(&spki, &unused);
    if (bits.len != CRYPTO_P256_PUBLIC || unused)
        reader_fail(&spki, ERR_MALFORMED);
    else
        memcpy(to, bits.ptr, CRYPTO_P256_PUBLIC);
    asn1_leave(r, &spki);
}

static void take_ours(struct reader *r, struct account_certificate *c,
                      uint8_t proof[CRYPTO_P256_SIGNATURE])
{
    size_t n;

    if (reader_u8(r) != EXTENSION_VERSION)
        reader_fail(r, ERR_MALFORMED);
    reader_copy(r, c->agreement, sizeof c->agreement);
    reader_copy(r, proof, CRYPTO_P256_SIGNATURE);
    sid_take(r, &c->sid);
    n = reader_u8(r);
    reader_copy(r, c->host, n);
    if (strlen(c->host) != n || !is_host(c->host))
        reader_fail(r, ERR_MALFORMED);
}

/* The extensions are looked through only for ours: the rest is compared later. */
static void take_extensions(struct reader *r, struct account_certificate *c,
                            uint8_t proof[CRYPTO_P256_SIGNATURE])
{
    struct reader tagged = asn1_enter(r, ASN1_CONTEXT(3));
    struct reader list = asn1_enter(&tagged, ASN1_SEQUENCE), ext, value, inner;
    int i;

    for (i = 0; i < 3; i++)
        asn1_read(&list, ASN1_SEQUENCE);
    ext = asn1_enter(&list, ASN1_SEQUENCE);
    if (!bytes_equal(asn1_read_oid(&ext), CONSTANT(oid_keys)))
        reader_fail(&ext, ERR_MALFORMED);
    reader_expect(&ext, critical, sizeof critical);
    value = asn1_enter(&ext, ASN1_OCTET_STRING);
    inner = asn1_enter(&value, ASN1_OCTET_STRING);
    take_ours(&inner, c, proof);
    asn1_leave(&value, &inner);
    asn1_leave(&ext, &value);
    asn1_leave(&list, &ext);
    asn1_leave(&tagged, &list);
    asn1_leave(r, &tagged);
}

static enum err read_body(struct bytes body, struct account_certificate *c,
                          uint8_t proof[CRYPTO_P256_SIGNATURE])
{
    struct reader outer = reader_over(body), r = asn1_enter(&outer, ASN1_SEQUENCE), times;
    struct bytes serial;

    reader_expect(&r, version3, sizeof version3);
    serial = asn1_read(&r, ASN1_INTEGER);
    if (serial.len != ACCOUNT_SERIAL || (serial.ptr[0] & (0x80 | SERIAL_HIGH)) != SERIAL_HIGH)
        reader_fail(&r, ERR_MALFORMED);
    else
        memcpy(c->serial, serial.ptr, ACCOUNT_SERIAL);
    reader_expect(&r, ecdsa_sha256, sizeof ecdsa_sha256);
    reader_expect(&r, name, sizeof name);
    times = asn1_enter(&r, ASN1_SEQUENCE);
    c->not_before = take_time(&times);
    c->not_after = take_time(&times);
    asn1_leave(&r, &times);
    reader_expect(&r, name, sizeof name);
    take_key(&r, c->signing);
    take_extensions(&r, c, proof);
    asn1_leave(&outer, &r);
    reader_end(&outer);
    if (!outer.err && !is_period(c->not_before, c->not_after))
        reader_fail(&outer, ERR_MALFORMED);
    return outer.err;
}

static void take_scalar(struct reader *r, uint8_t to[SCALAR])
{
    struct bytes n = asn1_read(r, ASN1_INTEGER);
    size_t skip = n.len > SCALAR ? n.len - SCALAR : 0;

    if (n.len == 0 || skip > 1)
        reader_fail(r, ERR_MALFORMED);
    else
        memcpy(to + SCALAR - (n.len - skip), n.ptr + skip, n.len - skip);
}

static enum err read_whole(struct bytes der, struct bytes *ret_body,
                           uint8_t signature[CRYPTO_P256_SIGNATURE])
{
    struct reader outer = reader_over(der), r = asn1_enter(&outer, ASN1_SEQUENCE), bits, pair;

    *ret_body = asn1_read_any(&r);
    reader_expect(&r, ecdsa_sha256, sizeof ecdsa_sha256);
    bits = asn1_enter(&r, ASN1_BIT_STRING);
    if (reader_u8(&bits) != 0)
        reader_fail(&bits, ERR_MALFORMED);
    pair = asn1_enter(&bits, ASN1_SEQUENCE);
    take_scalar(&pair, signature);
    take_scalar(&pair, signature + SCALAR);
    asn1_leave(&bits, &pair);
    asn1_leave(&r, &bits);
    asn1_leave(&outer, &r);
    reader_end(&outer);
    return outer.err;
}

/* There is one encoding of what it says. */
static enum err check_form(struct bytes der, const struct account_certificate *c,
                           const uint8_t proof[CRYPTO_P256_SIGNATURE],
                           const uint8_t signature[CRYPTO_P256_SIGNATURE])
{
    struct buf body = { 0 }, whole = { 0 };
    enum err e = write_body(c, proof, &body);

    if (!e)
        e = write_whole(buf_view(body), signature, &whole);
    if (!e && !bytes_equal(buf_view(whole), der))
        e = ERR_MALFORMED;
    buf_free(&body);
    buf_free(&whole);
    return e;
}

static enum err check_signature(struct bytes body, const struct account_certificate *c,
                                const uint8_t signature[CRYPTO_P256_SIGNATURE])
{
    struct crypto_p256 *key = NULL;
    enum err e = crypto_p256_read_public(CONSTANT(c->signing), &key);

    if (!e)
        e = crypto_p256_verify(key, body, signature);
    crypto_p256_free(key);
    return e;
}

enum err account_certificate_read(struct bytes der, struct account_certificate *ret)
{
    uint8_t proof[CRYPTO_P256_SIGNATURE] = { 0 }, signature[CRYPTO_P256_SIGNATURE] = { 0 };
    struct account_certificate c = { 0 };
    struct bytes body = { 0 };
    enum err e = ERR_TOO_LONG;

    if (der.len <= ACCOUNT_CERTIFICATE_MAX)
        e = read_whole(der, &body, signature);
    if (!e)
        e = read_body(body, &c, proof);
    if (!e)
        e = check_form(der, &c, proof, signature);
    if (!e && memcmp(c.signing, c.agreement, sizeof c.signing) == 0)
        e = ERR_MALFORMED;
    if (e == ERR_NO_MEMORY)
        return e;
    if (e)
        return detail_fail(e, "%zu bytes are no certificate of an account's message keys", der.len);
    e = check_signature(body, &c, signature);
    if (!e)
        e = check_proof(&c, proof);
    if (e)
        return e == ERR_NO_MEMORY ? e
                                  : detail_fail(e,
                                                "a certificate for %s is not signed by both of "
                                                "the keys it holds",
                                                c.host);
    fill_ids(der, &c);
    *ret = c;
    return ERR_OK;
}

bool account_certificate_is_ours(struct bytes der)
{
    struct reader r = reader_over(der);
    struct bytes oid = CONSTANT(oid_keys);
    size_t i;

    for (i = 0; i + oid.len <= der.len; i++)
        if (bytes_equal(reader_window(&r, i, oid.len), oid))
            return true;
    return false;
}
