/* SPDX-License-Identifier: Apache-2.0
 * err.h - the one error type, and what each error is called at every door.
 *
 * A door expands ERR_LIST with the column it needs, after including <countersign/winerror.h>.
 * What an acceptor would report as SEC_E_xxx stands in the second column, the Win32 code of the
 * directory functions in the third, what a call of RPC fails with in the fourth.
 */
#pragma once

#include "base/link.h"

#define MUST_CHECK __attribute__((warn_unused_result))

/* clang-format off */
/*  name                 SECURITY_STATUS                Win32                           RPC_STATUS                     text */
#define ERR_LIST(X) \
  X(OK,                  SEC_E_OK,                      ERROR_SUCCESS,                  RPC_S_OK,                      "success") \
  X(NO_MEMORY,           SEC_E_INSUFFICIENT_MEMORY,     ERROR_NOT_ENOUGH_MEMORY,        RPC_S_OUT_OF_MEMORY,           "out of memory") \
  X(TRUNCATED,           SEC_E_INVALID_TOKEN,           ERROR_INVALID_DATA,             RPC_S_PROTOCOL_ERROR,          "message ends too early") \
  X(MALFORMED,           SEC_E_INVALID_TOKEN,           ERROR_INVALID_DATA,             RPC_S_PROTOCOL_ERROR,          "message breaks its format") \
  X(TOO_LONG,            SEC_E_INVALID_TOKEN,           ERROR_INVALID_DATA,             RPC_S_PROTOCOL_ERROR,          "longer than its limit") \
  X(UNEXPECTED,          SEC_E_OUT_OF_SEQUENCE,         ERROR_INVALID_DATA,             RPC_S_PROTOCOL_ERROR,          "message not allowed in this state") \
  X(INVALID_PARAMETER,   SEC_E_INVALID_PARAMETER,       ERROR_INVALID_PARAMETER,        RPC_S_INVALID_ARG,             "a parameter is wrong") \
  X(INVALID_HANDLE,      SEC_E_INVALID_HANDLE,          ERROR_INVALID_HANDLE,           RPC_S_INVALID_BINDING,         "no such handle") \
  X(INTERNAL,            SEC_E_INTERNAL_ERROR,          ERROR_INTERNAL_ERROR,           RPC_S_INTERNAL_ERROR,          "internal error") \
  X(UNSUPPORTED,         SEC_E_UNSUPPORTED_FUNCTION,    ERROR_NOT_SUPPORTED,            RPC_S_CANNOT_SUPPORT,          "not supported") \
  X(NO_PACKAGE,          SEC_E_SECPKG_NOT_FOUND,        ERROR_NOT_FOUND,                RPC_S_UNKNOWN_AUTHN_SERVICE,   "no such security package") \
  X(NOT_FOUND,           SEC_E_NO_AUTHENTICATING_AUTHORITY, ERROR_NOT_FOUND,                RPC_S_OBJECT_NOT_FOUND,        "not found") \
  X(BUFFER_TOO_SMALL,    SEC_E_BUFFER_TOO_SMALL,        ERROR_BUFFER_OVERFLOW,          RPC_S_BUFFER_TOO_SMALL,        "buffer too small") \
  X(INCOMPLETE,          SEC_E_INCOMPLETE_MESSAGE,      ERROR_MORE_DATA,                RPC_S_PROTOCOL_ERROR,          "message is incomplete") \
  X(NO_CREDENTIALS,      SEC_E_NO_CREDENTIALS,          ERROR_NO_SUCH_LOGON_SESSION,    RPC_S_INVALID_AUTH_IDENTITY,   "no credentials") \
  X(UNKNOWN_CREDENTIALS, SEC_E_UNKNOWN_CREDENTIALS,     ERROR_NO_SUCH_LOGON_SESSION,    RPC_S_INVALID_AUTH_IDENTITY,   "credentials not recognized") \
  X(LOGON_DENIED,        SEC_E_LOGON_DENIED,            ERROR_LOGON_FAILURE,            RPC_S_ACCESS_DENIED,           "logon denied") \
  X(TARGET_UNKNOWN,      SEC_E_TARGET_UNKNOWN,          ERROR_NO_SUCH_USER,             RPC_S_SEC_PKG_ERROR,           "the target is not known") \
  X(WRONG_PRINCIPAL,     SEC_E_WRONG_PRINCIPAL,         ERROR_WRONG_TARGET_NAME,        RPC_S_SEC_PKG_ERROR,           "the target is someone else") \
  X(NO_AUTHORITY,        SEC_E_NO_AUTHENTICATING_AUTHORITY, ERROR_NO_LOGON_SERVERS,         RPC_S_SEC_PKG_ERROR,           "no authority could be contacted") \
  X(NO_KERB_KEY,         SEC_E_NO_KERB_KEY,             ERROR_NOT_FOUND,                RPC_S_SEC_PKG_ERROR,           "no key for the asked service") \
  X(TIME_SKEW,           SEC_E_TIME_SKEW,               ERROR_TIME_SKEW,                RPC_S_SEC_PKG_ERROR,           "clocks differ too much") \
  X(EXPIRED,             SEC_E_CONTEXT_EXPIRED,         ERROR_CONTEXT_EXPIRED,          RPC_S_ACCESS_DENIED,           "the context has expired") \
  X(ALTERED,             SEC_E_MESSAGE_ALTERED,         ERROR_INVALID_DATA,             RPC_S_ACCESS_DENIED,           "the message was altered") \
  X(OUT_OF_SEQUENCE,     SEC_E_OUT_OF_SEQUENCE,         ERROR_INVALID_DATA,             RPC_S_ACCESS_DENIED,           "out of sequence") \
  X(BAD_BINDINGS,        SEC_E_BAD_BINDINGS,            ERROR_ACCESS_DENIED,            RPC_S_ACCESS_DENIED,           "channel bindings do not match") \
  X(REPLAYED,            SEC_E_LOGON_DENIED,            ERROR_ACCESS_DENIED,            RPC_S_ACCESS_DENIED,           "the authentication message was seen before") \
  X(NO_MUTUAL_AUTH,      SEC_E_MUTUAL_AUTH_FAILED,      ERROR_MUTUAL_AUTH_FAILED,       RPC_S_SEC_PKG_ERROR,           "mutual authentication failed") \
  X(UNSUPPORTED_ETYPE,   SEC_E_KDC_UNKNOWN_ETYPE,       ERROR_NOT_SUPPORTED,            RPC_S_SEC_PKG_ERROR,           "encryption type not supported") \
  X(USER_TO_USER,        SEC_E_NO_TGT_REPLY,            ERROR_NOT_SUPPORTED,            RPC_S_SEC_PKG_ERROR,           "user-to-user authentication is required") \
  X(POLICY,              SEC_E_POLICY_NLTM_ONLY,        ERROR_ACCESS_DENIED,            RPC_S_ACCESS_DENIED,           "refused by policy") \
  X(NO_IMPERSONATION,    SEC_E_NO_IMPERSONATION,        ERROR_CANNOT_IMPERSONATE,       RPC_S_NO_CONTEXT_AVAILABLE,    "nobody to impersonate") \
  X(DELEGATION,          SEC_E_DELEGATION_POLICY,       ERROR_ACCESS_DENIED,            RPC_S_SEC_PKG_ERROR,           "delegation is not allowed") \
  X(QOP,                 SEC_E_QOP_NOT_SUPPORTED,       ERROR_NOT_SUPPORTED,            RPC_S_UNSUPPORTED_AUTHN_LEVEL, "quality of protection not supported") \
  X(CONNECT,             SEC_E_NO_AUTHENTICATING_AUTHORITY, ERROR_CONNECTION_REFUSED,       RPC_S_SERVER_UNAVAILABLE,      "connection failed") \
  X(TIMEOUT,             SEC_E_NO_AUTHENTICATING_AUTHORITY, ERROR_TIMEOUT,                  RPC_S_CALL_CANCELLED,          "time-out") \
  X(ACCESS_DENIED,       SEC_E_LOGON_DENIED,            ERROR_ACCESS_DENIED,            RPC_S_ACCESS_DENIED,           "access denied") \
  X(DUPLICATE,           SEC_E_INTERNAL_ERROR,          ERROR_DS_SPN_VALUE_NOT_UNIQUE_IN_FOREST, RPC_S_ALREADY_REGISTERED,      "the name exists already in the forest") \
  X(EXISTS,              SEC_E_INTERNAL_ERROR,          ERROR_ALREADY_EXISTS,           RPC_S_ALREADY_REGISTERED,      "exists already") \
  X(NO_OBJECT,           SEC_E_TARGET_UNKNOWN,          ERROR_DS_NO_SUCH_OBJECT,        RPC_S_OBJECT_NOT_FOUND,        "no such object in the directory") \
  X(NO_MAPPING,          SEC_E_TARGET_UNKNOWN,          ERROR_NONE_MAPPED,              RPC_S_UNKNOWN_PRINCIPAL,       "no name of that form") \
  X(AMBIGUOUS,           SEC_E_TARGET_UNKNOWN,          ERROR_DS_NAME_ERROR_NOT_UNIQUE, RPC_S_INTERNAL_ERROR,          "several match where one was expected") \
  X(DIRECTORY,           SEC_E_INTERNAL_ERROR,          ERROR_DS_OPERATIONS_ERROR,      RPC_S_NAME_SERVICE_UNAVAILABLE, "the directory refused") \
  X(UNTRUSTED,           SEC_E_WRONG_PRINCIPAL,         ERROR_TRUST_FAILURE,            RPC_S_ACCESS_DENIED,           "what was found does not satisfy the trust policy") \
  X(RPC_STRING_BINDING,  SEC_E_INTERNAL_ERROR,          RPC_S_INVALID_STRING_BINDING,   RPC_S_INVALID_STRING_BINDING,  "not a string binding") \
  X(RPC_BINDING_KIND,    SEC_E_INTERNAL_ERROR,          RPC_S_WRONG_KIND_OF_BINDING,    RPC_S_WRONG_KIND_OF_BINDING,   "a binding of the wrong kind, client's or server's") \
  X(RPC_BINDING,         SEC_E_INTERNAL_ERROR,          RPC_S_INVALID_BINDING,          RPC_S_INVALID_BINDING,         "no such binding") \
  X(RPC_PROTSEQ,         SEC_E_INTERNAL_ERROR,          RPC_S_PROTSEQ_NOT_SUPPORTED,    RPC_S_PROTSEQ_NOT_SUPPORTED,   "protocol sequence not supported") \
  X(RPC_PROTSEQ_NAME,    SEC_E_INTERNAL_ERROR,          RPC_S_INVALID_RPC_PROTSEQ,      RPC_S_INVALID_RPC_PROTSEQ,     "no protocol sequence has that name") \
  X(RPC_UUID,            SEC_E_INTERNAL_ERROR,          RPC_S_INVALID_STRING_UUID,      RPC_S_INVALID_STRING_UUID,     "not a UUID") \
  X(RPC_ENDPOINT_FORMAT, SEC_E_INTERNAL_ERROR,          RPC_S_INVALID_ENDPOINT_FORMAT,  RPC_S_INVALID_ENDPOINT_FORMAT, "not an endpoint of its protocol sequence") \
  X(RPC_ADDRESS,         SEC_E_INTERNAL_ERROR,          RPC_S_INVALID_NET_ADDR,         RPC_S_INVALID_NET_ADDR,        "not a network address of its protocol sequence") \
  X(RPC_NO_ENDPOINT,     SEC_E_INTERNAL_ERROR,          RPC_S_NO_ENDPOINT_FOUND,        RPC_S_NO_ENDPOINT_FOUND,       "no endpoint") \
  X(RPC_TIMEOUT_VALUE,   SEC_E_INTERNAL_ERROR,          RPC_S_INVALID_TIMEOUT,          RPC_S_INVALID_TIMEOUT,         "not a time-out value") \
  X(RPC_OBJECT,          SEC_E_INTERNAL_ERROR,          RPC_S_OBJECT_NOT_FOUND,         RPC_S_OBJECT_NOT_FOUND,        "no such object UUID") \
  X(RPC_REGISTERED,      SEC_E_INTERNAL_ERROR,          RPC_S_ALREADY_REGISTERED,       RPC_S_ALREADY_REGISTERED,      "the object UUID is registered already") \
  X(RPC_TYPE_REGISTERED, SEC_E_INTERNAL_ERROR,          RPC_S_TYPE_ALREADY_REGISTERED,  RPC_S_TYPE_ALREADY_REGISTERED, "the type UUID is registered already") \
  X(RPC_LISTENING,       SEC_E_INTERNAL_ERROR,          RPC_S_ALREADY_LISTENING,        RPC_S_ALREADY_LISTENING,       "the server listens already") \
  X(RPC_NO_PROTSEQS_REGISTERED, SEC_E_INTERNAL_ERROR,          RPC_S_NO_PROTSEQS_REGISTERED,   RPC_S_NO_PROTSEQS_REGISTERED,  "no protocol sequence was registered") \
  X(RPC_NOT_LISTENING,   SEC_E_INTERNAL_ERROR,          RPC_S_NOT_LISTENING,            RPC_S_NOT_LISTENING,           "the server does not listen") \
  X(RPC_MANAGER_TYPE,    SEC_E_INTERNAL_ERROR,          RPC_S_UNKNOWN_MGR_TYPE,         RPC_S_UNKNOWN_MGR_TYPE,        "no manager of that type") \
  X(RPC_INTERFACE,       SEC_E_INTERNAL_ERROR,          RPC_S_UNKNOWN_IF,               RPC_S_UNKNOWN_IF,              "the server has no such interface") \
  X(RPC_PROTSEQ_ENDPOINT, SEC_E_INTERNAL_ERROR,          RPC_S_PROTSEQ_NOT_FOUND,        RPC_S_PROTSEQ_NOT_FOUND,       "the interface names no endpoint of that protocol sequence") \
  X(RPC_NO_BINDINGS,     SEC_E_INTERNAL_ERROR,          RPC_S_NO_BINDINGS,              RPC_S_NO_BINDINGS,             "no bindings") \
  X(RPC_NO_PROTSEQS,     SEC_E_INTERNAL_ERROR,          RPC_S_NO_PROTSEQS,              RPC_S_NO_PROTSEQS,             "no protocol sequences") \
  X(RPC_CREATE_ENDPOINT, SEC_E_INTERNAL_ERROR,          RPC_S_CANT_CREATE_ENDPOINT,     RPC_S_CANT_CREATE_ENDPOINT,    "the endpoint could not be created") \
  X(RPC_RESOURCES,       SEC_E_INTERNAL_ERROR,          RPC_S_OUT_OF_RESOURCES,         RPC_S_OUT_OF_RESOURCES,        "out of resources") \
  X(RPC_UNAVAILABLE,     SEC_E_INTERNAL_ERROR,          RPC_S_SERVER_UNAVAILABLE,       RPC_S_SERVER_UNAVAILABLE,      "the server could not be reached") \
  X(RPC_BUSY,            SEC_E_INTERNAL_ERROR,          RPC_S_SERVER_TOO_BUSY,          RPC_S_SERVER_TOO_BUSY,         "the server is too busy") \
  X(RPC_OPTIONS,         SEC_E_INTERNAL_ERROR,          RPC_S_INVALID_NETWORK_OPTIONS,  RPC_S_INVALID_NETWORK_OPTIONS, "wrong network options") \
  X(RPC_NO_CALL,         SEC_E_INTERNAL_ERROR,          RPC_S_NO_CALL_ACTIVE,           RPC_S_NO_CALL_ACTIVE,          "no call on this thread") \
  X(RPC_FAILED,          SEC_E_INTERNAL_ERROR,          RPC_S_CALL_FAILED,              RPC_S_CALL_FAILED,             "the call failed, and may have been executed") \
  X(RPC_NOT_EXECUTED,    SEC_E_INTERNAL_ERROR,          RPC_S_CALL_FAILED_DNE,          RPC_S_CALL_FAILED_DNE,         "the call failed, and was not executed") \
  X(RPC_PROTOCOL,        SEC_E_INTERNAL_ERROR,          RPC_S_PROTOCOL_ERROR,           RPC_S_PROTOCOL_ERROR,          "the peer broke the protocol") \
  X(RPC_TRANSFER_SYNTAX, SEC_E_INTERNAL_ERROR,          RPC_S_UNSUPPORTED_TRANS_SYN,    RPC_S_UNSUPPORTED_TRANS_SYN,   "no transfer syntax in common") \
  X(RPC_TYPE,            SEC_E_INTERNAL_ERROR,          RPC_S_UNSUPPORTED_TYPE,         RPC_S_UNSUPPORTED_TYPE,        "no manager for the object's type") \
  X(RPC_TAG,             SEC_E_INTERNAL_ERROR,          RPC_S_INVALID_TAG,              RPC_S_INVALID_TAG,             "no arm of the union for its tag") \
  X(RPC_BOUND,           SEC_E_INTERNAL_ERROR,          RPC_S_INVALID_BOUND,            RPC_S_INVALID_BOUND,           "array bounds do not fit") \
  X(RPC_ENDPOINT_TAKEN,  SEC_E_INTERNAL_ERROR,          RPC_S_DUPLICATE_ENDPOINT,       RPC_S_DUPLICATE_ENDPOINT,      "the endpoint is in use") \
  X(RPC_AUTHN_TYPE,      SEC_E_INTERNAL_ERROR,          RPC_S_UNKNOWN_AUTHN_TYPE,       RPC_S_UNKNOWN_AUTHN_TYPE,      "the peer does not know the authentication service") \
  X(RPC_MAX_CALLS,       SEC_E_INTERNAL_ERROR,          RPC_S_MAX_CALLS_TOO_SMALL,      RPC_S_MAX_CALLS_TOO_SMALL,     "too few calls at most") \
  X(RPC_STRING_LONG,     SEC_E_INTERNAL_ERROR,          RPC_S_STRING_TOO_LONG,          RPC_S_STRING_TOO_LONG,         "the string is too long") \
  X(RPC_OPNUM,           SEC_E_INTERNAL_ERROR,          RPC_S_PROCNUM_OUT_OF_RANGE,     RPC_S_PROCNUM_OUT_OF_RANGE,    "the interface has no such procedure") \
  X(RPC_NO_AUTH,         SEC_E_INTERNAL_ERROR,          RPC_S_BINDING_HAS_NO_AUTH,      RPC_S_BINDING_HAS_NO_AUTH,     "the binding carries no authentication") \
  X(RPC_AUTHN_SERVICE,   SEC_E_INTERNAL_ERROR,          RPC_S_UNKNOWN_AUTHN_SERVICE,    RPC_S_UNKNOWN_AUTHN_SERVICE,   "no such authentication service") \
  X(RPC_AUTHN_LEVEL,     SEC_E_INTERNAL_ERROR,          RPC_S_UNKNOWN_AUTHN_LEVEL,      RPC_S_UNKNOWN_AUTHN_LEVEL,     "no such authentication level") \
  X(RPC_AUTH_IDENTITY,   SEC_E_INTERNAL_ERROR,          RPC_S_INVALID_AUTH_IDENTITY,    RPC_S_INVALID_AUTH_IDENTITY,   "the identity cannot be used") \
  X(RPC_AUTHZ_SERVICE,   SEC_E_INTERNAL_ERROR,          RPC_S_UNKNOWN_AUTHZ_SERVICE,    RPC_S_UNKNOWN_AUTHZ_SERVICE,   "no such authorization service") \
  X(RPC_NOT_REGISTERED,  SEC_E_INTERNAL_ERROR,          EPT_S_NOT_REGISTERED,           EPT_S_NOT_REGISTERED,          "the endpoint mapper knows no such endpoint") \
  X(RPC_CANT_PERFORM,    SEC_E_INTERNAL_ERROR,          EPT_S_CANT_PERFORM_OP,          EPT_S_CANT_PERFORM_OP,         "the endpoint mapper does not do that for this caller") \
  X(RPC_INVALID_ENTRY,   SEC_E_INTERNAL_ERROR,          EPT_S_INVALID_ENTRY,            EPT_S_INVALID_ENTRY,           "not an entry of an endpoint map") \
  X(RPC_CANT_CREATE,     SEC_E_INTERNAL_ERROR,          EPT_S_CANT_CREATE,              EPT_S_CANT_CREATE,             "the endpoint map could not be changed") \
  X(RPC_NO_MORE_ENTRIES, SEC_E_INTERNAL_ERROR,          RPC_X_NO_MORE_ENTRIES,          RPC_X_NO_MORE_ENTRIES,         "no more entries") \
  X(RPC_VERSION_OPTION,  SEC_E_INTERNAL_ERROR,          RPC_S_INVALID_VERS_OPTION,      RPC_S_INVALID_VERS_OPTION,     "no such choice of versions") \
  X(RPC_NO_CONTEXT,      SEC_E_INTERNAL_ERROR,          RPC_S_NO_CONTEXT_AVAILABLE,     RPC_S_NO_CONTEXT_AVAILABLE,    "no security context to impersonate") \
  X(RPC_NULL_CONTEXT,    SEC_E_INTERNAL_ERROR,          RPC_X_SS_IN_NULL_CONTEXT,       RPC_X_SS_IN_NULL_CONTEXT,      "a null context handle where one is needed") \
  X(RPC_CONTEXT,         SEC_E_INTERNAL_ERROR,          RPC_X_SS_CONTEXT_MISMATCH,      RPC_X_SS_CONTEXT_MISMATCH,     "no such context handle") \
  X(RPC_CONTEXT_DAMAGED, SEC_E_INTERNAL_ERROR,          RPC_X_SS_CONTEXT_DAMAGED,       RPC_X_SS_CONTEXT_DAMAGED,      "the context handle changed during the call") \
  X(RPC_HANDLES,         SEC_E_INTERNAL_ERROR,          RPC_X_SS_HANDLES_MISMATCH,      RPC_X_SS_HANDLES_MISMATCH,     "bindings of one call differ") \
  X(RPC_NULL_REF,        SEC_E_INTERNAL_ERROR,          RPC_X_NULL_REF_POINTER,         RPC_X_NULL_REF_POINTER,        "a null reference pointer") \
  X(RPC_ENUM,            SEC_E_INTERNAL_ERROR,          RPC_X_ENUM_VALUE_OUT_OF_RANGE,  RPC_X_ENUM_VALUE_OUT_OF_RANGE, "enumeration value out of range") \
  X(RPC_BYTE_COUNT,      SEC_E_INTERNAL_ERROR,          RPC_X_BYTE_COUNT_TOO_SMALL,     RPC_X_BYTE_COUNT_TOO_SMALL,    "byte count too small") \
  X(RPC_STUB_DATA,       SEC_E_INTERNAL_ERROR,          RPC_X_BAD_STUB_DATA,            RPC_X_BAD_STUB_DATA,           "the arguments break their format") \
  X(RPC_IN_PROGRESS,     SEC_E_INTERNAL_ERROR,          RPC_S_CALL_IN_PROGRESS,         RPC_S_CALL_IN_PROGRESS,        "a call is in progress") \
  X(RPC_NO_MORE_BINDINGS, SEC_E_INTERNAL_ERROR,          RPC_S_NO_MORE_BINDINGS,         RPC_S_NO_MORE_BINDINGS,        "no more bindings") \
  X(RPC_CANCELLED,       SEC_E_INTERNAL_ERROR,          RPC_S_CALL_CANCELLED,           RPC_S_CALL_CANCELLED,          "the call was cancelled") \
  X(RPC_BINDING_INCOMPLETE, SEC_E_INTERNAL_ERROR,          RPC_S_BINDING_INCOMPLETE,       RPC_S_BINDING_INCOMPLETE,      "the binding lacks a part") \
  X(RPC_COMM,            SEC_E_INTERNAL_ERROR,          RPC_S_COMM_FAILURE,             RPC_S_COMM_FAILURE,            "the connection failed during the call") \
  X(RPC_UNSUPPORTED_LEVEL, SEC_E_INTERNAL_ERROR,          RPC_S_UNSUPPORTED_AUTHN_LEVEL,  RPC_S_UNSUPPORTED_AUTHN_LEVEL, "authentication level not supported") \
  X(RPC_NO_PRINCIPAL,    SEC_E_INTERNAL_ERROR,          RPC_S_NO_PRINC_NAME,            RPC_S_NO_PRINC_NAME,           "no principal name registered") \
  X(RPC_SEC_PACKAGE,     SEC_E_INTERNAL_ERROR,          RPC_S_SEC_PKG_ERROR,            RPC_S_SEC_PKG_ERROR,           "the security package failed") \
  X(RPC_NOT_CANCELLED,   SEC_E_INTERNAL_ERROR,          RPC_S_NOT_CANCELLED,            RPC_S_NOT_CANCELLED,           "the thread is not cancelled") \
  X(RPC_STUB_VERSION,    SEC_E_INTERNAL_ERROR,          RPC_X_WRONG_STUB_VERSION,       RPC_X_WRONG_STUB_VERSION,      "the stub was made for another version") \
  X(RPC_NIL_OBJECT,      SEC_E_INTERNAL_ERROR,          RPC_S_INVALID_OBJECT,           RPC_S_INVALID_OBJECT,          "the object UUID is nil") \
  X(RPC_ASYNC_HANDLE,    SEC_E_INTERNAL_ERROR,          RPC_S_INVALID_ASYNC_HANDLE,     RPC_S_INVALID_ASYNC_HANDLE,    "not an asynchronous handle with a call") \
  X(RPC_ASYNC_CALL,      SEC_E_INTERNAL_ERROR,          RPC_S_INVALID_ASYNC_CALL,       RPC_S_INVALID_ASYNC_CALL,      "an asynchronous handle of another use") \
  X(RPC_ASYNC_PENDING,   SEC_E_INTERNAL_ERROR,          RPC_S_ASYNC_CALL_PENDING,       RPC_S_ASYNC_CALL_PENDING,      "the asynchronous call is not complete") \
  X(RPC_SERVER_MEMORY,   SEC_E_INTERNAL_ERROR,          RPC_S_SERVER_OUT_OF_MEMORY,     RPC_S_SERVER_OUT_OF_MEMORY,    "the server is out of memory") \
  X(RPC_ES_ACTION,       SEC_E_INTERNAL_ERROR,          RPC_X_INVALID_ES_ACTION,        RPC_X_INVALID_ES_ACTION,       "the serialization handle does not do that") \
  X(RPC_ES_VERSION,      SEC_E_INTERNAL_ERROR,          RPC_X_WRONG_ES_VERSION,         RPC_X_WRONG_ES_VERSION,        "serialized in another version") \
  X(RPC_BUFFER,          SEC_E_INTERNAL_ERROR,          RPC_X_INVALID_BUFFER,           RPC_X_INVALID_BUFFER,          "not a buffer for serialization") \
  X(NS_NO_ENTRY_NAME,   SEC_E_INTERNAL_ERROR,          RPC_S_NO_ENTRY_NAME,            RPC_S_NO_ENTRY_NAME,           "the binding came from no entry") \
  X(NS_NAME,            SEC_E_INTERNAL_ERROR,          RPC_S_INVALID_NAME_SYNTAX,      RPC_S_INVALID_NAME_SYNTAX,     "not the name of an entry") \
  X(NS_SYNTAX,          SEC_E_INTERNAL_ERROR,          RPC_S_UNSUPPORTED_NAME_SYNTAX,  RPC_S_UNSUPPORTED_NAME_SYNTAX, "no such syntax of names") \
  X(NS_INCOMPLETE,      SEC_E_INTERNAL_ERROR,          RPC_S_INCOMPLETE_NAME,          RPC_S_INCOMPLETE_NAME,         "the name lacks a part") \
  X(NS_NO_ENTRY,        SEC_E_INTERNAL_ERROR,          RPC_S_ENTRY_NOT_FOUND,          RPC_S_ENTRY_NOT_FOUND,         "no such entry") \
  X(NS_ENTRY_EXISTS,    SEC_E_INTERNAL_ERROR,          RPC_S_ENTRY_ALREADY_EXISTS,     RPC_S_ENTRY_ALREADY_EXISTS,    "the entry exists already") \
  X(NS_ENTRY_KIND,      SEC_E_INTERNAL_ERROR,          RPC_S_ENTRY_TYPE_MISMATCH,      RPC_S_ENTRY_TYPE_MISMATCH,     "an entry of another kind") \
  X(NS_NOTHING,         SEC_E_INTERNAL_ERROR,          RPC_S_NOTHING_TO_EXPORT,        RPC_S_NOTHING_TO_EXPORT,       "nothing to export") \
  X(NS_NO_INTERFACE,    SEC_E_INTERNAL_ERROR,          RPC_S_INTERFACE_NOT_FOUND,      RPC_S_INTERFACE_NOT_FOUND,     "the entry has no such interface") \
  X(NS_NO_INTERFACES,   SEC_E_INTERNAL_ERROR,          RPC_S_NO_INTERFACES,            RPC_S_NO_INTERFACES,           "the entry has no interfaces") \
  X(NS_OBJECTS_LEFT,    SEC_E_INTERNAL_ERROR,          RPC_S_NOT_ALL_OBJS_UNEXPORTED,  RPC_S_NOT_ALL_OBJS_UNEXPORTED, "some of the objects were not there") \
  X(NS_NO_MEMBER,       SEC_E_INTERNAL_ERROR,          RPC_S_GROUP_MEMBER_NOT_FOUND,   RPC_S_GROUP_MEMBER_NOT_FOUND,  "the group has no such member") \
  X(NS_NO_MORE,         SEC_E_INTERNAL_ERROR,          RPC_S_NO_MORE_MEMBERS,          RPC_S_NO_MORE_MEMBERS,         "no more members") \
  X(NS_UNAVAILABLE,     SEC_E_INTERNAL_ERROR,          RPC_S_NAME_SERVICE_UNAVAILABLE, RPC_S_NAME_SERVICE_UNAVAILABLE, "the name service is unavailable") \
  X(QUEUE_FULL,          SEC_E_INTERNAL_ERROR,          ERROR_NOT_ENOUGH_QUOTA,         RPC_S_SERVER_TOO_BUSY,         "no room in the queue") \
  X(DISK_FULL,           SEC_E_INTERNAL_ERROR,          ERROR_DISK_FULL,                RPC_S_OUT_OF_RESOURCES,        "the disk is full") \
  X(STORE_DAMAGED,       SEC_E_INTERNAL_ERROR,          ERROR_INTERNAL_ERROR,           RPC_S_INTERNAL_ERROR,          "the store is damaged")
/* clang-format on */

enum err {
#define ERR_NAME(name, sec, win32, rpc, text) ERR_##name,
    ERR_LIST(ERR_NAME)
#undef ERR_NAME
};

/* The text of the table; never NULL. */
const char *err_text(enum err e) SHARED(err_text);
