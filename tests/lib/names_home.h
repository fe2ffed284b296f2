/* SPDX-License-Identifier: Apache-2.0
 * names_home.h - what tests of services that are found by name share: who publishes and who asks,
 * and the names that an administrator registers for them.
 */
#pragma once

#include <countersign/names.h>
#include <countersign/ntdsapi.h>

struct names_home {
    DWORD kind; /* CS_NAMES_xxx */
    const char *service_class;
    HANDLE admin, svc, other, client;
    char svc_dn[400], other_dn[400];
};

/* Ends the test, with the record's text, where code is another. */
void expect(DWORD code, DWORD want, const char *what);

/* svc and other may publish services of the kind until names_home_leave. */
void names_home_raise(struct names_home *h, DWORD kind, const char *service_class);
void names_home_leave(struct names_home *h);

/* DN of the entry: mem_free. */
char *names_home_dn(const struct names_home *h, const char *name);
/* What an administrator does at installation; host NULL: the test's. */
void write_spn(struct names_home *h, DS_SPN_WRITE_OP op, const char *account_dn, const char *host,
               const char *name);
/* As svc, the administrator's part too. */
void publish(struct names_home *h, const CS_NAME *s);
void withdraw(struct names_home *h, const CS_NAME *s);
