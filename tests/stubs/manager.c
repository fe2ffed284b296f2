/* SPDX-License-Identifier: Apache-2.0
 * manager.c - the routines of vectors.idl: each leaves what a test can see, whatever it is given.
 */
#include "stubs/manager.h"

#include <stdio.h>
#include <string.h>

#include "vectors.h"

LONG manager_seen;

void *manager_give(size_t size)
{
    return memset(midl_user_allocate(size), 0, size);
}

static char *give_text(const char *s)
{
    return (char *)memcpy(manager_give(strlen(s) + 1), s, strlen(s) + 1);
}

void Nothing(void)
{
}

hyper Numbers(signed char a, short b, LONG c, LONGLONG d, unsigned char *e)
{
    *e = 200;
    return (hyper)((uint64_t)d + (uint64_t)(a + b) + (uint64_t)c);
}

double Floats(float a, double b)
{
    return a + b;
}

boolean Flags(boolean a, char b, WCHAR c, byte d)
{
    return a && b == 'b' && c == u'\u20ac' && d == 0xff;
}

COLOUR Colours(COLOUR a, WARMTH b, WARMTH *c)
{
    *c = b;
    return a;
}

void Structs(MIXED a, ALIGNED *b)
{
    b->kind = (byte)a.a;
    b->value += (double)a.d;
}

void Refs(LONG *a, LONG *b)
{
    *b = (LONG)((ULONG)*b + (ULONG)*a);
}

void Uniques(LONG *a, LONG *b)
{
    if (a && b)
        *b = (LONG)((ULONG)*b + (ULONG)*a);
}

void Nested(LONG **a, LONG **b)
{
    *b = NULL;
    if (*a) {
        *b = (LONG *)manager_give(sizeof **b);
        **b = (LONG)((ULONG) * *a + 1);
    }
}

void Strings(char *a, WCHAR *b, char **c)
{
    *c = give_text(b ? a : "none");
}

void Names(NAMES *a, FIXED_NAMES *b)
{
    snprintf(b->name, sizeof b->name, "%s", a->name ? a->name : "");
    b->wide[0] = a->wide ? a->wide[0] : 0;
    b->wide[1] = 0;
}

void CountedString(COUNTED *a, LONG *units)
{
    *units = (LONG)(a->buffer ? a->length : 99);
}

void Name(LONG n, char *name)
{
    snprintf(name, n > 0 ? (size_t)n : 0, "%s", "abcdef");
}

void Counted(LONG n, short *a, short *b)
{
    LONG i;

    for (i = 0; i < n; i++)
        b[i] = (short)(a[i] * 2);
}

void Later(LONG *a, LONG n, byte *b, LONG m)
{
    if (n >= 2 && m >= 0)
        manager_seen = a[n / 2 - 1] + b[m];
}

void Fixed(short a[3], LONG b[2][2])
{
    b[1][1] = (LONG)((ULONG)b[1][1] + (ULONG)a[2]);
}

void Parts(LONG n, short a[4])
{
    manager_seen = a[0] + 10 * a[1] + 100 * a[n];
}

void Last(LONG n, byte *a)
{
    if (n >= 0)
        manager_seen = a[n];
}

void Grid(LONG n, short a[][2])
{
    if (n > 0)
        manager_seen = a[n - 1][1];
}

void Words(LONG n, char **a)
{
    manager_seen = n + (n > 1 && a[1] ? a[1][0] : 0);
}

void Query(ULONG *size, byte *data)
{
    if (data && *size > 2) {
        *size = 2;
        data[1] = 0xee;
    }
}

void Fill(LONG n, byte *data, LONG *used)
{
    *used = n > 0 ? n - 1 : 0;
    memset(data, 0xab, (size_t)*used);
}

void Lists(LIST *a, LIST *b)
{
    *b = *a; /* what came with the request goes back, and is not freed */
}

void Tails(TAIL *a, TAIL **b)
{
    *b = (TAIL *)manager_give(sizeof **b + sizeof(short));
    (*b)->n = 2;
    (*b)->values[0] = a->n ? a->values[a->n - 1] : 0;
    (*b)->values[1] = a->kind;
}

void Outers(OUTER *a)
{
    if (a->tail.n > 1)
        manager_seen = a->before + a->tail.values[1];
}

void PartTails(PART_TAIL *a)
{
    if (a->size > 2)
        manager_seen = a->values[1] + 10 * a->values[2];
}

void Fetch(LONG *n, LIST **lists)
{
    *n = 2;
    *lists = (LIST *)manager_give(2 * sizeof **lists);
    (*lists)[1].n = 1;
    (*lists)[1].values = (LONG *)manager_give(sizeof(LONG));
    *(*lists)[1].values = 6;
}

void Change(LIST *a)
{
    LONG *values = (LONG *)manager_give(3 * sizeof *values);

    values[2] = a->values && a->n ? a->values[0] : 0;
    a->n = 3;
    a->values = values;
}

void Chain(NODE *a, NODE **b)
{
    NODE *last = NULL;

    for (*b = NULL; a; a = a->next) {
        last = (NODE *)manager_give(sizeof *last);
        last->id = a->id;
        last->next = *b;
        *b = last;
    }
}

void Rings(RING *a, LONG *length)
{
    const RING *p = a;

    for (*length = 0; p && *length < 5000; p = p->next == a ? NULL : p->next)
        ++*length;
}

void SameTwice(LONG *a, LONG *b, LONG *same)
{
    *same = a == b;
}

void Choose(CHOICE *a, CHOICE *b)
{
    *b = *a;
}

void ChooseMany(CHOICES *a)
{
    if (a->choices && a->n > 1)
        manager_seen = (LONG)a->n + a->choices[1].arm.number;
}

void Switched(STRICT *a, short which)
{
    manager_seen = which + a->seven;
}

void Inner(INNER *a)
{
    a->which = 1;
    a->value.number = 77;
}

void Ranged(LONG a, TEENS *b)
{
    *b = (LONG)((ULONG)*b + (ULONG)a);
}

LONG Open(WIDE name, SESSION *session)
{
    *session = name[0] == u'x' ? (SESSION)(uintptr_t)0x1234 : NULL;
    return 3;
}

void Use(SESSION session, LONG a)
{
    manager_seen = (LONG)((ULONG)(uintptr_t)session + (ULONG)a);
}

void Close(SESSION *session)
{
    *session = NULL;
}

void __RPC_USER SESSION_rundown(SESSION session)
{
    (void)session;
}

LONG_PTR Wide(LONG_PTR a)
{
    return a - 1;
}

error_status_t Status(error_status_t *fault)
{
    *fault = 4;
    return 5;
}

void Handed(handle_t h, LONG a)
{
    manager_seen = h != NULL && a == 1;
}

void Left(LPWSTR text, LONGLONG a)
{
    manager_seen = text[0] == u'q' && a == 2;
}
