/* SPDX-License-Identifier: Apache-2.0
 * policy_value.h - what some switches have beside their mode: how much, which, or who.
 *
 * Written behind the mode: "minimum-level = enforce privacy". A switch enforces, or audits, by the
 * value it has, which is the one as shipped until another is set.
 */
#pragma once

#include "base/bytes.h"
#include "base/policy.h"

/* clang-format off */
/*  of                      kind           as shipped                          greatest number */
#define POLICY_VALUE_LIST(X) \
  X(MINIMUM_LEVEL,          LEVEL,         5,                                  0) \
  X(PROVIDERS,              PROVIDERS,     POLICY_NEGOTIATE | POLICY_KERBEROS | POLICY_LOCAL, 0) \
  X(CALLBACK_IMPERSONATION, IMPERSONATION, 2,                                  0) \
  X(CALLBACK_PRINCIPALS,    NAMES,         0,                                  0) \
  X(IMPERSONATION_MAP,      PATH,          0,                                  0) \
  X(CALLBACK_SECONDS,       NUMBER,        120,                                86400) \
  X(CALLBACK_DEPTH,         NUMBER,        16,                                 64) \
  X(CLIENT_CONNECTIONS,     NUMBER,        12000,                              20000) \
  X(CLIENT_CALLS,           NUMBER,        1024,                               1000000) \
  X(CLIENT_CONTEXTS,        NUMBER,        8192,                               1000000) \
  X(CLIENT_MEMORY,          NUMBER,        1024,                               1000000) \
  X(QUEUE_LIFETIME,         NUMBER,        30,                                 36500) \
  X(QUEUE_LEVEL,            LEVEL,         5,                                  0) \
  X(QUEUE_CACHE,            NUMBER,        900,                                86400) \
  X(NAME_TRUST_CONTAINER,   TEXT,          0,                                  0) \
  X(NAME_TRUST_OWNER,       NAMES,         0,                                  0)
/* clang-format on */

enum { POLICY_NAMES_MAX = 1024 }; /* bytes of a list of names, which blanks separate */

enum policy_provider { /* bits of PROVIDERS */
                       POLICY_NEGOTIATE = 1,
                       POLICY_KERBEROS = 2,
                       POLICY_NTLM_PROVIDER = 4,
                       POLICY_LOCAL = 8,
};

extern uint32_t policy_numbers[POLICY_COUNT] SHARED(policy_numbers); /* atomic */

/* The level (RPC_C_AUTHN_LEVEL_xxx, RPC_C_IMP_LEVEL_xxx), the bits, or the number. */
static inline uint32_t policy_number(enum policy p)
{
    (void)policy_get(p); /* what is written elsewhere is read before */
    return __atomic_load_n(&policy_numbers[p], __ATOMIC_RELAXED);
}

/* Whether a name stands in the list; case does not matter. */
bool policy_names(enum policy p, const char *name) SHARED(policy_names);
/* ERR_INVALID_PARAMETER: the switch has no value, or none like that; it stays as it was. */
MUST_CHECK enum err policy_value_set(enum policy p, const char *text) SHARED(policy_value_set);
/* As it is written; "" for a switch without one. */
void policy_value_get(enum policy p, char ret[POLICY_NAMES_MAX]) SHARED(policy_value_get);

/* What a text says of a switch's value. */
MUST_CHECK enum err policy_value_parse(enum policy p, struct bytes text, uint32_t *ret_number);
/* By who reads settings: one that parses. */
void policy_value_take(enum policy p, struct bytes text, uint32_t number);
