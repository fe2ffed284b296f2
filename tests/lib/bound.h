/* SPDX-License-Identifier: Apache-2.0
 * bound.h - somebody of the test's domain, bound to its directory with a password.
 */
#pragma once

#include <countersign/countersign.h>

#include "base/detail.h"
#include "directory/session.h"
#include "lib/unit.h"

static inline HANDLE bind_as(const char *user, const char *password)
{
    CS_DIRECTORY_OPTIONS o = { .size = sizeof o,
                               .domain = unit_env("REALM"),
                               .user = user,
                               .user_domain = unit_env("REALM"),
                               .password = password };
    HANDLE ds = NULL;

    if (CsBindDirectory(&o, &ds))
        fail_msg("binding as %s: %s", user, detail_get()->text);
    return ds;
}

static inline struct session *session_as(const char *user, const char *password)
{
    struct session_options o = { .domain = unit_env("REALM"),
                                 .user = user,
                                 .user_domain = unit_env("REALM"),
                                 .password = password };
    struct session *s = NULL;

    if (session_open(&o, &s))
        fail_msg("binding as %s: %s", user, detail_get()->text);
    return s;
}
