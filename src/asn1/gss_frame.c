/* SPDX-License-Identifier: Apache-2.0
 * gss_frame.c - the frame around a first token, read and written.  RFC 2743 3.1
 *   [APPLICATION 0] IMPLICIT SEQUENCE { thisMech OBJECT IDENTIFIER, innerContextToken ANY }
 */
#include "asn1/gss_frame.h"

enum err asn1_gss_frame_read(struct bytes token, struct bytes *ret_oid, struct bytes *ret_inner)
{
    struct reader r = reader_over(token);
    struct reader frame = asn1_enter(&r, ASN1_APPLICATION(0));
    struct bytes oid = asn1_read_oid(&frame);
    struct bytes inner = reader_rest(&frame);

    asn1_leave(&r, &frame);
    reader_end(&r);
    if (r.err == ERR_OK) {
        *ret_oid = oid;
        *ret_inner = inner;
    }
    return r.err;
}

void asn1_gss_frame_write(struct writer *w, struct bytes oid, struct bytes a, struct bytes b)
{
    size_t frame = asn1_begin(w, ASN1_APPLICATION(0));

    asn1_write(w, ASN1_OID, oid);
    writer_bytes(w, a);
    writer_bytes(w, b);
    asn1_end(w, frame);
}
