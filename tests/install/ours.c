/* SPDX-License-Identifier: Apache-2.0
 * ours.c - the half of the collision test that sees Countersign's headers.
 */
#define SECURITY_WIN32
#include <sspi.h>

/* How many packages we have, by functions that WinPR exports under the same names. */
int ours(void);

int ours(void)
{
    PSecPkgInfoW packages = NULL;
    ULONG count = 0;

    if (!InitSecurityInterfaceW() || EnumerateSecurityPackagesW(&count, &packages) != SEC_E_OK)
        return -1;
    FreeContextBuffer(packages);
    return (int)count;
}
