/* SPDX-License-Identifier: Apache-2.0
 * fuzz_rpc_tower.c - a protocol tower as an endpoint mapper sends it: what is accepted, written
 * and read again is the same.
 */
#include <stdlib.h>

#include "lib/initialised.h"
#include "rpc/tower.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t room[RPC_TOWER_MAX];
    struct writer w = writer_over(room, sizeof room);
    struct rpc_tower t, again;

    if (rpc_tower_read(bytes_of(data, size), &t))
        return 0;
    rpc_tower_write(&w, &t);
    initialised_check(w.ptr, w.len);
    if (w.err || rpc_tower_read(bytes_of(w.ptr, w.len), &again) ||
        memcmp(&t.interface, &again.interface, sizeof t.interface) != 0 ||
        t.protseq != again.protseq || strcmp(t.endpoint, again.endpoint) != 0 ||
        strcmp(t.address, again.address) != 0)
        abort();
    return 0;
}
