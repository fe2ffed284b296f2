/* SPDX-License-Identifier: Apache-2.0
 * api_name.c - names of this host and of the user.
 */
#include <ctype.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "base/impersonation.h"
#include "win32/host.h"
#include "win32/last_error.h"

/* The NetBIOS name: the first label in capitals, 15 of them at most. */
static void netbios(char *name)
{
    size_t i;

    name[strcspn(name, ".")] = '\0';
    if (strlen(name) > MAX_COMPUTERNAME_LENGTH)
        name[MAX_COMPUTERNAME_LENGTH] = '\0';
    for (i = 0; name[i]; i++)
        name[i] = (char)toupper((unsigned char)name[i]);
}

static enum err host_in_form(COMPUTER_NAME_FORMAT form, char name[HOST_BYTES])
{
    const char *dot = NULL;
    enum err e = win32_host(name);

    if (e)
        return e;
    dot = strchr(name, '.');
    switch (form) {
    case ComputerNameNetBIOS:
    case ComputerNamePhysicalNetBIOS:
        netbios(name);
        return ERR_OK;
    case ComputerNameDnsHostname:
    case ComputerNamePhysicalDnsHostname:
        name[strcspn(name, ".")] = '\0';
        return ERR_OK;
    case ComputerNameDnsDomain:
    case ComputerNamePhysicalDnsDomain:
        memmove(name, dot ? dot + 1 : "", dot ? strlen(dot) : 1);
        return ERR_OK;
    case ComputerNameDnsFullyQualified:
    case ComputerNamePhysicalDnsFullyQualified:
        return ERR_OK;
    case ComputerNameMax:
        break;
    }
    return ERR_INVALID_PARAMETER;
}

/* Windows' rule: the size needed counts the zero, the size of what was stored does not. */
static BOOL computer_name(BOOL wide, COMPUTER_NAME_FORMAT form, void *to, DWORD *size,
                          DWORD too_small)
{
    char name[HOST_BYTES];
    enum err e = size ? host_in_form(form, name) : ERR_INVALID_PARAMETER;

    if (!e)
        e = win32_store(wide, name, to, size);
    if (!e)
        *size -= 1;
    else if (e == ERR_BUFFER_TOO_SMALL)
        SetLastError(too_small);
    else
        win32_fail(e);
    return e == ERR_OK;
}

BOOL GetComputerNameA(LPSTR lpBuffer, LPDWORD nSize)
{
    return computer_name(FALSE, ComputerNameNetBIOS, lpBuffer, nSize, ERROR_BUFFER_OVERFLOW);
}

BOOL GetComputerNameW(LPWSTR lpBuffer, LPDWORD nSize)
{
    return computer_name(TRUE, ComputerNameNetBIOS, lpBuffer, nSize, ERROR_BUFFER_OVERFLOW);
}

BOOL GetComputerNameExA(COMPUTER_NAME_FORMAT NameType, LPSTR lpBuffer, LPDWORD nSize)
{
    return computer_name(FALSE, NameType, lpBuffer, nSize, ERROR_MORE_DATA);
}

BOOL GetComputerNameExW(COMPUTER_NAME_FORMAT NameType, LPWSTR lpBuffer, LPDWORD nSize)
{
    return computer_name(TRUE, NameType, lpBuffer, nSize, ERROR_MORE_DATA);
}

enum { USER_BYTES = 1024, PASSWD_BYTES = 16384 };

static enum err user_name(char name[USER_BYTES])
{
    const struct impersonation *client = impersonation_current();
    char space[PASSWD_BYTES];
    struct passwd pw;
    struct passwd *found = NULL;

    if (client) {
        snprintf(name, USER_BYTES, "%s", client->name);
        name[strcspn(name, "@")] = '\0';
        return ERR_OK;
    }
    if (getpwuid_r(geteuid(), &pw, space, sizeof space, &found) || !found)
        return ERR_TARGET_UNKNOWN; /* ERROR_NO_SUCH_USER */
    snprintf(name, USER_BYTES, "%s", found->pw_name);
    return ERR_OK;
}

static BOOL get_user_name(BOOL wide, void *to, DWORD *size)
{
    char name[USER_BYTES];
    enum err e = size ? user_name(name) : ERR_INVALID_PARAMETER;

    if (!e)
        e = win32_store(wide, name, to, size);
    if (e == ERR_BUFFER_TOO_SMALL)
        SetLastError(ERROR_INSUFFICIENT_BUFFER);
    else if (e)
        win32_fail(e);
    return e == ERR_OK;
}

BOOL GetUserNameA(LPSTR lpBuffer, LPDWORD pcbBuffer)
{
    return get_user_name(FALSE, lpBuffer, pcbBuffer);
}

BOOL GetUserNameW(LPWSTR lpBuffer, LPDWORD pcbBuffer)
{
    return get_user_name(TRUE, lpBuffer, pcbBuffer);
}
