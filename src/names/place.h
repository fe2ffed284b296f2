/* SPDX-License-Identifier: Apache-2.0
 * place.h - where a domain keeps what is found by name: one container for each kind of service.
 */
#pragma once

#include "base/bytes.h"

enum place {
    PLACE_WINSOCK, /* CN=WinsockServices,CN=System,<domain> */
    PLACE_RPC,     /* CN=RpcServices,CN=System,<domain> */
};

enum { PLACE_NAME_MOST = 64 }; /* UTF-16 units of a cn: the schema's rangeUpper */

/* The container in the domain with that DN. mem_free. */
MUST_CHECK enum err place_dn(enum place which, const char *domain_dn, char **ret);
/* The DN of the object of that name in it, every character escaped that needs it. mem_free.
 * ERR_INVALID_PARAMETER for an empty name, ERR_TOO_LONG for one beyond PLACE_NAME_MOST,
 * ERR_MALFORMED for what is not UTF-8. */
MUST_CHECK enum err place_entry(enum place which, const char *domain_dn, const char *name,
                                char **ret);
/* As place_entry, of an object below another one (an element of an RPC entry). mem_free. */
MUST_CHECK enum err place_below(const char *parent_dn, const char *name, char **ret);
/* Only that: ERR_OK, or why name is none. */
MUST_CHECK enum err place_name_check(const char *name);
/* The name of the object dn stands for: the value of its first part, unescaped. mem_free. */
MUST_CHECK enum err place_name(const char *dn, char **ret);
/* Whether dn is an object directly in the container. */
bool place_holds(enum place which, const char *domain_dn, const char *dn);
