/* SPDX-License-Identifier: Apache-2.0
 * fuzz_stubs.c - what a hostile peer may say to generated stubs: to a server's any request, to a
 * client's any response. What a call holds stays within its budget, and nothing is left behind.
 *
 *    0 operation, bit 6: of memory.idl, with bit 5 of changed.idl, else of vectors.idl, bit 7: it
 * is a response | 1 bit 0: big-endian, bit 1: NDR64, which is not | the stub
 */
#include <stdlib.h>
#include <string.h>

#include "changed.h"
#include "memory.h"
#include "ndr/arena.h"
#include "ndr/place.h"
#include "stubs/changed_manager.h"
#include "stubs/loop.h"
#include "stubs/manager.h"
#include "stubs/memory_manager.h"
#include "vectors.h"

enum { CHANGED = 0x60, MEMORY = 0x40, RESPONSE = 0x80, KEEP = 4 };

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

static void free_numbers(NUMBERS_HANDLE *each, ULONG n)
{
    ULONG i;

    for (i = 0; each && i < n; i++)
        midl_user_free(each[i]);
    midl_user_free(each);
}

static void call_changed(unsigned which)
{
    ITEM_LIST a = NULL, b = NULL, many[2] = { NULL, NULL };
    HOLDER holder = { 0 }, held = { 0 }, back = { 0 };
    NUMBERS_HANDLE one = NULL, two = NULL;
    EITHERS either = { 1, { 1 } };
    SPOT spot = { { 1, 2, 3 }, NULL }, seen = { { 0 }, NULL };
    HANDLES handles = { 0, NULL }, given = { 0, NULL };
    SLOT slot = { 0 }, other = { 0 };

    switch (which % 8) {
    case 0:
        c_ItemLists(NULL, &a, &b);
        break;
    case 1:
        c_Holders(&holder, &held, &back);
        break;
    case 2:
        c_ManyLists(2, many, many);
        break;
    case 3:
        c_Either(&either);
        if (either.which == 2)
            ITEM_LIST_free_inst(&either.either.list);
        break;
    case 4:
        c_Coords(&spot, &seen);
        break;
    case 5:
        c_Handles(NULL, &one, &two);
        break;
    case 6:
        c_Many(&handles, &given);
        free_numbers(given.each, given.count);
        break;
    default:
        c_Slots(0, slot, &other);
        break;
    }
    ITEM_LIST_free_inst(&a);
    ITEM_LIST_free_inst(&b);
    ITEM_LIST_free_inst(&held.list);
    ITEM_LIST_free_inst(&back.list);
    ITEM_LIST_free_inst(&many[0]);
    ITEM_LIST_free_inst(&many[1]);
    midl_user_free(seen.name);
    midl_user_free(one);
    midl_user_free(two);
    midl_user_free(other.text);
}

static RPC_IF_HANDLE interface_of(unsigned which)
{
    if ((which & CHANGED) == CHANGED)
        return changed_v1_0_s_ifspec;
    return which & MEMORY ? memory_v1_0_s_ifspec : vectors_v1_2_s_ifspec;
}

static unsigned operation_of(unsigned which)
{
    return which & ~((which & CHANGED) == CHANGED ? (unsigned)CHANGED : (unsigned)MEMORY);
}

static void respond(unsigned which, struct bytes response)
{
    loop.instead_of_response = response;
    if ((which & CHANGED) == CHANGED)
        LOOP_CALL(call_changed(which));
    else if (which & MEMORY)
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
    loop_init(interface_of(data[0]));
    loop.syntax = data[1] & 2 ? NDR_64 : NDR_20;
    loop.big_endian = (data[1] & 3) == 1;
    stub = (uint8_t *)malloc(size - 2 ? size - 2 : 1);
    memcpy(stub, data + 2, size - 2);
    if (data[0] & RESPONSE) {
        loop.big_endian = false;
        respond(data[0], bytes_of(stub, size - 2));
    } else if (operation_of(data[0]) < loop.server->Head.ProcedureCount) {
        loop_serve(operation_of(data[0]), bytes_of(stub, size - 2));
        ITEM_LIST_free_inst(&changed_kept);
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
