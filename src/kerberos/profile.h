/* SPDX-License-Identifier: Apache-2.0
 * profile.h - the configuration libkrb5 sees, one for each credential: never the process's.
 *
 * Over the user's krb5.conf (or the one given, or none: a missing or broken file matters to
 * nobody) lie our rules: names are never canonicalized by DNS, and KDCs are found by our own
 * resolver and handed over as addresses. Counted by reference; any thread may use it.
 */
#pragma once

#include <krb5.h>

#include "package/package.h"

struct kerberos_profile;

MUST_CHECK enum err kerberos_profile_new(const struct acquire *a, struct kerberos_profile **ret);
struct kerberos_profile *kerberos_profile_ref(struct kerberos_profile *p);
void kerberos_profile_unref(struct kerberos_profile *p); /* accepts NULL */

/* A krb5_context that sees this configuration and keeps a reference to it. */
MUST_CHECK enum err kerberos_profile_context(struct kerberos_profile *p, krb5_context *ret);
/* "192.0.2.1:88 192.0.2.2:88": whom a request to this realm is sent to, as far as is known. */
void kerberos_profile_kdcs(struct kerberos_profile *p, const char *realm, char *to, size_t size);
