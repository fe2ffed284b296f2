/* SPDX-License-Identifier: Apache-2.0
 * report.c - why a call failed, and the options of a command line; see report.h.
 */
#include "report.h"

#include <countersign.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
#define STATUS(name) { (DWORD)(name), #name }
static const struct {
    DWORD status;
    const char *name;
} known[] = {
    STATUS(SEC_E_MESSAGE_ALTERED), STATUS(SEC_E_OUT_OF_SEQUENCE), STATUS(SEC_E_INVALID_TOKEN),
    STATUS(SEC_E_WRONG_PRINCIPAL), STATUS(SEC_E_TARGET_UNKNOWN), STATUS(SEC_E_LOGON_DENIED),
    STATUS(SEC_E_MUTUAL_AUTH_FAILED), STATUS(SEC_E_NO_KERB_KEY), STATUS(SEC_E_TIME_SKEW),
    STATUS(SEC_E_NO_CREDENTIALS), STATUS(SEC_E_UNKNOWN_CREDENTIALS),
    STATUS(SEC_E_NO_AUTHENTICATING_AUTHORITY), STATUS(SEC_E_CONTEXT_EXPIRED),
    STATUS(SEC_E_INCOMPLETE_MESSAGE), STATUS(SEC_E_BUFFER_TOO_SMALL),
    STATUS(SEC_E_QOP_NOT_SUPPORTED), STATUS(SEC_E_UNSUPPORTED_FUNCTION),
    STATUS(SEC_E_INSUFFICIENT_MEMORY), STATUS(SEC_E_INTERNAL_ERROR),
    STATUS(SEC_E_DECRYPT_FAILURE), STATUS(SEC_E_KDC_UNKNOWN_ETYPE), STATUS(SEC_E_BAD_BINDINGS),
    STATUS(ERROR_TRUST_FAILURE), STATUS(ERROR_DS_NAME_ERROR_NOT_UNIQUE), STATUS(ERROR_NOT_FOUND),
    STATUS(ERROR_ACCESS_DENIED), STATUS(ERROR_ALREADY_EXISTS), STATUS(ERROR_LOGON_FAILURE),
    STATUS(ERROR_NO_LOGON_SERVERS), STATUS(ERROR_NO_SUCH_LOGON_SESSION),
    STATUS(ERROR_DS_NO_SUCH_OBJECT), STATUS(ERROR_DS_SPN_VALUE_NOT_UNIQUE_IN_FOREST),
    STATUS(ERROR_INVALID_PARAMETER), STATUS(ERROR_TIMEOUT), STATUS(ERROR_CONNECTION_REFUSED),
    STATUS(RPC_S_SEC_PKG_ERROR), STATUS(RPC_S_SERVER_UNAVAILABLE), STATUS(RPC_S_CALL_FAILED),
    STATUS(RPC_S_CALL_FAILED_DNE), STATUS(RPC_S_COMM_FAILURE), STATUS(RPC_S_PROTOCOL_ERROR),
    STATUS(RPC_S_UNKNOWN_AUTHN_SERVICE), STATUS(RPC_S_UNKNOWN_IF), STATUS(EPT_S_NOT_REGISTERED),
    STATUS(RPC_S_INVALID_STRING_BINDING), STATUS(RPC_S_INVALID_AUTH_IDENTITY),
    STATUS(RPC_S_DUPLICATE_ENDPOINT), STATUS(RPC_S_CANT_CREATE_ENDPOINT),
    STATUS(RPC_S_CALL_CANCELLED), STATUS(RPC_X_SS_CONTEXT_MISMATCH), STATUS(RPC_X_BAD_STUB_DATA),
    STATUS(RPC_X_INVALID_BUFFER), STATUS(RPC_X_WRONG_ES_VERSION), STATUS(ERROR_FILE_NOT_FOUND),
    STATUS(ERROR_OPEN_FAILED), STATUS(ERROR_DISK_FULL), STATUS(RPC_S_NO_MORE_BINDINGS),
    STATUS(RPC_S_ENTRY_NOT_FOUND), STATUS(WSAEACCES), STATUS(WSAEINVAL), STATUS(WSANO_DATA),
    STATUS(WSASERVICE_NOT_FOUND), STATUS(WSATYPE_NOT_FOUND),
};
/* clang-format on */

/* The status says what happened, the thread's detail record why: the names asked for, the KDC or
 * server asked, what the library underneath said, what to try. It is for the person on this side;
 * the other end never sees it. */
bool failed(const char *what, DWORD status)
{
    char why[2048];
    size_t i;

    if (status == SEC_E_OK)
        return false;
    for (i = 0; i < sizeof known / sizeof *known && known[i].status != status; i++)
        ;
    fprintf(stderr, "%s: %s (0x%08X)\n", what,
            i < sizeof known / sizeof *known ? known[i].name : "status", (unsigned)status);
    if (CsGetErrorText(why, sizeof why) > 0)
        fputs(why, stderr);
    return true;
}

bool option_values(char **arguments, const struct option_value *values, size_t count)
{
    size_t i;

    for (; *arguments; arguments += 2) {
        for (i = 0; i < count && strcmp(*arguments, values[i].name) != 0; i++)
            ;
        if (i == count || !arguments[1])
            return false;
        *values[i].value = arguments[1];
    }
    return true;
}

const char *printable(char *text)
{
    char *p;

    for (p = text; *p; p++) {
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = '?';
    }
    return text;
}
