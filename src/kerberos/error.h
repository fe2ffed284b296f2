/* SPDX-License-Identifier: Apache-2.0
 * error.h - what libkrb5's and the protocol's error codes are called here.
 */
#pragma once

#include <krb5.h>

#include "base/err.h"

/* Records what libkrb5 said and what to try, and gives our name for it. doing is a phrase such as
 * "asking for a ticket to HTTP/web1". ENOMEM is ERR_NO_MEMORY. */
enum err kerberos_fail(krb5_context krb, krb5_error_code code, const char *doing);
#ifdef __clang_analyzer__ /* which cannot see that a failure never comes out as ERR_OK */
#define kerberos_fail(krb, code, doing)                                                            \
    (kerberos_fail(krb, code, doing) ? ERR_INTERNAL : ERR_INTERNAL)
#endif
/* Our name alone. */
enum err kerberos_error_name(krb5_error_code code);
/* Between libkrb5's codes and those of a KRB-ERROR; what has none is KRB_ERR_GENERIC. */
uint32_t kerberos_error_to_wire(krb5_error_code code);
krb5_error_code kerberos_error_from_wire(uint32_t number);
