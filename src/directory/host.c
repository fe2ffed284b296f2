/* SPDX-License-Identifier: Apache-2.0
 * host.c - what this host is called, without asking anybody.
 */
#include "directory/host.h"

#include <ctype.h>
#include <netdb.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"

enum { HOST_NAME_MOST = 255, NETBIOS_MOST = 15 };

/* The system's files may complete a short name ("127.0.1.1 web1.example.com web1"). */
static char *complete(const char *name)
{
    struct addrinfo hints = { .ai_flags = AI_CANONNAME, .ai_socktype = SOCK_STREAM }, *list = NULL;
    char *full = NULL;

    if (getaddrinfo(name, NULL, &hints, &list) == 0 && list->ai_canonname &&
        strchr(list->ai_canonname, '.'))
        full = mem_strdup(list->ai_canonname);
    if (list)
        freeaddrinfo(list);
    return full ? full : mem_strdup(name);
}

/* COUNTERSIGN_HOSTNAME is for hosts that are called otherwise in the domain than in /etc, such as
 * the one a private domain for trying out is told about. */
enum err host_dns_name(char **ret)
{
    const char *set = getenv("COUNTERSIGN_HOSTNAME");
    char name[HOST_NAME_MOST + 1] = "", *full;
    size_t i;

    if (set && *set) {
        full = mem_strdup(set);
    } else {
        if (gethostname(name, sizeof name - 1) || !*name)
            return detail_fail(ERR_NOT_FOUND, "this host has no name");
        full = strchr(name, '.') ? mem_strdup(name) : complete(name);
    }
    if (!full)
        return ERR_NO_MEMORY;
    for (i = 0; full[i]; i++)
        full[i] = (char)tolower((unsigned char)full[i]);
    *ret = full;
    return ERR_OK;
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
