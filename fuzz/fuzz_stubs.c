/* SPDX-License-Identifier: Apache-2.0
 * fuzz_stubs.c - what a hostile peer may say to generated stubs: to a server's any request, to a
 * client's any response. What a call holds stays within its budget, and nothing is left behind.
 *
 *    0 operation, bit 6: of memory.idl, else of vectors.idl, bit 7: it is a response |
 *    1 bit 0: big-endian | the stub
 */
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "ndr/arena.h"
#include "ndr/place.h"
#include "stubs/loop.h"
#include "stubs/manager.h"
#include "stubs/memory_manager.h"
#include "vectors.h"

enum { MEMORY = 0x40, RESPONSE = 0x80, KEEP = 4 };

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

static void free_leaves(LEAF *all)
{
    LEAF *next = NULL;

    for (; all; all = next) {
        next = all->next;
        midl_user_free(all->name);
        midl_user_free(all);
    }
}

/* A chain that may run in a circle, also into the caller's own. */
static void free_loops(const LOOP *own)
{
    LOOP *all[NDR_DEPTH_MAX + 2], *at = own->self;
    size_t n = 0, i;

    while (at && at != own) {
        for (i = 0; i < n && all[i] != at; i++)
            continue;
        if (i < n)
            break;
        all[n++] = at;
        at = at->self;
    }
    for (i = 0; i < n; i++)
        midl_user_free(all[i]);
}

static void call_memory(unsigned which)
{
    LEAF leaf = { 1, (char *)"x", NULL }, *leaves = &leaf;
    union {
        OPEN open;
        LOOP loop;
        char room[64];
    } u = { .room = { 0 } };
    POINT points[2] = { 0 };
    PAIR pair = { 0 };
    LONG *list = NULL, n = 0;

    switch (which % 8) {
    case 0:
        c_Leaves(1, &leaves);
        midl_user_free(leaves);
        break;
    case 1:
        c_Again(&leaves);
        midl_user_free(leaves == &leaf ? NULL : leaves);
        break;
    case 2:
        c_Pairs(&pair);
        midl_user_free(pair.first);
        midl_user_free(pair.second);
        break;
    case 3:
        midl_user_free(c_Wheel());
        break;
    case 4:
        u.open.n = 2;
        c_OpenOne(&u.open, 2);
        break;
    case 5:
        u.loop.self = &u.loop;
        u.loop.n = 2;
        c_OpenFull(&u.loop, 2);
        free_loops(&u.loop);
        break;
    case 6:
        c_InnerOne(&list, &n);
        if (list && n > 0)
            manager_seen = list[n - 1];
        midl_user_free(list);
        break;
    default:
        c_Points(2, points, points);
        break;
    }
}

static void respond(unsigned which, struct bytes response)
{
    loop.instead_of_response = response;
    if (which & MEMORY)
        LOOP_CALL(call_memory(which));
    else
        LOOP_CALL(call_refs(which));
    loop.instead_of_response = (struct bytes){ 0 };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *stub = NULL;

    if (size < 2)
        return 0;
    memory_kept = NULL;
    loop_init(data[0] & MEMORY ? memory_v1_0_s_ifspec : vectors_v1_2_s_ifspec);
    loop.big_endian = data[1] & 1;
    stub = (uint8_t *)malloc(size - 2 ? size - 2 : 1);
    memcpy(stub, data + 2, size - 2);
    if (data[0] & RESPONSE) {
        loop.big_endian = false;
        respond(data[0], bytes_of(stub, size - 2));
    } else if ((data[0] & ~(unsigned)MEMORY) < loop.server->Head.ProcedureCount) {
        loop_serve(data[0] & ~(unsigned)MEMORY, bytes_of(stub, size - 2));
        if (data[0] == (MEMORY | KEEP))
            free_leaves(memory_kept);
        else
            midl_user_free(memory_kept);
        if (loop.peak > ndr_budget(size - 2) + NDR_ROOM_MAX)
            abort();
    }
    if (loop.live)
        abort();
    free(stub);
    loop_done();
    return 0;
}
