/* SPDX-License-Identifier: Apache-2.0
 * host.c - what this host is called, as windows.h tells everybody.
 */
#include "directory/host.h"

#include <countersign/windows.h>
#include <ctype.h>

#include "base/alloc.h"
#include "base/detail.h"

enum { NAME_ROOM = 256, NETBIOS_MOST = 15 };

enum err host_dns_name(char **ret)
{
    char name[NAME_ROOM] = "";
    DWORD size = sizeof name, i;

    if (!GetComputerNameExA(ComputerNameDnsFullyQualified, name, &size) || !*name)
        return detail_fail(ERR_NOT_FOUND, "this host has no name: error %u",
                           (unsigned)GetLastError());
    for (i = 0; name[i]; i++)
        name[i] = (char)tolower((unsigned char)name[i]);
    *ret = mem_strdup(name);
    return *ret ? ERR_OK : ERR_NO_MEMORY;
}

/* As Windows makes it of the DNS name: the first label, at most 15 characters, upper case. */
enum err host_netbios_name(char **ret)
{
    char *name = NULL;
    size_t i;
    enum err e = host_dns_name(&name);

    if (e)
        return e;
    for (i = 0; name[i] && name[i] != '.' && i < NETBIOS_MOST; i++)
        name[i] = (char)toupper((unsigned char)name[i]);
    name[i] = '\0';
    *ret = name;
    return ERR_OK;
}
