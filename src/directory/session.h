/* SPDX-License-Identifier: Apache-2.0
 * session.h - a bound LDAP session with a domain controller: found, authenticated both ways,
 * signed and sealed. Operations on one session wait for each other; every wait ends.
 */
#pragma once

#include "base/bytes.h"

struct session;

enum {
    SESSION_TIMEOUT_MS = 10000, /* of each step, where the caller does not say */
    SESSION_TIMEOUT_MOST = 600000,
};

struct session_options {
    const char *domain;     /* DNS name; NULL: the credentials' */
    const char *server;     /* NULL: by DNS; see session_server_parse */
    const char *spn;        /* whom to expect; NULL: by the server's name */
    const void *credential; /* a PCredHandle, the caller's; NULL: see below */
    const char *user, *user_domain, *password;
    const char *keytab; /* with user: a keytab's path, instead of a password */
    const char *ca_file;
    unsigned timeout_ms;
};

/* A copy, but for the credential, which stays the caller's. After a failure, too, it is for
 * session_options_done. */
MUST_CHECK enum err session_options_keep(const struct session_options *o,
                                         struct session_options *ret) SHARED(session_options_keep);
void session_options_done(struct session_options *o) SHARED(session_options_done);

MUST_CHECK enum err session_open(const struct session_options *o, struct session **ret)
    SHARED(session_open);
void session_close(struct session *s) SHARED(session_close);
/* From any thread: what waits for the server fails with ERR_CONNECT, and so does all after it. */
void session_interrupt(struct session *s) SHARED(session_interrupt);

/* The global catalog of the same forest, with the same credentials: opened at first need, kept
 * with the session, closed with it. A session with a catalog port is its own. */
MUST_CHECK enum err session_catalog(struct session *s, struct session **ret)
    SHARED(session_catalog);

/* A session with the domain dn belongs to: s itself, or one opened with the same credentials that
 * the caller closes (*ret_own). */
MUST_CHECK enum err session_of_object(struct session *s, const char *dn, struct session **ret,
                                      bool *ret_own) SHARED(session_of_object);

/* Of the server's root entry; never NULL, but possibly empty. */
const char *session_domain_dn(const struct session *s) SHARED(session_domain_dn);
const char *session_forest_dn(const struct session *s) SHARED(session_forest_dn);
const char *session_config_dn(const struct session *s) SHARED(session_config_dn);
const char *session_host(const struct session *s) SHARED(session_host);
/* "user@REALM", whom we are bound as; NULL where the package does not say. */
const char *session_identity(const struct session *s) SHARED(session_identity);

/* For a request (search.h, change.h): the LDAP handle, held until session_give_back. */
struct ldap *session_take(struct session *s);
void session_give_back(struct session *s);
unsigned session_timeout_ms(const struct session *s) SHARED(session_timeout_ms);

enum session_scheme { SESSION_LDAP, SESSION_LDAPS };

struct session_server {
    enum session_scheme scheme;
    char *host;    /* without brackets; mem_free */
    uint16_t port; /* never 0 */
};

/* "[ldap://|ldaps://|\\]HOST[:PORT]", IPv6 in brackets or alone. */
MUST_CHECK enum err session_server_parse(const char *text, struct session_server *ret);
