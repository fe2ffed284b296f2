/* SPDX-License-Identifier: Apache-2.0
 * changed_routines.c - what a program writes for [transmit_as], [represent_as], [wire_marshal] and
 * [user_marshal] of changed.idl, for both sides; and what it could do wrong.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stubs/changed_manager.h"

enum changed_wrong changed_wrong;
unsigned changed_sized, changed_user_freed;
ULONG changed_flags;
NDR_USER_MARSHAL_INFO changed_info;
RPC_STATUS changed_asked;

static void *give(size_t n)
{
    void *p = midl_user_allocate(n);

    if (!p)
        RpcRaiseException(RPC_S_OUT_OF_MEMORY);
    return memset(p, 0, n);
}

/* ---- [transmit_as]: a list as an array ---- */

void ITEM_LIST_to_xmit(ITEM_LIST *list, ITEMS **array)
{
    const ITEM *i = NULL;
    short n = 0;

    if (changed_wrong == WRONG_MAKES_NOTHING)
        return;
    for (i = *list; i; i = i->next, n++)
        if (i->value == CHANGED_UNSENDABLE)
            RpcRaiseException(CHANGED_EXCEPTION);
    *array = (ITEMS *)give(sizeof **array + (size_t)n * sizeof(*array)->values[0]);
    for (i = *list; i; i = i->next)
        (*array)->values[(*array)->n++] = i->value;
}

void ITEM_LIST_free_inst(ITEM_LIST *list)
{
    ITEM *i = NULL;

    while ((i = *list)) {
        *list = i->next;
        midl_user_free(i);
    }
}

void ITEM_LIST_from_xmit(ITEMS *array, ITEM_LIST *list)
{
    ITEM **end = list;
    short i;

    ITEM_LIST_free_inst(list);
    for (i = 0; i < array->n; i++) {
        if (array->values[i] == CHANGED_UNREADABLE || changed_wrong == WRONG_RAISES) {
            ITEM_LIST_free_inst(list);
            RpcRaiseException(CHANGED_EXCEPTION);
        }
        *end = (ITEM *)midl_user_allocate(sizeof **end);
        if (!*end) {
            ITEM_LIST_free_inst(list);
            RpcRaiseException(RPC_S_OUT_OF_MEMORY);
        }
        **end = (ITEM){ array->values[i], NULL };
        end = &(*end)->next;
    }
}

void ITEM_LIST_free_xmit(ITEMS *array)
{
    midl_user_free(array);
}

/* ---- [represent_as] ---- */

void POINT_WIRE_from_local(POINT_LOCAL *local, POINT_WIRE **wire)
{
    *wire = (POINT_WIRE *)give(sizeof **wire);
    **wire = (POINT_WIRE){ (LONG)(local->x * 100), (LONG)(local->y * 100) };
}

void POINT_WIRE_to_local(POINT_WIRE *wire, POINT_LOCAL *local)
{
    *local = (POINT_LOCAL){ wire->x / 100.0, wire->y / 100.0 };
}

void POINT_WIRE_free_inst(POINT_WIRE *wire)
{
    midl_user_free(wire);
}

void POINT_WIRE_free_local(POINT_LOCAL *local)
{
    (void)local;
}

void COORDS_from_local(SPOT *local, COORDS **wire)
{
    *wire = (COORDS *)give(sizeof **wire);
    memcpy(*wire, local->at, sizeof **wire);
}

void COORDS_to_local(COORDS *wire, SPOT *local)
{
    midl_user_free(local->name);
    local->name = NULL;
    memcpy(local->at, *wire, sizeof *wire);
    local->name = (char *)give(40);
    (void)snprintf(local->name, 40, "%d,%d,%d", local->at[0], local->at[1], local->at[2]);
}

void COORDS_free_inst(COORDS *wire)
{
    midl_user_free(wire);
}

void COORDS_free_local(SPOT *local)
{
    midl_user_free(local->name);
}

/* Both: PARTS is seen, WHOLE stands between, HALVES travels. */
void WHOLE_from_local(PARTS *local, WHOLE **wire)
{
    *wire = (WHOLE *)give(sizeof **wire);
    **wire = local->sum;
}

void WHOLE_to_local(WHOLE *wire, PARTS *local)
{
    local->sum = *wire;
}

void WHOLE_free_inst(WHOLE *whole)
{
    midl_user_free(whole);
}

void WHOLE_free_local(PARTS *local)
{
    (void)local;
}

void WHOLE_to_xmit(WHOLE *whole, HALVES **wire)
{
    *wire = (HALVES *)give(sizeof **wire);
    **wire = (HALVES){ (short)(*whole & 0xffff), (short)(*whole >> 16) };
}

void WHOLE_from_xmit(HALVES *wire, WHOLE *whole)
{
    *whole = (LONG)((ULONG)(USHORT)wire->high << 16 | (USHORT)wire->low);
}

void WHOLE_free_xmit(HALVES *wire)
{
    midl_user_free(wire);
}

/* ---- [wire_marshal], [user_marshal]: octets by hand ---- */

static unsigned char *aligned(unsigned char *p, size_t to)
{
    return p + (-(uintptr_t)p & (to - 1));
}

static unsigned char *put32(unsigned char *p, ULONG v)
{
    memcpy(p, &v, sizeof v);
    return p + sizeof v;
}

static unsigned char *get32(unsigned char *p, ULONG *v)
{
    memcpy(v, p, sizeof *v);
    return p + sizeof *v;
}

static void look(ULONG *flags)
{
    changed_flags = *flags;
    changed_asked = NdrGetUserMarshalInfo(flags, 1, &changed_info);
}

ULONG FOUR_BYTES_UserSize(ULONG *flags, ULONG start, FOUR_BYTES *v)
{
    (void)flags;
    (void)v;
    changed_sized++;
    return ((start + 1) & ~1U) + 4;
}

unsigned char *FOUR_BYTES_UserMarshal(ULONG *flags, unsigned char *buffer, FOUR_BYTES *v)
{
    USHORT halves[2] = { (USHORT)*v, (USHORT)(*v >> 16) };

    look(flags);
    buffer = aligned(buffer, 2);
    memcpy(buffer, halves, sizeof halves);
    return buffer + sizeof halves;
}

unsigned char *FOUR_BYTES_UserUnmarshal(ULONG *flags, unsigned char *buffer, FOUR_BYTES *v)
{
    USHORT halves[2];

    look(flags);
    buffer = aligned(buffer, 2);
    memcpy(halves, buffer, sizeof halves);
    *v = (ULONG)halves[1] << 16 | halves[0];
    return buffer + sizeof halves;
}

void FOUR_BYTES_UserFree(ULONG *flags, FOUR_BYTES *v)
{
    (void)v;
    changed_asked = NdrGetUserMarshalInfo(flags, 1, &changed_info);
    changed_user_freed++;
}

ULONG NUMBERS_HANDLE_UserSize(ULONG *flags, ULONG start, NUMBERS_HANDLE *v)
{
    const struct changed_numbers *n = (const struct changed_numbers *)*v;
    ULONG size = ((start + 3) & ~3U) + 8 + (n ? 4 + 4 * n->count : 0);

    changed_sized++;
    changed_flags = *flags;
    if (changed_wrong == WRONG_RAISES)
        RpcRaiseException(CHANGED_EXCEPTION);
    if (changed_wrong == WRONG_SIZE_HUGE)
        return 0xfffffff0;
    return changed_wrong == WRONG_SIZE_SMALL ? size - 4 : size;
}

unsigned char *NUMBERS_HANDLE_UserMarshal(ULONG *flags, unsigned char *buffer, NUMBERS_HANDLE *v)
{
    const struct changed_numbers *n = (const struct changed_numbers *)*v;
    unsigned char *p = aligned(buffer, 4);
    ULONG i, count = n ? n->count : 0;

    look(flags);
    if (changed_wrong == WRONG_MARSHAL_RAISES)
        RpcRaiseException(CHANGED_EXCEPTION);
    p = put32(p, count + (changed_wrong == WRONG_OTHER_TYPE));
    p = put32(p, n != NULL);
    if (n)
        p = put32(p, count);
    for (i = 0; i < count; i++)
        p = put32(p, (ULONG)n->each[i]);
    if (changed_wrong == WRONG_END_BEFORE)
        return buffer - 1;
    return changed_wrong == WRONG_END_BEYOND ? p + 1 : p;
}

unsigned char *NUMBERS_HANDLE_UserUnmarshal(ULONG *flags, unsigned char *buffer, NUMBERS_HANDLE *v)
{
    struct changed_numbers *n = NULL;
    unsigned char *p = aligned(buffer, 4);
    ULONG count = 0, is = 0, i, value = 0;

    look(flags);
    midl_user_free(*v);
    *v = NULL;
    p = get32(p, &count);
    p = get32(p, &is);
    if (is)
        p = get32(p, &count);
    if (changed_wrong == WRONG_UNMARSHAL_RAISES || count > CHANGED_NUMBERS)
        RpcRaiseException(CHANGED_EXCEPTION);
    n = (struct changed_numbers *)give(sizeof *n);
    n->count = is ? count : 0;
    for (i = 0; i < n->count; i++) {
        p = get32(p, &value);
        n->each[i] = (LONG)value;
    }
    *v = n;
    return changed_wrong == WRONG_UNMARSHAL_BEYOND ? p + 1 : p;
}

void NUMBERS_HANDLE_UserFree(ULONG *flags, NUMBERS_HANDLE *v)
{
    (void)flags;
    changed_user_freed++;
    midl_user_free(*v);
    *v = NULL;
}

ULONG SLOT_UserSize(ULONG *flags, ULONG start, SLOT *v)
{
    (void)flags;
    (void)v;
    return ((start + 7) & ~7U) + 16;
}

unsigned char *SLOT_UserMarshal(ULONG *flags, unsigned char *buffer, SLOT *v)
{
    LONGLONG value = v->text ? strtoll(v->text, NULL, 10) : 0;

    (void)flags;
    buffer = aligned(buffer, 8);
    memset(buffer, 0x5a, 16); /* the gap's octets are the routine's, and stay here */
    buffer[0] = (unsigned char)v->kind;
    memcpy(buffer + 8, &value, sizeof value);
    return buffer + 16;
}

unsigned char *SLOT_UserUnmarshal(ULONG *flags, unsigned char *buffer, SLOT *v)
{
    LONGLONG value;

    (void)flags;
    buffer = aligned(buffer, 8);
    memcpy(&value, buffer + 8, sizeof value);
    midl_user_free(v->text);
    v->text = NULL;
    v->kind = (char)buffer[0];
    v->text = (char *)give(32);
    (void)snprintf(v->text, 32, "%lld", (long long)value);
    return buffer + 16;
}

void SLOT_UserFree(ULONG *flags, SLOT *v)
{
    (void)flags;
    midl_user_free(v->text);
    v->text = NULL;
}
