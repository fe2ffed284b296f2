/* SPDX-License-Identifier: Apache-2.0
 * err.h - the one error type, and what each error is called at every door.
 *
 * A door expands ERR_LIST with the column it needs, after including <countersign/winerror.h>.
 * What an acceptor would report as SEC_E_xxx stands in the second column, the Win32 code of the
 * directory functions in the third.
 */
#pragma once

#include "base/link.h"

#define MUST_CHECK __attribute__((warn_unused_result))

/* clang-format off */
/*  name               SECURITY_STATUS               Win32                           text */
#define ERR_LIST(X) \
  X(OK,                SEC_E_OK,                     ERROR_SUCCESS,                  "success") \
  X(NO_MEMORY,         SEC_E_INSUFFICIENT_MEMORY,    ERROR_NOT_ENOUGH_MEMORY,        "out of memory") \
  X(TRUNCATED,         SEC_E_INVALID_TOKEN,          ERROR_INVALID_DATA,             "message ends too early") \
  X(MALFORMED,         SEC_E_INVALID_TOKEN,          ERROR_INVALID_DATA,             "message breaks its format") \
  X(TOO_LONG,          SEC_E_INVALID_TOKEN,          ERROR_INVALID_DATA,             "longer than its limit") \
  X(UNEXPECTED,        SEC_E_OUT_OF_SEQUENCE,        ERROR_INVALID_DATA,             "message not allowed in this state") \
  X(INVALID_PARAMETER, SEC_E_INVALID_PARAMETER,      ERROR_INVALID_PARAMETER,        "a parameter is wrong") \
  X(INVALID_HANDLE,    SEC_E_INVALID_HANDLE,         ERROR_INVALID_HANDLE,           "no such handle") \
  X(INTERNAL,          SEC_E_INTERNAL_ERROR,         ERROR_INTERNAL_ERROR,           "internal error") \
  X(UNSUPPORTED,       SEC_E_UNSUPPORTED_FUNCTION,   ERROR_NOT_SUPPORTED,            "not supported") \
  X(NO_PACKAGE,        SEC_E_SECPKG_NOT_FOUND,       ERROR_NOT_FOUND,                "no such security package") \
  X(NOT_FOUND,         SEC_E_NO_AUTHENTICATING_AUTHORITY, ERROR_NOT_FOUND,           "not found") \
  X(BUFFER_TOO_SMALL,  SEC_E_BUFFER_TOO_SMALL,       ERROR_BUFFER_OVERFLOW,          "buffer too small") \
  X(INCOMPLETE,        SEC_E_INCOMPLETE_MESSAGE,     ERROR_MORE_DATA,                "message is incomplete") \
  X(NO_CREDENTIALS,    SEC_E_NO_CREDENTIALS,         ERROR_NO_SUCH_LOGON_SESSION,    "no credentials") \
  X(UNKNOWN_CREDENTIALS, SEC_E_UNKNOWN_CREDENTIALS,  ERROR_NO_SUCH_LOGON_SESSION,    "credentials not recognized") \
  X(LOGON_DENIED,      SEC_E_LOGON_DENIED,           ERROR_LOGON_FAILURE,            "logon denied") \
  X(TARGET_UNKNOWN,    SEC_E_TARGET_UNKNOWN,         ERROR_NO_SUCH_USER,             "the target is not known") \
  X(WRONG_PRINCIPAL,   SEC_E_WRONG_PRINCIPAL,        ERROR_WRONG_TARGET_NAME,        "the target is someone else") \
  X(NO_AUTHORITY,      SEC_E_NO_AUTHENTICATING_AUTHORITY, ERROR_NO_LOGON_SERVERS,    "no authority could be contacted") \
  X(NO_KERB_KEY,       SEC_E_NO_KERB_KEY,            ERROR_NOT_FOUND,                "no key for the asked service") \
  X(TIME_SKEW,         SEC_E_TIME_SKEW,              ERROR_TIME_SKEW,                "clocks differ too much") \
  X(EXPIRED,           SEC_E_CONTEXT_EXPIRED,        ERROR_CONTEXT_EXPIRED,          "the context has expired") \
  X(ALTERED,           SEC_E_MESSAGE_ALTERED,        ERROR_INVALID_DATA,             "the message was altered") \
  X(OUT_OF_SEQUENCE,   SEC_E_OUT_OF_SEQUENCE,        ERROR_INVALID_DATA,             "out of sequence") \
  X(BAD_BINDINGS,      SEC_E_BAD_BINDINGS,           ERROR_ACCESS_DENIED,            "channel bindings do not match") \
  X(REPLAYED,          SEC_E_LOGON_DENIED,           ERROR_ACCESS_DENIED,            "the authentication message was seen before") \
  X(NO_MUTUAL_AUTH,    SEC_E_MUTUAL_AUTH_FAILED,     ERROR_MUTUAL_AUTH_FAILED,       "mutual authentication failed") \
  X(UNSUPPORTED_ETYPE, SEC_E_KDC_UNKNOWN_ETYPE,      ERROR_NOT_SUPPORTED,            "encryption type not supported") \
  X(POLICY,            SEC_E_POLICY_NLTM_ONLY,       ERROR_ACCESS_DENIED,            "refused by policy") \
  X(NO_IMPERSONATION,  SEC_E_NO_IMPERSONATION,       ERROR_CANNOT_IMPERSONATE,       "nobody to impersonate") \
  X(DELEGATION,        SEC_E_DELEGATION_POLICY,      ERROR_ACCESS_DENIED,            "delegation is not allowed") \
  X(QOP,               SEC_E_QOP_NOT_SUPPORTED,      ERROR_NOT_SUPPORTED,            "quality of protection not supported") \
  X(CONNECT,           SEC_E_NO_AUTHENTICATING_AUTHORITY, ERROR_CONNECTION_REFUSED,  "connection failed") \
  X(TIMEOUT,           SEC_E_NO_AUTHENTICATING_AUTHORITY, ERROR_TIMEOUT,             "time-out") \
  X(ACCESS_DENIED,     SEC_E_LOGON_DENIED,           ERROR_ACCESS_DENIED,            "access denied") \
  X(DUPLICATE,         SEC_E_INTERNAL_ERROR,         ERROR_DS_SPN_VALUE_NOT_UNIQUE_IN_FOREST, "the name exists already in the forest") \
  X(EXISTS,            SEC_E_INTERNAL_ERROR,         ERROR_ALREADY_EXISTS,           "exists already") \
  X(NO_OBJECT,         SEC_E_TARGET_UNKNOWN,         ERROR_DS_NO_SUCH_OBJECT,        "no such object in the directory") \
  X(NO_MAPPING,        SEC_E_TARGET_UNKNOWN,         ERROR_NONE_MAPPED,              "no name of that form") \
  X(AMBIGUOUS,         SEC_E_TARGET_UNKNOWN,         ERROR_DS_NAME_ERROR_NOT_UNIQUE, "several match where one was expected") \
  X(DIRECTORY,         SEC_E_INTERNAL_ERROR,         ERROR_DS_OPERATIONS_ERROR,      "the directory refused") \
  X(UNTRUSTED,         SEC_E_WRONG_PRINCIPAL,        ERROR_TRUST_FAILURE,            "what was found does not satisfy the trust policy")
/* clang-format on */

enum err {
#define ERR_NAME(name, sec, win32, text) ERR_##name,
    ERR_LIST(ERR_NAME)
#undef ERR_NAME
};

/* The text of the table; never NULL. */
const char *err_text(enum err e) SHARED(err_text);
