/* SPDX-License-Identifier: Apache-2.0
 * policy.h - the switches where a default of ours may differ from Windows'.
 *
 * A rule is off (behave as Windows), audited (allow, and log who would have been refused) or
 * enforced. What a program sets goes before COUNTERSIGN_POLICY=name=mode,..., and that before the
 * file COUNTERSIGN_CONFIG names, else /etc/countersign.conf; an empty name: no file. Both are read
 * once. A word that is not understood enforces, and is logged with its line; so does everything
 * where the file may not be trusted, or a file that was named is not there.
 */
#pragma once

#include <stdbool.h>

#include "base/err.h"

/* clang-format off */
/*  name          written         as shipped   the rule when enforced */
#define POLICY_LIST(X) \
  X(NTLM,         "ntlm",           ENFORCE,  "NTLM is refused") \
  X(REQUIRE_SPN,  "require-spn",    ENFORCE,  "a client names the server principal it expects") \
  X(TARGET_NAME,  "target-name",    AUDIT,    "a client authenticates the target name") \
  X(RC4,          "rc4",            AUDIT,    "RC4 tickets and session keys are refused") \
  X(SPN_DUPLICATES, "spn-duplicates", ENFORCE, "a service principal name held by another account is refused") \
  X(ANONYMOUS,    "anonymous",      ENFORCE,  "callers without authentication are refused by interfaces that do not ask for them") \
  X(CONTEXT_IDENTITY, "context-identity", ENFORCE, "a context handle is its creator's alone") \
  X(CONNECT_LEVEL, "connect-level", AUDIT,  "callers who authenticated have their messages signed at least") \
  X(NDR64,        "ndr64",          OFF,      "RPC calls are made and served in NDR alone") \
  X(EXTENDED_ERRORS, "extended-errors", ENFORCE, "extended error information stays in its process") \
  X(MINIMUM_LEVEL, "minimum-level", OFF,    "callers are authenticated at that level at least") \
  X(PROVIDERS,    "providers",      OFF,    "callers authenticate by one of these providers") \
  X(GUESTS,       "guests",         OFF,    "callers who are guests are refused") \
  X(CALLBACK_IMPERSONATION, "callback-impersonation", OFF, "a client is called back only where it lets its server impersonate it no further") \
  X(CALLBACK_PRINCIPALS, "callback-principals", OFF, "callbacks are made to these principals, and taken from them, alone") \
  X(CALLBACK_SECONDS, "callback-seconds", ENFORCE, "a callback is answered in time") \
  X(CALLBACK_DEPTH, "callback-depth", ENFORCE, "calls stand in each other's callbacks no deeper") \
  X(IMPERSONATION_MAP, "impersonation-map", AUDIT, "a client is impersonated only as the local account that the map says it is") \
  X(HEARSAY_SPN,  "hearsay-spn",    AUDIT,  "a client expects no principal that a server named itself") \
  X(SPN_HOST,     "spn-host",       AUDIT,  "a client expects a server of the host it connects to") \
  X(CLIENT_CONNECTIONS, "client-connections", ENFORCE, "a caller has no more connections to a process") \
  X(CLIENT_CALLS, "client-calls",   ENFORCE, "a caller has no more calls under way") \
  X(CLIENT_CONTEXTS, "client-contexts", ENFORCE, "a caller has no more context handles") \
  X(CLIENT_MEMORY, "client-memory", ENFORCE, "a caller's calls hold no more memory") \
  X(SELF_REPORT,  "self-report",    OFF,      "a server tells nobody from inside how it is set") \
  X(QUEUE_LIFETIME, "queue-lifetime", ENFORCE, "a queued message lives no more days") \
  X(QUEUE_LEVEL,  "queue-level",    ENFORCE,  "a message out of a queue is authenticated at that level at least") \
  X(QUEUE_CACHE,  "queue-cache",    ENFORCE,  "what is known of queued calls' senders counts no more seconds") \
  X(QUEUE_SIGNATURES, "queue-signatures", OFF, "a queued message has a signature of its own") \
  X(NAME_TRUST_CONTAINER, "name-trust-container", OFF, "addresses out of the directory are of objects below that container") \
  X(NAME_TRUST_OWNER, "name-trust-owner", OFF, "addresses out of the directory are of objects that these own, or their members")
/* clang-format on */

enum policy {
#define POLICY_NAME(name, written, shipped, rule) POLICY_##name,
    POLICY_LIST(POLICY_NAME)
#undef POLICY_NAME
        POLICY_COUNT
};

enum { POLICY_DOUBTS_MAX = 2048 }; /* octets of what policy_doubts says */

enum policy_mode { POLICY_OFF, POLICY_AUDIT, POLICY_ENFORCE };

/* Read by every call, so without one. */
extern int policy_modes[POLICY_COUNT] SHARED(policy_modes); /* atomic */
extern bool policy_loaded SHARED(policy_loaded);            /* atomic */
void policy_load(void) SHARED(policy_load);

static inline enum policy_mode policy_get(enum policy p)
{
    if (!__atomic_load_n(&policy_loaded, __ATOMIC_ACQUIRE))
        policy_load();
    return (enum policy_mode)__atomic_load_n(&policy_modes[p], __ATOMIC_RELAXED);
}

void policy_set(enum policy p, enum policy_mode mode) SHARED(policy_set);
const char *policy_written(enum policy p) SHARED(policy_written);
const char *policy_rule(enum policy p) SHARED(policy_rule);
/* What of the file and the environment was not understood, a line each; "": nothing. Constant. */
const char *policy_doubts(void) SHARED(policy_doubts);
/* "rc4" -> POLICY_RC4; "audit" -> POLICY_AUDIT. */
MUST_CHECK enum err policy_parse(const char *name, enum policy *ret) SHARED(policy_parse);
MUST_CHECK enum err policy_mode_parse(const char *word, enum policy_mode *ret)
    SHARED(policy_mode_parse);

/* True when the rule forbids; under audit logs "policy rc4 would refuse <who>" and allows. What the
 * text is made of is not evaluated where the rule is off. */
bool policy_forbids(enum policy p, const char *fmt, ...) SHARED(policy_forbids) SELDOM
    __attribute__((format(printf, 2, 3)));
#define policy_forbids(p, ...) (policy_get(p) != POLICY_OFF && (policy_forbids)(p, __VA_ARGS__))
