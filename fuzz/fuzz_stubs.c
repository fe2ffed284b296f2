/* SPDX-License-Identifier: Apache-2.0
 * fuzz_stubs.c - what a hostile peer may say to generated stubs: to a server's any request, to a
 * client's any response. What a call holds stays within its budget, and nothing is left behind.
 *
 *    0 operation, bit 7: it is a response | 1 bit 0: big-endian | the stub
 */
#include <stdlib.h>
#include <string.h>

#include "ndr/arena.h"
#include "ndr/place.h"
#include "stubs/loop.h"
#include "stubs/manager.h"
#include "vectors.h"

static void call_refs(unsigned which)
{
    LONG values[2] = { 1, 2 }, n = 0, *p = values, *q = NULL;
    LIST list = { 1, values }, *lists = NULL;
    CHOICE choice = { 4, { 0 } }, chosen = { 0 };
    NODE node = { 1, NULL }, *nodes = NULL;
    char *text = NULL, room[4] = "";
    short shorts[2] = { 1, 2 };
    byte bytes[4] = { 0 };
    ULONG size = 4;

    switch (which % 8) {
    case 0:
        c_Nested(&p, &q);
        midl_user_free(q);
        break;
    case 1:
        c_Strings((char *)"a", NULL, &text);
        midl_user_free(text);
        break;
    case 2:
        c_Counted(2, shorts, shorts);
        c_Name(4, room);
        break;
    case 3:
        c_Query(&size, bytes);
        break;
    case 4:
        c_Fetch(&n, &lists);
        for (LONG i = 0; lists && i < n; i++)
            midl_user_free(lists[i].values);
        midl_user_free(lists);
        break;
    case 5:
        c_Choose(&choice, &chosen);
        if (chosen.which == 2 || chosen.which == 3)
            midl_user_free(chosen.arm.name);
        break;
    case 6:
        c_Chain(&node, &nodes);
        for (NODE *next = NULL; nodes; nodes = next) {
            next = nodes->next;
            midl_user_free(nodes);
        }
        break;
    default:
        c_Change(&list);
        if (list.values != values)
            midl_user_free(list.values);
        break;
    }
}

static void respond(unsigned which, struct bytes response)
{
    loop.instead_of_response = response;
    LOOP_CALL(call_refs(which));
    loop.instead_of_response = (struct bytes){ 0 };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *stub = NULL;

    if (size < 2)
        return 0;
    loop_init(vectors_v1_2_s_ifspec);
    loop.big_endian = data[1] & 1;
    stub = (uint8_t *)malloc(size - 2 ? size - 2 : 1);
    memcpy(stub, data + 2, size - 2);
    if (data[0] & 0x80) {
        loop.big_endian = false;
        respond(data[0], bytes_of(stub, size - 2));
    } else if (data[0] < loop.server->Head.ProcedureCount) {
        loop_serve(data[0], bytes_of(stub, size - 2));
        if (loop.peak > ndr_budget(size - 2) + NDR_ROOM_MAX)
            abort();
    }
    if (loop.live)
        abort();
    free(stub);
    loop_done();
    return 0;
}
