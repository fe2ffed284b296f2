/* SPDX-License-Identifier: Apache-2.0
 * octets.c - what a call of loop.h said, against octets written by hand.
 */
#include "stubs/octets.h"

#include <ctype.h>

#include "lib/unit.h"
#include "stubs/loop.h"

/* Without the marks; turned: each group that has an order in the other one. */
static struct bytes read_groups(const char *text, bool turned)
{
    char *plain = (char *)malloc(strlen(text) + 1), *to = plain;
    struct bytes ret;
    size_t n, i;

    while (*text) {
        bool kept = *text == '\'';

        text += kept;
        for (n = 0; isxdigit((unsigned char)text[n]);)
            n++;
        for (i = 0; i < n; i++)
            to[i] = turned && !kept ? text[n - 2 - (i & ~(size_t)1) + (i & 1)] : text[i];
        to += n;
        text += n + (n == 0);
    }
    *to = 0;
    ret = unit_hex(plain);
    free(plain);
    return ret;
}

static void said(struct buf got, const char *octets)
{
    struct bytes want = read_groups(octets, false);

    unit_assert_bytes(bytes_of(got.ptr, got.len), want);
    free((void *)want.ptr);
}

static void both(const char *request, const char *response)
{
    assert_int_equal(loop.raised, RPC_S_OK);
    said(loop.request, request);
    said(loop.response, response);
}

void octets_ndr(const char *request, const char *response)
{
    struct bytes turned;

    if (loop.syntax != NDR_20)
        return;
    both(request, response);
    turned = read_groups(request, true);
    loop.big_endian = true;
    loop_serve(loop.opnum, turned);
    loop.big_endian = false;
    free((void *)turned.ptr);
    assert_int_equal(loop.server_error, ERR_OK);
    said(loop.response, response);
}

void octets_ndr64(const char *request, const char *response)
{
    if (loop.syntax == NDR_64)
        both(request, response);
}
