/* SPDX-License-Identifier: Apache-2.0
 * keyring.h - an acceptor's keys: a keytab, read once into memory, read again when it changed.
 */
#pragma once

#include <krb5.h>
#include <sys/stat.h>

#include "package/package.h"

struct kerberos_keyring; /* counted by reference, never changes */

/* From a->keytab_bytes, a->keytab, else the default keytab; a->principal picks one name.
 * ERR_NO_CREDENTIALS where there is no keytab, or nothing (fitting) in it. */
MUST_CHECK enum err kerberos_keyring_load(krb5_context krb, const struct acquire *a,
                                          struct kerberos_keyring **ret);
/* Of this key alone: a session key, by which tickets of user-to-user are sealed. */
MUST_CHECK enum err kerberos_keyring_of_key(krb5_context krb, krb5_principal name,
                                            const krb5_keyblock *key,
                                            struct kerberos_keyring **ret);
struct kerberos_keyring *kerberos_keyring_ref(struct kerberos_keyring *k);
void kerberos_keyring_unref(krb5_context krb, struct kerberos_keyring *k); /* accepts NULL */

krb5_keytab kerberos_keyring_keytab(const struct kerberos_keyring *k);
const char *kerberos_keyring_name(const struct kerberos_keyring *k); /* where it was read */
/* True when the file it was read from is no longer as it was. */
bool kerberos_keyring_stale(const struct kerberos_keyring *k);
/* The first name in it, NULL for none. */
const char *kerberos_keyring_first(const struct kerberos_keyring *k);
/* The first that is no service's: what an account itself is called. NULL for none. */
const char *kerberos_keyring_account(const struct kerberos_keyring *k);
/* The highest version held for a name, written as krb5_unparse_name writes it; 0: none. */
uint32_t kerberos_keyring_kvno(const struct kerberos_keyring *k, const char *name);
bool kerberos_keyring_holds(const struct kerberos_keyring *k, const char *name, uint32_t kvno,
                            int32_t enctype);
/* "HTTP/web1@R, host/web1@R", as far as it fits. */
void kerberos_keyring_list(const struct kerberos_keyring *k, char *to, size_t size);
