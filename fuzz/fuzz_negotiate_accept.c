/* SPDX-License-Identifier: Apache-2.0
 * fuzz_negotiate_accept.c - the acceptor's steps: messages of a 16-bit length each, one after the
 * other.
 */
#include <stdlib.h>

#include "base/reader.h"
#include "lib/fake_package.h"
#include "negotiate/package.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct package *const packages[] = { &fake_kerberos, &fake_ntlm, NULL };
    struct acquire how = { .use = CREDENTIAL_BOTH };
    struct reader r = reader_over(bytes_of(data, size));
    struct leg_in in = { .target = "svc/host", .flags = CONTEXT_MUTUAL };
    struct leg_out out = { 0 };
    void *credential = NULL, *context = NULL;
    enum err e = negotiate_package.acquire(&how, packages, &credential);

    while (!e && !out.done && reader_left(&r)) {
        in.token = reader_take(&r, reader_be16(&r));
        out = (struct leg_out){ 0 };
        e = negotiate_package.accept(&context, credential, &in, &out);
        buf_free(&out.token);
    }
    negotiate_package.context_free(context);
    negotiate_package.credential_free(credential);
    if (fake_alive)
        abort();
    return 0;
}
