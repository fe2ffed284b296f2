/* SPDX-License-Identifier: Apache-2.0
 * ldap_error.h - what libldap and a server answer, in our words.
 */
#pragma once

#include <ldap.h>

#include "base/err.h"

/* Fills the detail record with the code and the server's diagnostic message; what says the step. */
enum err ldap_failed(LDAP *ld, int code, const char *what);
