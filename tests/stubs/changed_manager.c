/* SPDX-License-Identifier: Apache-2.0
 * changed_manager.c - the routines of changed.idl, safe whatever they are given.
 */
#include "stubs/changed_manager.h"

#include <string.h>

LONG changed_seen;
unsigned changed_notified, changed_flagged;
boolean changed_flag;

static void *made(size_t size)
{
    void *p = midl_user_allocate(size);

    if (!p)
        RpcRaiseException(RPC_S_OUT_OF_MEMORY);
    return memset(p, 0, size);
}

static LONG plus(LONG a, LONG b)
{
    return (LONG)((ULONG)a + (ULONG)b);
}

/* ---- [ignore], [ms_union] ---- */

void Links(LINK *from, LINK **back)
{
    LINK *two = (LINK *)made(sizeof *two);

    changed_seen = from->previous || (from->next && from->next->previous) ? -1 : from->value;
    *two = (LINK){ plus(from->value, 1), NULL, two };
    *back = two;
}

void Old(OLD_CHOICE *choice)
{
    if (choice->which == 1)
        choice->old.c++;
    else
        choice->old.h = 7;
}

/* ---- [call_as] ---- */

static LONG total(const LINK *from, LONG sum)
{
    for (; from; from = from->next)
        sum = plus(sum, from->value);
    return sum;
}

/* The client's: what the program calls. */
LONG Total(LINK *from, void *add)
{
    return c_RemoteTotal(from, *(LONG *)add);
}

/* The server's: what its stub calls. */
LONG changed_v1_0_Total(LINK *from, LONG start)
{
    return total(from, start);
}

/* ---- [notify] ---- */

void Told(LONG a)
{
    changed_seen = a;
    if (a == 3)
        RpcRaiseException(ERROR_ACCESS_DENIED);
}

void Told_notify(void)
{
    changed_notified++;
}

void Told_notify_flag(boolean called)
{
    changed_flagged++;
    changed_flag = called;
}

/* ---- types that travel as another ---- */

ITEM_LIST changed_kept;

static ITEM_LIST list_of(short value)
{
    ITEM *i = (ITEM *)made(sizeof *i);

    *i = (ITEM){ value, NULL };
    return i;
}

static void add_to_each(ITEM *list, short n)
{
    for (; list; list = list->next)
        list->value = (short)((USHORT)list->value + (USHORT)n);
}

static LONG sum_of(const ITEM *list)
{
    LONG sum = 0;

    for (; list; list = list->next)
        sum = plus(sum, list->value);
    return sum;
}

void ItemLists(ITEM_LIST a, ITEM_LIST *b, ITEM_LIST *c)
{
    changed_seen = sum_of(a);
    add_to_each(*b, 10);
    *c = list_of(7);
    if (a && a->value == CHANGED_REFUSED) {
        ITEM_LIST_free_inst(c);
        RpcRaiseException(ERROR_ACCESS_DENIED);
    }
}

void Holders(HOLDER *a, HOLDER *b, HOLDER *c)
{
    ITEM_LIST_free_inst(&changed_kept);
    changed_kept = a->list;
    add_to_each(b->list, 1);
    c->id = plus(a->id, b->id);
    c->list = list_of(1);
}

void ManyLists(LONG n, ITEM_LIST *a, ITEM_LIST *b)
{
    LONG i;

    for (i = 0; i < n; i++) {
        LONG sum = sum_of(a[i]);

        ITEM_LIST_free_inst(&a[i]); /* inside of a parameter they are the routine's */
        b[i] = list_of((short)(sum & 0x3f));
    }
}

void Either(EITHERS *e)
{
    if (e->which == 2)
        add_to_each(e->either.list, 1);
    else
        e->either.number = plus(e->either.number, 1);
}

ITEM_LIST MadeList(LONG n)
{
    return list_of((short)(n & 0x3f));
}

void Places(POINT_LOCAL a, POINT_LOCAL *b)
{
    b->x += a.x;
    b->y += a.y;
}

void Coords(SPOT *a, SPOT *b)
{
    changed_seen = a->name ? (LONG)strlen(a->name) : -1;
    b->at[0] = a->at[2];
    b->at[1] = a->at[1];
    b->at[2] = a->at[0];
}

void Wholes(PARTS a, PARTS *b)
{
    b->sum = plus(a.sum, 1);
}

void Bytes(FOUR_BYTES a, FOUR_BYTES *b, byte last)
{
    *b = (*b ^ a) + last;
}

static void *numbers_of(LONG value)
{
    struct changed_numbers *n = (struct changed_numbers *)made(sizeof *n);

    n->count = 1;
    n->each[0] = value;
    return n;
}

static LONG first_of(const void *handle)
{
    const struct changed_numbers *n = (const struct changed_numbers *)handle;

    return n && n->count ? n->each[0] : -1;
}

void Handles(NUMBERS_HANDLE a, NUMBERS_HANDLE *b, NUMBERS_HANDLE *c)
{
    LONG value = first_of(a);

    changed_seen = value;
    if (value == CHANGED_REFUSED)
        RpcRaiseException(ERROR_ACCESS_DENIED);
    midl_user_free(*b);
    *b = NULL;
    *b = numbers_of(plus(value, 1));
    *c = numbers_of(plus(value, 2));
}

void Many(HANDLES *a, HANDLES *b)
{
    ULONG i;

    changed_seen = 0;
    for (i = 0; a->each && i < a->count; i++)
        changed_seen = plus(changed_seen, first_of(a->each[i]));
    b->count = 1;
    b->each = (NUMBERS_HANDLE *)made(sizeof *b->each);
    b->each[0] = numbers_of(changed_seen);
}

void Slots(byte first, SLOT a, SLOT *b)
{
    b->kind = (char)(a.kind + (char)(first & 1));
    b->text = (char *)made(32);
    if (a.text)
        memcpy(b->text, a.text, strlen(a.text) + 1);
    else
        memcpy(b->text, "0", 2);
}

/* ---- [byte_count], [partial_ignore] ---- */

void Record(LONG length, LONG count, RECORD *r)
{
    LONG i;

    (void)length;
    count = count < 0 || count > 8 ? 8 : count;
    r->kind = 1;
    r->n = count;
    r->values = (LONG *)made((size_t)count * sizeof *r->values);
    for (i = 0; i < count; i++)
        r->values[i] = i + 1;
    r->name = (char *)made(6);
    memcpy(r->name, "abcde", 6);
}

void MoveLeft(LONG *previous)
{
    changed_seen = previous ? *previous : -1;
    if (previous)
        *previous = 7;
}

void Room(LONG n, short *a)
{
    changed_seen = a ? (n > 0 ? a[n - 1] : 0) : -1;
    if (a && n > 0)
        a[0] = 3;
}

void Text(LONG n, char *s)
{
    changed_seen = s ? (n > 0 ? s[0] : 0) : -1;
    if (s && n > 1)
        s[0] = 'x';
}

void Replaced(RECORD *r)
{
    changed_seen = r ? r->n + (r->values != NULL) + (r->name != NULL) : -1;
    if (r)
        Record(0, 1, r);
}

/* ---- [force_allocate]: how many blocks there are ---- */

long (*changed_blocks)(void);

static LONG blocks(void)
{
    return changed_blocks ? (LONG)changed_blocks() : -1;
}

LONG Swap(char **s)
{
    char *other = (char *)made(8);

    memcpy(other, "swapped", 8);
    midl_user_free(*s);
    *s = other;
    return blocks();
}

LONG Forced(LONG n, byte *data, RECORD *r, char *name)
{
    (void)r;
    (void)name;
    if (n > 0 && data[0] == CHANGED_REFUSED)
        RpcRaiseException(ERROR_ACCESS_DENIED);
    return blocks();
}
