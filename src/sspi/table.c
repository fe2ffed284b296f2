/* SPDX-License-Identifier: Apache-2.0
 * table.c - one row per security package; adding one is adding its row.
 */
#include "sspi/table.h"

#include <strings.h>

#include "base/detail.h"
#include "kerberos/package.h"
#include "negotiate/package.h"

static const struct package *const packages[] = {
    &negotiate_package,
    &kerberos_package,
};

enum { COUNT = sizeof packages / sizeof packages[0] };
_Static_assert((int)COUNT <= (int)PACKAGES_MAX, "candidates of all packages fit");

size_t table_count(void)
{
    return COUNT;
}

const struct package *table_at(size_t n)
{
    return n < COUNT ? packages[n] : NULL;
}

enum err table_find(const char *name, const struct package **ret)
{
    size_t i;

    if (!name)
        return detail_fail(ERR_NO_PACKAGE, "no security package was named");
    for (i = 0; i < COUNT; i++) {
        if (strcasecmp(packages[i]->name, name) == 0) {
            *ret = packages[i];
            return ERR_OK;
        }
    }
    detail_set(detail_get()->asked, name);
    detail_remedy(
        "use \"Negotiate\" or \"Kerberos\"; EnumerateSecurityPackages lists what there is");
    return detail_fail(ERR_NO_PACKAGE, "there is no security package \"%s\"", name);
}

void table_candidates(const struct package *p, const struct package *ret[PACKAGES_MAX + 1])
{
    size_t n = 0;
    size_t i;

    for (i = 0; i < COUNT; i++) {
        if (packages[i] != p)
            ret[n++] = packages[i];
    }
    ret[n] = NULL;
}
