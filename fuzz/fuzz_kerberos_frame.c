/* SPDX-License-Identifier: Apache-2.0
 * fuzz_kerberos_frame.c - any bytes as a context token, and what it holds as a request; an accepted
 * token writes back equal.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "kerberos/ap_req.h"
#include "kerberos/frame.h"
#include "kerberos/tgt_request.h"

static void same(enum err e, struct buf again, struct bytes msg)
{
    if (e || !bytes_equal(buf_view(again), msg))
        abort();
    buf_free(&again);
}

static void user_to_user(struct bytes msg)
{
    struct kerberos_tgt_request m;
    struct bytes ticket;
    struct buf again = { 0 };

    if (kerberos_tgt_request_read(msg, &m) == ERR_OK) {
        enum err e = kerberos_tgt_request_write(&m, &again);

        same(e, again, msg);
    }
    if (kerberos_tgt_reply_read(msg, &ticket) == ERR_OK) {
        enum err e = kerberos_tgt_reply_write(ticket, &again);

        same(e, again, msg);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kerberos_ap_req a = { 0 };
    struct kerberos_frame f;
    struct buf again = { 0 };

    if (kerberos_frame_read(bytes_of(data, size), &f))
        return 0;
    if (kerberos_frame_write(&f, &again) || !bytes_equal(buf_view(again), bytes_of(data, size)))
        abort();
    if (kerberos_ap_req_read(f.message, &a) == ERR_OK && !a.server)
        abort();
    mem_free(a.server);
    user_to_user(f.message);
    buf_free(&again);
    return 0;
}
