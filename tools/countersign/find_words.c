/* SPDX-License-Identifier: Apache-2.0
 * find_words.c - what of a directory's names a person reads: kinds, the first part of a DN, whose
 * SID it is.
 */
#include <stdio.h>
#include <string.h>

#include <countersign/dsparse.h>
#include <countersign/ntdsapi.h>

#include "base/alloc.h"

#include "find.h"

static const struct {
    DWORD kind;
    const char *name;
} kinds[] = { { KIND_SCP, "scp" }, { KIND_RNR, "rnr" }, { KIND_RPCNS, "rpcns" } };

enum { KINDS = sizeof kinds / sizeof *kinds };

const char *kind_name(DWORD kind)
{
    int i;

    for (i = 0; i < KINDS; i++)
        if (kinds[i].kind == kind)
            return kinds[i].name;
    return NULL;
}

const char *rpc_name(const char *name)
{
    static const char local[] = "/.:/";
    size_t n = sizeof local - 1;

    return name && strncmp(name, local, n) == 0 && name[n] ? name + n : name;
}

/* Up to the first comma that is neither escaped nor quoted. */
size_t rdn_length(const char *dn)
{
    bool quoted = false;
    size_t n;

    for (n = 0; dn[n] && (quoted || dn[n] != ','); n++) {
        if (dn[n] == '"')
            quoted = !quoted;
        if (dn[n] == '\\' && dn[n + 1])
            n++;
    }
    return n;
}

char *rdn_value(const char *dn)
{
    const char *equals = strchr(dn, '=');
    DWORD len, room = 0;
    char *value;

    if (!equals || equals > dn + rdn_length(dn))
        return NULL;
    equals++;
    len = (DWORD)rdn_length(equals);
    room = len + 1; /* unquoted it is no longer */
    value = mem_zero((size_t)room + 1);
    if (value && DsUnquoteRdnValueA(len, equals, &room, value)) {
        mem_free(value);
        return NULL;
    }
    return value;
}

/* The last few owners: a container of thousands of services has some accounts that made them. */
enum { OWNERS = 16 };

static struct {
    char sid[200], name[300];
} owners[OWNERS];

static void look_up(HANDLE ds, const char *sid, char *name, size_t size)
{
    DS_NAME_RESULTA *r = NULL;
    LPCSTR one[] = { sid };

    snprintf(name, size, "%s", sid);
    if (DsCrackNamesA(ds, DS_NAME_NO_FLAGS, DS_SID_OR_SID_HISTORY_NAME, DS_NT4_ACCOUNT_NAME, 1, one,
                      &r))
        return;
    if (r->cItems == 1 && r->rItems[0].status == DS_NAME_NO_ERROR)
        snprintf(name, size, "%s", r->rItems[0].pName);
    DsFreeNameResultA(r);
}

const char *sid_owner(HANDLE ds, const char *sid)
{
    static unsigned next;
    unsigned i;

    if (!sid)
        return NULL;
    for (i = 0; i < OWNERS; i++)
        if (strcmp(owners[i].sid, sid) == 0)
            return owners[i].name;
    i = next++ % OWNERS;
    snprintf(owners[i].sid, sizeof owners[i].sid, "%s", sid);
    look_up(ds, sid, owners[i].name, sizeof owners[i].name);
    return owners[i].name;
}
