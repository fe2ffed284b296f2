/* SPDX-License-Identifier: Apache-2.0
 * key_account.h - accounts as those see them who publish keys in mSMQSignCertificates, and those
 * who look them up there.
 *
 * Read and written on a writable domain controller of the account's own domain alone: a global
 * catalog does not have the attribute, and a read-only controller may be anybody's who has it.
 */
#pragma once

#include "base/sid.h"
#include "directory/session.h"

struct key_account {
    char *dn, *name; /* name: sAMAccountName */
    struct sid sid;
    bool disabled;           /* by userAccountControl, or accountExpires is over; not by lockout */
    struct buf certificates; /* mSMQSignCertificates, whole; empty: none */
    struct buf *digest;      /* mSMQDigests */
    size_t digest_count;
};

enum key_account_by {
    KEY_ACCOUNT_SELF, /* whom the session is bound as */
    KEY_ACCOUNT_NAME, /* as account_find, a SID also of another domain of the forest */
    KEY_ACCOUNT_SPN,
};

/* now: seconds since 1970. ERR_NO_OBJECT, ERR_AMBIGUOUS (of an SPN: nobody is to be believed);
 * ERR_UNTRUSTED where the server may not write; ERR_ACCESS_DENIED where it does not tell whether
 * the account is disabled. */
MUST_CHECK enum err key_account_read(struct session *s, enum key_account_by by, const char *name,
                                     int64_t now, struct key_account *ret) SHARED(key_account_read);
void key_account_done(struct key_account *a) SHARED(key_account_done);

/* One modify: what was there goes, the new comes. gone and come are values of mSMQDigests; those
 * that are not named stay. ERR_OUT_OF_SEQUENCE: it has changed since it was read. */
struct key_account_change {
    struct bytes certificates; /* empty: the attribute goes */
    const struct bytes *gone, *come;
    size_t gone_count, come_count;
};
MUST_CHECK enum err key_account_write(struct session *s, const struct key_account *was,
                                      const struct key_account_change *c) SHARED(key_account_write);

/* Who else may write the attribute, by the account's security descriptor. */
struct key_account_writer {
    struct sid sid;
    char *name; /* NULL: not known */
};
MUST_CHECK enum err key_account_writers(struct session *s, const struct key_account *a,
                                        struct key_account_writer **ret, size_t *ret_count)
    SHARED(key_account_writers);
void key_account_writers_free(struct key_account_writer *w, size_t n)
    SHARED(key_account_writers_free);
