/* SPDX-License-Identifier: Apache-2.0
 * fuzz_der.c - any DER value: what is accepted is rewritten, value by value, to the same bytes.
 */
#include <stdlib.h>

#include "asn1/gss_frame.h"

static void rewrite(struct reader *r, struct writer *w)
{
    uint8_t tag = asn1_peek(r);
    struct reader inner = asn1_enter(r, tag);
    size_t begun = asn1_begin(w, tag);

    while ((tag & ASN1_CONSTRUCTED) && reader_left(&inner))
        rewrite(&inner, w);
    writer_bytes(w, reader_rest(&inner));
    asn1_end(w, begun);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reader r = reader_over(bytes_of(data, size)), again;
    struct bytes one = asn1_read_any(&r), oid, inner;
    struct writer w = writer_new(size);

    again = reader_over(one);
    if (!r.err)
        rewrite(&again, &w);
    if (!r.err && (w.err || !bytes_equal(bytes_of(w.ptr, w.len), one)))
        abort();
    writer_done(&w);
    if (asn1_gss_frame_read(bytes_of(data, size), &oid, &inner) == ERR_OK) {
        asn1_gss_frame_write(&w, oid, inner, (struct bytes){ 0 });
        if (w.err || !bytes_equal(bytes_of(w.ptr, w.len), bytes_of(data, size)))
            abort();
        writer_done(&w);
    }
    return 0;
}
