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

#include "kerberos/evidence.h"
#include "kerberos/keyring.h"
#include "kerberos/profile.h"

enum { KERBEROS_CONTEXTS_KEPT = 8, KERBEROS_TICKETS_KEPT = 64, KERBEROS_CLIENTS_KEPT = 64 };

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
    KERBEROS_SOURCE_PROXY, /* S4U2proxy: somebody acts for the client */
};

struct kerberos_credential {
    int refs; /* atomic */
    struct kerberos_profile *profile;
    pthread_mutex_t lock; /* of what follows up to logon; held for moments */
    krb5_context idle[KERBEROS_CONTEXTS_KEPT];
    size_t idle_count;
    struct kerberos_ticket *ticket[KERBEROS_TICKETS_KEPT];
    size_t next_ticket;
    struct kerberos_keyring *keys;     /* NULL: not an acceptor */
    time_t tgt_end;                    /* 0: not logged on yet */
    krb5_timestamp clock_offset;       /* the KDC's clock less ours; also read without the lock */
    struct kerberos_credential *actor; /* acceptor: the client's side of its keys, once wanted */
    struct kerberos_evidence *client[KERBEROS_CLIENTS_KEPT]; /* by S4U2self */
    size_t next_client;

    pthread_mutex_t logon; /* one logon at a time */
    enum kerberos_source source;
    krb5_ccache cache;        /* MEMORY: of our own; NULL: no client side */
    krb5_principal principal; /* the client; may get its canonical form at logon */
    char *name;               /* the same as text */
    char *password;           /* secret memory: a forked child finds it empty */
    size_t password_size;
    char *cache_name;
    struct kerberos_keyring *client_keys;

    struct kerberos_credential *service; /* KERBEROS_SOURCE_PROXY: who acts, */
    struct kerberos_evidence *evidence;  /* and what shows for whom */

    enum credential_use use;
    char *keytab, *keytab_principal; /* to read the keytab again; NULL: the default */
};

MUST_CHECK enum err kerberos_credential_acquire(const struct acquire *a,
                                                struct kerberos_credential **ret);
struct kerberos_credential *kerberos_credential_ref(struct kerberos_credential *c);
/* Gives one reference back; accepts NULL. */
void kerberos_credential_free(struct kerberos_credential *c);
/* Of tickets a client handed over: configuration and keys as those of from. */
MUST_CHECK enum err kerberos_credential_delegated(struct kerberos_credential *from,
                                                  krb5_creds *const *creds,
                                                  struct kerberos_credential **ret);
/* The client's side of an acceptor's keys: of the account called name. */
MUST_CHECK enum err kerberos_credential_of_keys(struct kerberos_credential *from,
                                                struct kerberos_keyring *keys, const char *name,
                                                struct kerberos_credential **ret);
/* Of evidence's client, for whom service acts; both are kept. */
MUST_CHECK enum err kerberos_credential_proxy(struct kerberos_credential *service,
                                              struct kerberos_evidence *evidence,
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
/* One that whoever holds second, a ticket-granting ticket, can open: user-to-user. Not kept. */
MUST_CHECK enum err kerberos_ticket_get_user(struct kerberos_credential *c, krb5_context krb,
                                             const char *target, struct bytes second,
                                             struct kerberos_ticket **ret);
/* The service has no key for it: the next kerberos_ticket_get asks the KDC again. */
void kerberos_ticket_forget(struct kerberos_credential *c, krb5_context krb,
                            const struct kerberos_ticket *t);
void kerberos_ticket_unref(krb5_context krb, struct kerberos_ticket *t); /* accepts NULL */
