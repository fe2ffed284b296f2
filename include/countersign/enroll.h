/* SPDX-License-Identifier: Apache-2.0
 * enroll.h - keys for queued messages: made, published in the directory, rotated, revoked.
 *
 * Countersign's own functions; text is UTF-8. An account has on each host a pair of keys that
 * signs and one that agrees. The private halves lie in a file that only the account may read, named
 * by COUNTERSIGN_QUEUE_KEYS, else the credential "countersign-queue-keys" of the service manager,
 * else /var/lib/countersign/queue.keys of root and ~/.local/state/countersign/queue.keys of
 * others. The public halves stand in a certificate among the account's mSMQSignCertificates, from
 * where whoever seals a message to it or verifies one of it takes them.
 *
 * A HANDLE is that of DsBind (ntdsapi.h) or CsBindDirectory (scp.h); NULL binds for the call with
 * the caller's own credentials. Why a call failed: CsGetErrorDetail (countersign.h).
 */
#ifndef COUNTERSIGN_ENROLL_H
#define COUNTERSIGN_ENROLL_H

#include "cslink.h"
#include "winerror.h"
#include "wintypes.h"

CS_EXTERN_C_BEGIN

typedef enum _CS_CERT_STATE {
    CS_CERT_CURRENT, /* sealed to, and signed with */
    CS_CERT_RETIRED, /* rotated, or past its end: verifies what it signed, a day longer
                        than policy queue-lifetime lets messages live */
    CS_CERT_OVER,    /* of no use any more; goes with the next change */
    CS_CERT_EARLY,   /* begins later */
    CS_CERT_FOREIGN, /* says another account: somebody else put it there; not used */
    CS_CERT_BROKEN   /* is marked as one, and is none; not used */
} CS_CERT_STATE;

/* A certificate as the account publishes it; freed with CsCertFree. */
typedef struct _CS_CERT {
    CS_CERT_STATE state;
    char *id;      /* 32 hexadecimal digits */
    char *host;    /* "" of a broken one, as the next three */
    char *account; /* the SID in it, as text */
    char *signing; /* ids of the two keys, as messages name them */
    char *agreement;
    LONGLONG not_before; /* seconds since 1970 */
    LONGLONG not_after;
    LONGLONG retired; /* when another took its place; 0: none has */
    BOOL here;        /* this process may read its private keys */
} CS_CERT, *PCS_CERT;

/* Everything but size may stay zero. */
typedef struct _CS_CERT_OPTIONS {
    DWORD size;
    DWORD days;       /* the certificate is valid; 0: 365 */
    BOOL replace;     /* enroll although keys of this host are published: theirs retire */
    const char *host; /* DNS name; NULL: this host */
    const char *file; /* of the private keys; NULL: as above */
} CS_CERT_OPTIONS, *PCS_CERT_OPTIONS;

/* Which certificates: host, or id, or all of them. */
typedef struct _CS_CERT_SELECTION {
    DWORD size;
    BOOL all;
    const char *account; /* a name, DN or SID; NULL: the one hDS is bound as */
    const char *host;
    const char *id;   /* or its first digits */
    const char *file; /* as in CS_CERT_OPTIONS */
} CS_CERT_SELECTION, *PCS_CERT_SELECTION;

/* CsCertEnroll - make keys for this account on this host, and publish them.
 *
 * The account is the one hDS is bound as. The private keys are on disk before the certificate is
 * published. What an interrupted call left is finished by the next. cert may be NULL.
 *
 * Returns: ERROR_SUCCESS; ERROR_ALREADY_EXISTS (this account has keys here, or some are published
 * for this host, and replace is not set); ERROR_ACCESS_DENIED (the file may be read by others, is
 * the service manager's, or the directory refuses); ERROR_INVALID_PARAMETER; ERROR_INVALID_DATA
 * (the attribute or the file is damaged); and what DsBind returns. Threads: safe; one call at a
 * time changes a file. Source: enroll.h
 */
DWORD CsCertEnroll(HANDLE hDS, const CS_CERT_OPTIONS *options, CS_CERT **cert)
    CS_EXPORT(CsCertEnroll);

/* CsCertRotate - new keys in place of those this account has here.
 *
 * What is sealed to the old agreement key can be opened as long as policy queue-lifetime lets a
 * message live and a day more, 31 days as shipped; then it is destroyed by the next rotation. The
 * old signing key is destroyed at once; its certificate stays published so
 * that what it signed verifies. A rotation is no revocation. cert may be NULL.
 *
 * Returns: as CsCertEnroll; ERROR_NOT_FOUND (none are enrolled here).
 * Threads: safe; one call at a time changes a file.
 * Source: enroll.h
 */
DWORD CsCertRotate(HANDLE hDS, const CS_CERT_OPTIONS *options, CS_CERT **cert)
    CS_EXPORT(CsCertRotate);

/* CsCertRevoke - take certificates back.
 *
 * Messages signed with them are refused as soon as the receiver asks the directory again: after 15
 * minutes at the latest. Of the private keys here the signing key is destroyed; the other opens
 * what was sealed to it meanwhile, as after a rotation. Certificates of other programs stay.
 * *count, if given, receives how many went.
 *
 * Returns: ERROR_SUCCESS; ERROR_NOT_FOUND (there is no such certificate); ERROR_INVALID_PARAMETER;
 * ERROR_ACCESS_DENIED; ERROR_DS_NO_SUCH_OBJECT (no such account); and what DsBind returns.
 * Threads: safe; one call at a time changes a file.
 * Source: enroll.h
 */
DWORD CsCertRevoke(HANDLE hDS, const CS_CERT_SELECTION *which, DWORD *count)
    CS_EXPORT(CsCertRevoke);

/* CsCertList - what an account publishes.
 *
 * account: a name, DN or SID; NULL: the one hDS is bound as. Read from a writable domain controller
 * of its domain. *others, if given, receives how many certificates of other programs stand beside
 * them. Freed with CsCertFree.
 *
 * Returns: ERROR_SUCCESS (*count may be 0); ERROR_INVALID_PARAMETER; ERROR_DS_NO_SUCH_OBJECT;
 * ERROR_INVALID_DATA (the attribute holds something else); and what DsBind returns.
 * Threads: safe.
 * Source: enroll.h
 */
DWORD CsCertList(HANDLE hDS, const char *account, CS_CERT **certs, DWORD *count, DWORD *others)
    CS_EXPORT(CsCertList);

/* CsCertFree - free what the functions above gave.
 *
 * NULL is allowed.
 *
 * Threads: safe.
 * Source: enroll.h
 */
VOID CsCertFree(CS_CERT *certs, DWORD count) CS_EXPORT(CsCertFree);

/* Somebody who may write an account's mSMQSignCertificates. */
typedef struct _CS_CERT_WRITER {
    char *sid;
    char *name; /* NULL: not known in the account's domain */
} CS_CERT_WRITER, *PCS_CERT_WRITER;

/* CsCertWriters, CsCertWritersFree - who else may publish keys in an account's name.
 *
 * By the security descriptor of the account's object: who may write the attribute, change the
 * descriptor, or own the object. Members of groups are not listed one by one. account as in
 * CsCertList. Freed with CsCertWritersFree.
 *
 * Returns: ERROR_SUCCESS (*count may be 0); ERROR_INVALID_PARAMETER; ERROR_DS_NO_SUCH_OBJECT;
 * ERROR_ACCESS_DENIED (the descriptor cannot be read); and what DsBind returns.
 * Threads: safe.
 * Source: enroll.h
 */
DWORD CsCertWriters(HANDLE hDS, const char *account, CS_CERT_WRITER **writers, DWORD *count)
    CS_EXPORT(CsCertWriters);
VOID CsCertWritersFree(CS_CERT_WRITER *writers, DWORD count) CS_EXPORT(CsCertWritersFree);

CS_EXTERN_C_END

#endif
