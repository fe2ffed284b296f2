/* SPDX-License-Identifier: Apache-2.0
 * binding.h - what a HANDLE of DsBind stands for.
 */
#pragma once

#include <countersign/wintypes.h>

#include "base/handle.h"
#include "directory/session.h"

/* A session held for a call. */
struct held {
    struct session *session;
    handle_id id; /* 0: opened for this call */
};

/* NULL opens a session for the call, with the caller's own credentials. */
MUST_CHECK enum err binding_hold(HANDLE hDS, struct held *ret) SHARED(binding_hold);
void binding_release(struct held *h) SHARED(binding_release);
MUST_CHECK enum err binding_new(const struct session_options *o, HANDLE *ret) SHARED(binding_new);
