/* SPDX-License-Identifier: Apache-2.0
 * api_package.c - what packages there are, and FreeContextBuffer.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "sspi/api_convert.h"
#include "sspi/status.h"
#include "sspi/table.h"

static SECURITY_STATUS enumerate(enum form f, ULONG *count, void **ret)
{
    const struct package *all[PACKAGES_MAX];
    size_t i;
    enum err e;

    detail_begin("EnumerateSecurityPackages");
    if (!count || !ret)
        return sec_status(ERR_INVALID_PARAMETER);
    for (i = 0; i < table_count(); i++)
        all[i] = table_at(i);
    e = package_info_out(f, all, table_count(), ret);
    if (!e)
        *count = (ULONG)table_count();
    return sec_status(e);
}

SECURITY_STATUS EnumerateSecurityPackagesA(ULONG *pcPackages, PSecPkgInfoA *ppPackageInfo)
{
    return enumerate(FORM_A, pcPackages, (void **)ppPackageInfo);
}

SECURITY_STATUS EnumerateSecurityPackagesW(ULONG *pcPackages, PSecPkgInfoW *ppPackageInfo)
{
    return enumerate(FORM_W, pcPackages, (void **)ppPackageInfo);
}

static SECURITY_STATUS query(enum form f, const void *name, void **ret)
{
    const struct package *p = NULL;
    char *name8 = NULL;
    enum err e = ERR_INVALID_PARAMETER;

    detail_begin("QuerySecurityPackageInfo");
    if (!ret)
        goto out;
    e = text_in(f, name, &name8);
    if (e)
        goto out;
    e = table_find(name8, &p);
    if (e)
        goto out;
    e = package_info_out(f, &p, 1, ret);
out:
    mem_free(name8);
    return sec_status(e);
}

SECURITY_STATUS QuerySecurityPackageInfoA(const SEC_CHAR *pszPackageName,
                                          PSecPkgInfoA *ppPackageInfo)
{
    return query(FORM_A, pszPackageName, (void **)ppPackageInfo);
}

SECURITY_STATUS QuerySecurityPackageInfoW(const SEC_WCHAR *pszPackageName,
                                          PSecPkgInfoW *ppPackageInfo)
{
    return query(FORM_W, pszPackageName, (void **)ppPackageInfo);
}

SECURITY_STATUS FreeContextBuffer(void *pvContextBuffer)
{
    mem_free_wiped(pvContextBuffer); /* it may hold a session key */
    return SEC_E_OK;
}
