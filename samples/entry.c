/* SPDX-License-Identifier: Apache-2.0
 * entry.c - rights and a principal name for a service that is found by name; see entry.h.
 */
#include "entry.h"

#include <ntdsapi.h>
#include <stdio.h>

#include "report.h"

/* The DN in the name is what tells this service from others of its class on the same host. */
char **entry_spn(const struct entry *e, const char *domain)
{
    char dn[512], **spn = NULL;
    DWORD count = 0;
    int n = snprintf(dn, sizeof dn, "CN=%s,CN=%s,CN=System,%s", e->name, e->container, domain);

    if (n < 0 || (size_t)n >= sizeof dn) {
        fprintf(stderr, "the domain's name is too long\n");
        return NULL;
    }
    if (failed("DsGetSpn",
               DsGetSpnA(DS_SPN_SERVICE, e->service_class, dn, 0, 0, NULL, NULL, &count, &spn)))
        return NULL;
    return spn;
}

/* The account is given by its DN here: DsWriteAccountSpn takes nothing else. */
static bool write_spn(const struct entry *e, DS_SPN_WRITE_OP op, const char *account,
                      const char *domain)
{
    char **spn = entry_spn(e, domain);
    HANDLE directory = NULL;
    bool good =
        spn && !failed("DsBind", DsBindA(NULL, NULL, &directory)) &&
        !failed("DsWriteAccountSpn", DsWriteAccountSpnA(directory, op, account, 1, (LPCSTR *)spn));

    if (good)
        printf("%s %s\n", op == DS_SPN_ADD_SPN_OP ? "its name is " : "no more its name", spn[0]);
    if (directory)
        DsUnBindA(&directory);
    DsFreeSpnArrayA(1, spn);
    return good;
}

bool entry_install(const struct entry *e, const char *account, const char *domain)
{
    char **rights = NULL;
    DWORD count = 0, i;

    if (failed("CsGrantNames", CsGrantNames(NULL, account, e->rights, &rights, &count)))
        return false;
    for (i = 0; i < count; i++)
        printf("granted     %s\n", rights[i]);
    DsFreeSpnArrayA(count, rights);
    return write_spn(e, DS_SPN_ADD_SPN_OP, account, domain);
}

bool entry_uninstall(const struct entry *e, const char *account, const char *domain)
{
    bool good = write_spn(e, DS_SPN_DELETE_SPN_OP, account, domain);

    return !failed("CsRevokeNames", CsRevokeNames(NULL, account, e->rights, NULL, NULL)) && good;
}
