/* SPDX-License-Identifier: Apache-2.0
 * client.c - looks for services of a class, and talks to the first that is there and proves itself.
 *
 *      rnr-client --trust-account NAME [--say TEXT] [--whisper TEXT]
 *
 * It brings what echo.h says - the class of the services it looks for, and the first part of their
 * principal names - and from its user a reason to trust what the directory answers: the account
 * that runs them. Then:
 *
 *  - look up (WSALookupServiceBegin, -Next, -End): which services are there, and where;
 *  - compose (CsNameSpn): whom the service at such an address must prove to be;
 *  - talk (../talk.c): insist on that proof, then sign and seal.
 *
 * CsConnectName does all three in one call, for a name that is known.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <names.h>
#include <winsock2.h>

#include "../report.h"
#include "../talk.h"
#include "../wire.h"
#include "echo.h"

struct options {
    const char *trust_account, *say, *whisper;
};

static GUID echo_type = ECHO_TYPE_GUID;

enum outcome { NOBODY_THERE, TALKED, REFUSED };

static bool winsock_failed(const char *what, INT result)
{
    return result == SOCKET_ERROR && failed(what, (DWORD)WSAGetLastError());
}

/* ---- compose ---- */

/* The entry says that the address is a certain host's. Made of that host, the entry's DN, and a
 * class of our own, the name is worth something because an account we trust holds it. */
static CS_FOUND_NAME **vouched(const struct options *o, const char *name, DWORD *ret_count)
{
    CS_NAME_QUERY query = {
        .size = sizeof query, .kinds = CS_NAMES_WINSOCK, .name = name, .type = ECHO_TYPE
    };
    CS_TRUST trust = { .account = o->trust_account };
    CS_FOUND_NAME **found = NULL;

    if (failed("CsNameSpn", CsNameSpn(NULL, &query, ECHO_CLASS, o->trust_account ? &trust : NULL,
                                      &found, ret_count)))
        return NULL;
    return found;
}

static const CS_FOUND_NAME *instance_at(CS_FOUND_NAME **found, DWORD count, const char *where)
{
    DWORD i, j;

    for (i = 0; i < count; i++) {
        for (j = 0; j < found[i]->address_count; j++) {
            if (strcmp(found[i]->addresses[j], where) == 0)
                return found[i];
        }
    }
    return NULL;
}

/* ---- talk ---- */

static bool address_text(const SOCKET_ADDRESS *address, char ret[WIRE_NAME])
{
    char host[64], port[8];
    int e = getnameinfo(address->lpSockaddr, (socklen_t)address->iSockaddrLength, host, sizeof host,
                        port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);

    if (e)
        return false;
    snprintf(ret, WIRE_NAME, strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
    return true;
}

/* Where to connect needs no proof: the wrong place cannot prove the right name. A place where
 * nobody listens is no reason to give up, one that answers as somebody else is. */
static enum outcome try_address(const struct options *o, const SOCKET_ADDRESS *address,
                                CS_FOUND_NAME **found, DWORD count)
{
    char where[WIRE_NAME];
    const CS_FOUND_NAME *instance;
    SECURITY_STATUS status;
    int sock;

    if (!address_text(address, where))
        return NOBODY_THERE;
    printf("  at        %s\n", where);
    instance = instance_at(found, count, where);
    if (!instance)
        return NOBODY_THERE;
    printf("  account   %s\n  to prove  %s\n", instance->account, instance->spn);
    sock = wire_connect(where, NULL);
    if (sock < 0) {
        fprintf(stderr, "%s\n", wire_error());
        return NOBODY_THERE;
    }
    status = talk(sock, instance->spn, o->say, o->whisper);
    close(sock);
    return status == SEC_E_OK ? TALKED : REFUSED;
}

static enum outcome try_service(const struct options *o, const WSAQUERYSETA *service)
{
    enum outcome outcome = NOBODY_THERE;
    CS_FOUND_NAME **found;
    DWORD count = 0, i;

    printf("found       %s", printable(service->lpszServiceInstanceName));
    printf(", %s\n", service->lpszComment ? printable(service->lpszComment) : "");
    found = vouched(o, service->lpszServiceInstanceName, &count);
    for (i = 0; found && outcome == NOBODY_THERE && i < service->dwNumberOfCsAddrs; i++)
        outcome = try_address(o, &service->lpcsaBuffer[i].RemoteAddr, found, count);
    CsFreeNames(found, count);
    return outcome;
}

/* ---- look up ---- */

static const DWORD want = LUP_RETURN_NAME | LUP_RETURN_COMMENT | LUP_RETURN_ADDR;

/* The next service, in a block of its size; NULL at the end, and after printing what went wrong. */
static WSAQUERYSETA *next(HANDLE lookup)
{
    WSAQUERYSETA *service = NULL;
    DWORD size = 0;

    if (WSALookupServiceNextA(lookup, want, &size, NULL) == SOCKET_ERROR &&
        WSAGetLastError() == WSA_E_NO_MORE)
        return NULL;
    if (WSAGetLastError() == WSAEFAULT)
        service = malloc(size);
    if (service && !winsock_failed("WSALookupServiceNext",
                                   WSALookupServiceNextA(lookup, want, &size, service)))
        return service;
    free(service);
    return NULL;
}

static int look_up(const struct options *o)
{
    WSAQUERYSETA query = { .dwSize = sizeof query,
                           .lpServiceClassId = &echo_type,
                           .dwNameSpace = NS_NTDS };
    enum outcome outcome = NOBODY_THERE;
    WSAQUERYSETA *service;
    HANDLE lookup = NULL;

    if (winsock_failed("WSALookupServiceBegin", WSALookupServiceBeginA(&query, want, &lookup)))
        return 1;
    while (outcome == NOBODY_THERE && (service = next(lookup))) {
        outcome = try_service(o, service);
        free(service);
    }
    WSALookupServiceEnd(lookup);
    if (outcome == NOBODY_THERE)
        fprintf(stderr, "there is nobody to talk to\n");
    return outcome == TALKED ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct options o = { 0 };
    const struct option_value values[] = {
        { "--trust-account", &o.trust_account },
        { "--say", &o.say },
        { "--whisper", &o.whisper },
    };
    WSADATA winsock;
    int result;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 1 || !option_values(argv + 1, values, 3)) {
        fprintf(stderr, "usage: rnr-client --trust-account NAME [--say TEXT] [--whisper TEXT]\n");
        return 2;
    }
    if (WSAStartup(MAKEWORD(2, 2), &winsock))
        return 1;
    result = look_up(&o);
    WSACleanup();
    return result;
}
