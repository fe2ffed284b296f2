/* SPDX-License-Identifier: Apache-2.0
 * entry.h - what an administrator does once for a service that is to be found by name.
 */
#pragma once

#include <stdbool.h>

#include <names.h>

struct entry {
    DWORD rights;          /* to create which kinds of objects: CS_NAMES_xxx */
    const char *container; /* of the domain's CN=System: "WinsockServices", "RpcServices" */
    const char *name;      /* of letters and digits, which nobody need escape */
    const char *service_class;
};

/* "Echo/host1.example.com/CN=Echo,CN=WinsockServices,CN=System,DC=example,DC=com", of this host and
 * the domain of that DN: by this name clients ask for the service. An array of one, freed with
 * DsFreeSpnArray; NULL after it has printed why not. */
char **entry_spn(const struct entry *e, const char *domain);

/* Lets the account create the entry, and gives it the entry's name. False after printing why not.
 */
bool entry_install(const struct entry *e, const char *account, const char *domain);
bool entry_uninstall(const struct entry *e, const char *account, const char *domain);
