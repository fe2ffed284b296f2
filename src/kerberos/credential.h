/* SPDX-License-Identifier: Apache-2.0
 * credential.h - one set of credentials: its configuration, its tickets, its keys.
 *
 * As on Windows, acquiring with a password (or a keytab for the client side) asks no KDC: a wrong
 * one shows when the first context is made. A ticket cache is read when acquired, and again once
 * its tickets have expired; it is never written: service tickets go into a cache in memory.
 *
 * A krb5_context serves one thread at a time, so a credential keeps a few and lends them. Tickets,
 * principals, memory caches and memory keytabs belong to no krb5_context and are shared.
 */
#pragma once

#include <krb5.h>
#include <pthread.h>

#include "kerberos/keyring.h"
#include "kerberos/profile.h"

enum { KERBEROS_CONTEXTS_KEPT = 8, KERBEROS_TICKETS_KEPT = 64 };

/* A service ticket and the name it was asked for by; counted by reference, never changes. */
struct kerberos_ticket {
    int refs;
    char *target;          /* as the caller wrote it */
    char *client, *server; /* "user@REALM", "HTTP/web1.example.com@REALM" */
    krb5_creds *creds;
    int32_t enctype;        /* of the service's key */
    struct buf authdata[2]; /* encoded target name: without and with channel bindings */
};

enum kerberos_source {
    KERBEROS_SOURCE_NONE, /* acceptor only */
    KERBEROS_SOURCE_PASSWORD,
    KERBEROS_SOURCE_KEYTAB,
    KERBEROS_SOURCE_CACHE,
    KERBEROS_SOURCE_DELEGATED,
};

struct kerberos_credential {
    struct kerberos_profile *profile;
    pthread_mutex_t lock; /* of what follows up to logon; held for moments */
    krb5_context idle[KERBEROS_CONTEXTS_KEPT];
    size_t idle_count;
    struct kerberos_ticket *ticket[KERBEROS_TICKETS_KEPT];
    size_t next_ticket;
    struct kerberos_keyring *keys; /* NULL: not an acceptor */
    time_t tgt_end;                /* 0: not logged on yet */
    krb5_timestamp clock_offset;   /* the KDC's clock less ours; also read without the lock */

    pthread_mutex_t logon; /* one logon at a time */
    enum kerberos_source source;
    krb5_ccache cache;        /* MEMORY: of our own; NULL: no client side */
    krb5_principal principal; /* the client; may get its canonical form at logon */
    char *name;               /* the same as text */
    char *password;           /* secret memory: a forked child finds it empty */
    size_t password_size;
    char *cache_name;
    struct kerberos_keyring *client_keys;

    enum credential_use use;
    char *keytab, *keytab_principal; /* to read the keytab again; NULL: the default */
};

MUST_CHECK enum err kerberos_credential_acquire(const struct acquire *a,
                                                struct kerberos_credential **ret);
void kerberos_credential_free(struct kerberos_credential *c); /* accepts NULL */
/* Of tickets a client handed over: configuration and keys as those of from. */
MUST_CHECK enum err kerberos_credential_delegated(struct kerberos_credential *from,
                                                  krb5_creds *const *creds,
                                                  struct kerberos_credential **ret);

/* Lends a krb5_context; every take is followed by a put. */
MUST_CHECK enum err kerberos_credential_take(struct kerberos_credential *c, krb5_context *ret);
void kerberos_credential_put(struct kerberos_credential *c, krb5_context krb); /* accepts NULL */

/* The acceptor's keys, for the caller to unref; fresh: read the file again if it has changed. */
MUST_CHECK enum err kerberos_credential_keys(struct kerberos_credential *c, krb5_context krb,
                                             bool fresh, struct kerberos_keyring **ret);
/* Sees to it that the client side has a valid ticket-granting ticket. */
MUST_CHECK enum err kerberos_credential_logon(struct kerberos_credential *c, krb5_context krb);
/* A ticket for a target, from memory or the KDC; returned with kerberos_ticket_unref. */
MUST_CHECK enum err kerberos_ticket_get(struct kerberos_credential *c, krb5_context krb,
                                        const char *target, struct kerberos_ticket **ret);
/* The service has no key for it: the next kerberos_ticket_get asks the KDC again. */
void kerberos_ticket_forget(struct kerberos_credential *c, krb5_context krb,
                            const struct kerberos_ticket *t);
void kerberos_ticket_unref(krb5_context krb, struct kerberos_ticket *t); /* accepts NULL */
