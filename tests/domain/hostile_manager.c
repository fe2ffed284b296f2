/* SPDX-License-Identifier: Apache-2.0
 * hostile_manager.c - the routines of hostile_interface.idl.
 */
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "domain/hostile.h"

atomic_int hostile_executed, hostile_jobs;

void *midl_user_allocate(size_t size)
{
    return malloc(size);
}

void midl_user_free(void *p)
{
    free(p);
}

static void wait_for(ULONG milliseconds)
{
    struct timespec t = { milliseconds / 1000, (long)(milliseconds % 1000) * 1000000 };

    nanosleep(&t, NULL);
}

LONG Add(handle_t h, LONG a, LONG b)
{
    (void)h;
    atomic_fetch_add(&hostile_executed, 1);
    return (LONG)((ULONG)a + (ULONG)b);
}

void Echo(handle_t h, ULONG size, const byte data[], byte back[])
{
    (void)h;
    atomic_fetch_add(&hostile_executed, 1);
    if (size)
        memcpy(back, data, size);
}

void Hold(handle_t h, ULONG milliseconds)
{
    (void)h;
    atomic_fetch_add(&hostile_executed, 1);
    wait_for(milliseconds);
}

void Give(handle_t h, ULONG size, byte data[])
{
    (void)h;
    atomic_fetch_add(&hostile_executed, 1);
    memset(data, 0x5a, size);
}

void Take(handle_t h, ULONG size, const byte data[])
{
    (void)h;
    (void)size;
    (void)data;
    atomic_fetch_add(&hostile_executed, 1);
}

/* ---- context handles ---- */

void JobOpen(handle_t h, LONG first, HOSTILE_JOB *job)
{
    LONG *count = malloc(sizeof *count);

    (void)h;
    *count = first;
    *job = count;
    atomic_fetch_add(&hostile_jobs, 1);
}

LONG JobNext(HOSTILE_JOB job, ULONG milliseconds)
{
    LONG *count = job;

    atomic_fetch_add(&hostile_executed, 1);
    wait_for(milliseconds);
    return ++*count; /* after the wait: ASan sees one that was freed meanwhile */
}

void JobClose(HOSTILE_JOB *job)
{
    free(*job);
    *job = NULL;
    atomic_fetch_sub(&hostile_jobs, 1);
}

void HOSTILE_JOB_rundown(HOSTILE_JOB job)
{
    free(job);
    atomic_fetch_sub(&hostile_jobs, 1);
}

/* ---- arguments: each octet is looked at, so that ASan sees one that is not there ---- */

LONG Sum(handle_t h, HOSTILE_LIST *list)
{
    ULONG i, sum = 0;

    (void)h;
    atomic_fetch_add(&hostile_executed, 1);
    for (i = 0; list->values && i < list->n; i++)
        sum += (ULONG)list->values[i];
    return (LONG)sum;
}

LONG Part(handle_t h, ULONG max, ULONG n, const LONG values[])
{
    ULONG i, sum = 0;

    (void)h;
    atomic_fetch_add(&hostile_executed, 1);
    for (i = 0; i < n && i < max; i++)
        sum += (ULONG)values[i];
    return (LONG)sum;
}

LONG Count(handle_t h, HOSTILE_NODE *list)
{
    LONG n = 0;

    (void)h;
    atomic_fetch_add(&hostile_executed, 1);
    for (; list; list = list->next)
        n++;
    return n;
}

/* As far as an honest routine would go. */
LONG Round(handle_t h, HOSTILE_RING *ring)
{
    LONG n = 0;

    (void)h;
    atomic_fetch_add(&hostile_executed, 1);
    for (; ring && n < 100; ring = ring->next)
        n++;
    return n;
}

LONG Choose(handle_t h, HOSTILE_CHOICES *choices)
{
    ULONG i, sum = 0;

    (void)h;
    atomic_fetch_add(&hostile_executed, 1);
    for (i = 0; choices->choices && i < choices->n; i++) {
        const HOSTILE_CHOICE *c = &choices->choices[i];

        if (c->which == 1)
            sum += (ULONG)c->arm.number;
        else if (c->which == 2 && c->arm.name)
            sum += (ULONG)strlen(c->arm.name);
        else if (c->which == 3)
            sum += (ULONG)c->arm.large[7];
    }
    return (LONG)sum;
}

LONG Text(handle_t h, const char *narrow, const WCHAR *wide)
{
    size_t n = strlen(narrow);

    (void)h;
    atomic_fetch_add(&hostile_executed, 1);
    while (*wide++)
        n++;
    return (LONG)n;
}

LONG Small(handle_t h, HOSTILE_COLOUR colour, LONG few, boolean yes)
{
    (void)h;
    atomic_fetch_add(&hostile_executed, 1);
    return (LONG)colour + few + (yes ? 100 : 0);
}

LONG Lists(handle_t h, HOSTILE_LISTS *lists)
{
    ULONG i, sum = 0;

    for (i = 0; lists->lists && i < lists->n; i++)
        sum += (ULONG)Sum(h, &lists->lists[i]);
    return (LONG)sum;
}

LONG Same(handle_t h, HOSTILE_RING *a, LONG *b)
{
    (void)h;
    atomic_fetch_add(&hostile_executed, 1);
    return a && b ? a->id + *b : 0;
}

/* ---- answers ---- */

void Leave(handle_t h, HOSTILE_PADDED *padded, LONG *number, char **text, ULONG n, byte data[])
{
    (void)h;
    (void)padded;
    (void)number;
    (void)n;
    (void)data;
    *text = midl_user_allocate(2);
    memcpy(*text, "x", 2);
}

void Fail(handle_t h, ULONG n, byte data[])
{
    (void)h;
    memset(data, 's', n); /* a secret */
    RpcRaiseException(4711);
}

void Room(handle_t h, ULONG size, ULONG *used, byte data[])
{
    (void)h;
    (void)data;
    atomic_fetch_add(&hostile_executed, 1);
    *used = size ? 1 : 0;
}
