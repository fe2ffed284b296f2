/* SPDX-License-Identifier: Apache-2.0
 * package.h - what a security package is: one const struct of functions.
 *
 * sspi/ holds the table of packages and is the only caller, but for Negotiate, which is handed
 * its candidates as a list. No Windows type appears here; the doors convert.
 *
 * Threads: a credential may be used by many contexts at once. A context's initiate, accept and
 * free are called by one thread at a time (sspi/ sees to that); the message functions may be
 * called by several at once, and each package locks per direction.
 */
#pragma once

#include <time.h>

#include "package/message.h"

struct identity;
struct package;

enum { NAME_MAX_BYTES = 1024, PACKAGES_MAX = 8 };

/* What a context is asked for and what it got; the doors map ISC_REQ_ and ASC_REQ_ to these. */
enum context_flag {
    CONTEXT_DELEGATE = 1 << 0,
    CONTEXT_MUTUAL = 1 << 1,
    CONTEXT_REPLAY = 1 << 2,
    CONTEXT_SEQUENCE = 1 << 3,
    CONTEXT_CONFIDENTIALITY = 1 << 4,
    CONTEXT_INTEGRITY = 1 << 5,
    CONTEXT_DCE_STYLE = 1 << 6,
    CONTEXT_IDENTIFY = 1 << 7,
    CONTEXT_EXTENDED_ERROR = 1 << 8,
    CONTEXT_USE_SESSION_KEY = 1 << 9, /* user-to-user */
    CONTEXT_CONNECTION = 1 << 10,
    CONTEXT_DATAGRAM = 1 << 11,
    CONTEXT_STREAM = 1 << 12,
    CONTEXT_NO_INTEGRITY = 1 << 13,
    CONTEXT_NULL_SESSION = 1 << 14,
    CONTEXT_ALLOW_MISSING_BINDINGS = 1 << 15,
    CONTEXT_UNVERIFIED_TARGET_NAME = 1 << 16,
};

enum credential_use { CREDENTIAL_INBOUND = 1, CREDENTIAL_OUTBOUND = 2, CREDENTIAL_BOTH = 3 };

/* Who, and from where. All borrowed for the call; everything may be NULL or empty. */
struct acquire {
    const char *principal; /* the credential's name, where a cache or keytab holds several */
    enum credential_use use;
    const char *user, *domain, *password; /* domain may be DNS or NetBIOS, user a UPN */
    const char *packages;                 /* Negotiate's list: "Kerberos,!NTLM" */
    const char *ccache;                   /* "FILE:/tmp/krb5cc_0"; NULL: the user's default */
    const char *keytab;                   /* "FILE:/etc/krb5.keytab"; NULL: the default */
    struct bytes keytab_bytes;            /* a keytab's content, instead of keytab */
    const char *profile;                  /* a krb5.conf for this credential alone */
    const char *realm;                    /* default realm of this credential alone */
    const char *kdc;                      /* "ADDRESS[:PORT],..." for realm, before any look-up */
};

/* Channel bindings, RFC 2743 1.1.6; only what was present is non-empty. */
struct bindings {
    bool present;
    uint32_t initiator_type, acceptor_type;
    struct bytes initiator, acceptor, application;
};

struct leg_in {
    struct bytes token; /* the peer's; empty on an initiator's first leg */
    const char *target; /* initiator: the SPN, taken literally */
    uint32_t flags;     /* enum context_flag */
    struct bindings bindings;
};

struct leg_out {
    struct buf token; /* for the peer; may be empty; set on failure too where an error token goes */
    bool done;        /* else another leg is needed */
    uint32_t flags;   /* as granted, valid at least when done */
    time_t expiry;
};

struct credential_info {
    char *name; /* mem_free; "user@REALM" */
    time_t expiry;
};

struct context_sizes {
    uint32_t max_token, max_signature, block, trailer;
};

/* What a context can tell about itself. Strings belong to the context and live as long. */
struct context_info {
    const struct package *package; /* the one that does the work: Kerberos under Negotiate */
    bool established, initiator;
    uint32_t flags;
    time_t start, expiry;
    struct context_sizes sizes;
    const char *client, *server; /* "user@REALM", "HTTP/web1.example.com@REALM" */
    const char *authority;       /* the KDC's realm */
    const char *target;          /* acceptor: the target the client authenticated, or NULL */
    const char *ticket_server;   /* acceptor: the ticket's server name, unauthenticated */
    struct identity *identity;   /* acceptor: the client's SIDs; NULL: none are proven */
    struct bytes session_key;
    const char *encrypt_algorithm, *sign_algorithm; /* "AES256-CTS-HMAC-SHA1-96" */
    uint32_t encrypt_type, sign_type, key_bits;     /* Kerberos numbers */
};

/* A client that is not here, for whom the KDC vouches to a service. */
struct client_logon {
    bool outbound;             /* in: whether a credential is wanted */
    char *name;                /* mem_free; "user@REALM" */
    struct identity *identity; /* NULL: no SID is proven */
    uint32_t flags;            /* CONTEXT_IDENTIFY: the KDC lets nobody act for it */
    time_t expiry;
    const struct package *package; /* of the credential */
    void *credential;              /* outbound, in the client's name; NULL where not wanted */
};

struct package {
    const char *name, *comment;
    uint16_t rpc_id;       /* RPC_C_AUTHN_* */
    uint32_t capabilities; /* SECPKG_FLAG_*, as the documentation numbers them */
    uint32_t max_token;

    /* ret_credential is opaque and freed by credential_free. candidates is for Negotiate: the
     * packages it may choose from, NULL after the last. */
    enum err (*acquire)(const struct acquire *a, const struct package *const *candidates,
                        void **ret_credential);
    enum err (*credential_query)(void *credential, struct credential_info *ret);
    void (*credential_free)(void *credential);

    /* *context is NULL at the first leg and set by it unless it fails at once; after a failure the
     * caller frees the context. The context keeps what it needs of the credential by reference
     * only while the caller holds both: sspi/ holds the credential for the context's life. */
    enum err (*initiate)(void **context, void *credential, const struct leg_in *in,
                         struct leg_out *out);
    enum err (*accept)(void **context, void *credential, const struct leg_in *in,
                       struct leg_out *out);
    void (*context_free)(void *context);
    void (*context_query)(void *context, struct context_info *ret);
    /* A credential in the client's name, of the package that did the work: of what the client
     * delegated, else one whose tickets the service asks for itself, where its domain lets it:
     * whether it does shows at the first leg. Or ERR_NO_IMPERSONATION. */
    enum err (*delegated)(void *context, const struct package **ret_package, void **ret_credential);
    /* NULL but for Negotiate: a credential of its own around one of a candidate's, which it takes
     * over on success; ERR_NO_PACKAGE where the list of packages (NULL: all) has not that one. */
    enum err (*wrap)(const struct package *p, const char *packages, void *credential,
                     void **ret_credential);
    /* NULL: the package cannot. Who a client of this service is, asked of its KDC, or at most
     * max_age seconds ago. What ret received is the caller's. */
    enum err (*logon_client)(void *credential, const char *client, uint32_t max_age,
                             struct client_logon *ret);

    /* ret_qop of verify and unseal: 0, or QOP_NO_ENCRYPT. */
    enum err (*sign)(void *context, uint32_t qop, struct message *m);
    enum err (*verify)(void *context, struct message *m, uint32_t *ret_qop);
    enum err (*seal)(void *context, uint32_t qop, struct message *m);
    enum err (*unseal)(void *context, struct message *m, uint32_t *ret_qop);
    /* Several at once, consecutive sequence numbers in array order; m[i].err says how each went. */
    void (*seal_many)(void *context, uint32_t qop, struct message *m, size_t n);
    void (*unseal_many)(void *context, struct message *m, size_t n);
};
