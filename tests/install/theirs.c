/* SPDX-License-Identifier: Apache-2.0
 * theirs.c - the half of the collision test that sees WinPR's and libuuid's headers.
 */
#include <stdio.h>
#include <uuid/uuid.h>
#include <winpr/sspi.h>

int ours(void);

/* The same names, in one process, one after the other: each call reaches its own library. */
int main(void)
{
    SecPkgInfoW *packages = NULL;
    ULONG count = 0;
    uuid_t id;
    char text[37];
    int mine = ours();

    if (!InitSecurityInterfaceW() || EnumerateSecurityPackagesW(&count, &packages) != SEC_E_OK)
        return 1;
    FreeContextBuffer(packages);
    uuid_generate(id);
    uuid_unparse(id, text);
    printf("WinPR has %u packages, we have %d; %s\n", (unsigned)count, mine, text);
    return mine >= 2 && mine == ours() ? 0 : 2;
}
