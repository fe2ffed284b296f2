/* SPDX-License-Identifier: Apache-2.0
 * memory_manager.c - the routines of memory.idl, safe whatever they are given.
 */
#include "stubs/memory_manager.h"

#include <string.h>

#include "stubs/loop.h"
#include "stubs/manager.h"

LEAF *memory_kept;
LONG memory_seen;

static LONG plus(LONG a, LONG b)
{
    return (LONG)((ULONG)a + (ULONG)b);
}

/* What a routine makes under [allocate(all_nodes)] is one block, too. */
static LEAF *leaves_in_one_block(LONG n)
{
    LEAF *all = n ? (LEAF *)manager_give((size_t)n * (sizeof *all + 2)) : NULL;
    char *names = all ? (char *)(all + n) : NULL;
    LONG i;

    for (i = 0; all && i < n; i++) {
        all[i] = (LEAF){ i + 1, names + 2 * (size_t)i, i + 1 < n ? &all[i + 1] : NULL };
        all[i].name[0] = (char)('a' + i);
    }
    return all;
}

void Leaves(LONG n, BLOCK *leaves)
{
    *leaves = leaves_in_one_block(n < 0 || n > 8 ? 8 : n);
}

void Again(BLOCK *leaves)
{
    if (*leaves)
        (*leaves)->id = plus((*leaves)->id, 10);
}

void Pairs(PAIR *pair)
{
    pair->first = leaves_in_one_block(2);
    pair->second = leaves_in_one_block(1);
}

WHEEL_BLOCK Wheel(void)
{
    WHEEL *w = (WHEEL *)manager_give(2 * sizeof *w);

    w[0] = (WHEEL){ 1, &w[1] };
    w[1] = (WHEEL){ 2, &w[0] };
    return w;
}

LONG Keep(KEPT leaves)
{
    memory_kept = leaves;
    return loop.live;
}

LONG KeepBlock(KEPT_BLOCK leaves)
{
    memory_kept = leaves;
    return loop.live;
}

void Lend(KEPT *leaves)
{
    static char name[] = "mine";
    static LEAF mine = { 5, name, NULL };

    *leaves = &mine;
}

void OpenOne(OPEN *a, short n)
{
    a->n = n;
    a->v[0]++;
}

void OpenUnique(OPEN *a, short n)
{
    if (a)
        OpenOne(a, n);
}

void OpenFull(LOOP *a, LONG n)
{
    if (!a)
        return;
    a->n = n;
    a->v[0] = plus(a->v[0], 1);
}

void InnerOne(LONG **a, LONG *n)
{
    *n = 2;
    *a = (LONG *)manager_give(2 * sizeof **a);
    (*a)[1] = 7;
}

void InnerMany(LONG **a, LONG m, LONG n)
{
    memory_seen = m > 0 && n > 0 && a[m - 1] ? a[m - 1][n - 1] : -1;
}

void InnerNames(char **a, LONG m, LONG n)
{
    memory_seen = plus(plus(m, n), m > 0 && a[0] ? a[0][0] : 0);
}

void Rows(ROWS *a)
{
    memory_seen = a->n > 0 ? a->rows[a->n - 1][1].x : 0;
}

void Points(short n, POINT *a, POINT *b)
{
    if (n <= 0)
        return;
    memcpy(b, a, (size_t)n * sizeof *b);
    b[0].x = plus(b[0].x, 1);
}

void Gaps(GAP a[2])
{
    memory_seen = plus(a[0].gap, a[1].a);
}
