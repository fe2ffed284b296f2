/* SPDX-License-Identifier: Apache-2.0
 * der.h - the little DER that SPNEGO and Kerberos' framing need.  X.690 8, 10
 *
 * Strict: definite lengths in their shortest form, one-byte tags. A value is entered with
 * asn1_enter, which gives a reader over its contents, and left with asn1_leave, which refuses
 * what was not read and hands a failure to the reader outside:
 *
 *     struct reader seq = asn1_enter(&r, ASN1_SEQUENCE);
 *     oid = asn1_read(&seq, ASN1_OID);
 *     asn1_leave(&r, &seq);
 *
 * Nothing here recurses but asn1_read_any, which carries a depth.
 */
#pragma once

#include "base/reader.h"
#include "base/writer.h"

enum {
    ASN1_BOOLEAN = 0x01,
    ASN1_INTEGER = 0x02,
    ASN1_BIT_STRING = 0x03,
    ASN1_OCTET_STRING = 0x04,
    ASN1_NULL = 0x05,
    ASN1_OID = 0x06,
    ASN1_ENUMERATED = 0x0a,
    ASN1_GENERALIZED_TIME = 0x18,
    ASN1_GENERAL_STRING = 0x1b,
    ASN1_SEQUENCE = 0x30,
    ASN1_SET = 0x31,
    ASN1_CONSTRUCTED = 0x20,
};

/* Constructed [n] and [APPLICATION n], n up to 30: as explicit tagging makes them. */
#define ASN1_CONTEXT(n) ((uint8_t)(0xa0 | (n)))
#define ASN1_APPLICATION(n) ((uint8_t)(0x60 | (n)))

enum { ASN1_DEPTH_MAX = 16 }; /* Kerberos' deepest message nests 10 levels */
enum { ASN1_OID_TEXT = 128 };

/* Reading. */

/* The next tag, 0 at the end or after a failure; moves nothing. */
uint8_t asn1_peek(const struct reader *r) SHARED(asn1_peek);
/* The contents of the next value, which must have this tag. */
struct bytes asn1_read(struct reader *r, uint8_t tag) SHARED(asn1_read);
struct reader asn1_enter(struct reader *r, uint8_t tag) SHARED(asn1_enter);
void asn1_leave(struct reader *outer, struct reader *inner) SHARED(asn1_leave);
/* The contents of [n] { tag value }: an explicitly tagged primitive. */
struct bytes asn1_read_context(struct reader *r, unsigned n, uint8_t tag) SHARED(asn1_read_context);
/* The next value whole, tag and length included, whatever it is; constructed values are looked
 * through down to ASN1_DEPTH_MAX. */
struct bytes asn1_read_any(struct reader *r) SHARED(asn1_read_any);
/* An INTEGER or ENUMERATED (tag says which) in the range of int32_t. */
int32_t asn1_read_int(struct reader *r, uint8_t tag) SHARED(asn1_read_int);
/* A BIT STRING's octets; unused bits are at most 7 and zero. */
struct bytes asn1_read_bits(struct reader *r, uint8_t *ret_unused) SHARED(asn1_read_bits);
/* An OBJECT IDENTIFIER's contents, checked to be arcs in their shortest form. */
struct bytes asn1_read_oid(struct reader *r) SHARED(asn1_read_oid);

/* Writing. */

void asn1_write(struct writer *w, uint8_t tag, struct bytes content) SHARED(asn1_write);
/* [n] { tag content } */
void asn1_write_context(struct writer *w, unsigned n, uint8_t tag, struct bytes content)
    SHARED(asn1_write_context);
void asn1_write_int(struct writer *w, uint8_t tag, int32_t v) SHARED(asn1_write_int);
void asn1_write_bits(struct writer *w, struct bytes bits, uint8_t unused) SHARED(asn1_write_bits);
/* A constructed value: what is written between begin and end is its contents. */
size_t asn1_begin(struct writer *w, uint8_t tag) SHARED(asn1_begin);
void asn1_end(struct writer *w, size_t begun) SHARED(asn1_end);

/* "1.2.840.113554.1.2.2", for people; "?" where it does not fit or is malformed. */
void asn1_oid_format(struct bytes oid, char to[ASN1_OID_TEXT]) SHARED(asn1_oid_format);
