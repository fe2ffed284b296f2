/* SPDX-License-Identifier: Apache-2.0
 * rpc_caller.h - what our clients of other servers share: a binding, and ends of a program.
 */
#pragma once

#include <countersign/rpc.h>

/* "none", "kerberos" or "negotiate", and 1 to 6, of a command line. */
struct caller_security {
    const char *spn;
    ULONG service;
    ULONG level;
};

void caller_security_parse(const char *spn, const char *service, const char *level,
                           struct caller_security *ret);

/* The binding of "ncacn_ip_tcp:ADDRESS[PORT]", secured so. */
RPC_BINDING_HANDLE caller_bind(const char *string_binding, const struct caller_security *security);

/* Ends the program with the status, its text and the library's detail. */
void caller_must(const char *what, RPC_STATUS status);
_Noreturn void caller_wrong(const char *what);
static inline void caller_check(const char *what, int holds)
{
    if (!holds)
        caller_wrong(what);
}

/* A Windows string as UTF-8, in one of a few static blocks. */
const char *caller_text(const WCHAR *text);
const char *caller_text_of(const WCHAR *text, size_t units);
