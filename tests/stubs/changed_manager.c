/* SPDX-License-Identifier: Apache-2.0
 * changed_manager.c - the routines of changed.idl, safe whatever they are given.
 */
#include "stubs/changed_manager.h"

#include <string.h>

#include "stubs/loop.h"
#include "stubs/manager.h"

LONG changed_seen;
unsigned changed_notified, changed_flagged;
boolean changed_flag;

static LONG plus(LONG a, LONG b)
{
    return (LONG)((ULONG)a + (ULONG)b);
}

/* ---- [ignore], [ms_union] ---- */

void Links(LINK *from, LINK **back)
{
    LINK *two = (LINK *)manager_give(sizeof *two);

    changed_seen = from->previous || (from->next && from->next->previous) ? -1 : from->value;
    *two = (LINK){ plus(from->value, 1), NULL, two };
    *back = two;
}

void Old(CHOICE *choice)
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
