/* SPDX-License-Identifier: Apache-2.0
 * service.c - a socket service that registers itself by name, and proves who it is to who calls.
 *
 *      rnr-service --install   --account DN --domain DN [--name NAME]
 *      rnr-service --run       --account NAME --keytab FILE --listen HOST:PORT [--name NAME]
 *      rnr-service --uninstall --account DN --domain DN [--name NAME]
 *
 * The scenario is the documentation's "Winsock Service with an RnR Publication", with the mutual
 * authentication that it leaves out:
 *
 *  - install, by an administrator: the class of such services (WSAInstallServiceClass), the right
 *    to register one, and the principal name of it;
 *  - register, as the service's own account: where it listens (WSASetService), while it does;
 *  - serve (../serve.c): callers and service prove themselves, every message is signed or sealed.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <countersign.h>
#include <names.h>
#include <winsock2.h>

#include "../entry.h"
#include "../report.h"
#include "../serve.h"
#include "../wire.h"
#include "echo.h"

/* Winsock's structures point at what they do not change, and do not say so. */
static GUID echo_type = ECHO_TYPE_GUID;
static char type_name[] = ECHO_TYPE_NAME, comment[] = "repeats what it hears";

enum verb { INSTALL, UNINSTALL, RUN, NONE };

struct options {
    enum verb verb;
    const char *account, *domain, *keytab, *listen, *name;
};

static bool winsock_failed(const char *what, INT result)
{
    return result == SOCKET_ERROR && failed(what, (DWORD)WSAGetLastError());
}

/* ---- install: once, by an administrator, who is logged on (kinit) ---- */

static struct entry described(const struct options *o)
{
    return (struct entry){
        .rights = CS_NAMES_WINSOCK,
        .container = "WinsockServices",
        .name = o->name,
        .service_class = ECHO_CLASS,
    };
}

static int install(const struct options *o)
{
    struct entry echo = described(o);
    WSASERVICECLASSINFOA type = { .lpServiceClassId = &echo_type,
                                  .lpszServiceClassName = type_name };

    if (WSAInstallServiceClassA(&type) == SOCKET_ERROR && WSAGetLastError() != WSAEALREADY)
        return winsock_failed("WSAInstallServiceClass", SOCKET_ERROR);
    printf("class       %s, %s\n", ECHO_TYPE_NAME, ECHO_TYPE);
    return entry_install(&echo, o->account, o->domain) ? 0 : 1;
}

static int uninstall(const struct options *o)
{
    struct entry echo = described(o);
    bool good = entry_uninstall(&echo, o->account, o->domain);

    if (winsock_failed("WSARemoveServiceClass", WSARemoveServiceClass(&echo_type)) || !good)
        return 1;
    puts("uninstalled");
    return 0;
}

/* ---- register ---- */

/* As whom the thread runs, the service's account: whoever ran kinit with its keytab. MULTIPLE: this
 * address and no other; an instance on another host keeps its own. */
static int set_service(const char *name, int listener, WSAESETSERVICEOP op)
{
    struct sockaddr_storage at = { 0 };
    socklen_t len = sizeof at;
    CSADDR_INFO address = { .iSocketType = SOCK_STREAM, .iProtocol = IPPROTO_TCP };
    WSAQUERYSETA service = {
        .dwSize = sizeof service,
        .lpszServiceInstanceName = (char *)(uintptr_t)name,
        .lpServiceClassId = &echo_type,
        .lpszComment = comment,
        .dwNameSpace = NS_NTDS,
        .dwNumberOfCsAddrs = 1,
        .lpcsaBuffer = &address,
    };

    if (getsockname(listener, (struct sockaddr *)&at, &len)) {
        perror("getsockname");
        return SOCKET_ERROR;
    }
    address.RemoteAddr.lpSockaddr = (struct sockaddr *)&at;
    address.RemoteAddr.iSockaddrLength = (INT)len;
    return WSASetServiceA(&service, op, SERVICE_MULTIPLE);
}

/* ---- run ---- */

struct server {
    int listener;
    CredHandle credentials;
};

static void *serve_callers(void *argument)
{
    struct server *s = argument;

    exit(serve_all(s->listener, &s->credentials));
}

static bool begin(const struct options *o, struct server *s)
{
    CS_CREDENTIAL_OPTIONS how = {
        .size = sizeof how, .use = SECPKG_CRED_INBOUND, .principal = o->account, .keytab = o->keytab
    };
    char where[WIRE_NAME];

    if (failed("CsAcquireCredentials", (DWORD)CsAcquireCredentials(&how, &s->credentials, NULL)))
        return false;
    s->listener = wire_listen(o->listen);
    if (s->listener < 0) {
        fprintf(stderr, "%s\n", wire_error());
        return false;
    }
    if (winsock_failed("WSASetService", set_service(o->name, s->listener, RNRSERVICE_REGISTER)))
        return false;
    wire_name(s->listener, false, where);
    printf("listening on %s\n", where);
    return true;
}

/* Until somebody ends it: what is not there any more should not be found. */
static int run(const struct options *o)
{
    static struct server s;
    sigset_t ends;
    pthread_t thread;
    int which;

    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    if (!begin(o, &s))
        return 1;
    if (pthread_create(&thread, NULL, serve_callers, &s)) {
        fprintf(stderr, "no thread for callers\n");
        return 1;
    }
    sigwait(&ends, &which);
    if (winsock_failed("WSASetService", set_service(o->name, s.listener, RNRSERVICE_DELETE)))
        return 1;
    puts("withdrawn");
    return 0;
}

static bool options_read(char **arguments, struct options *o)
{
    static const char *const verbs[] = { "--install", "--uninstall", "--run" };
    const struct option_value values[] = {
        { "--account", &o->account }, { "--domain", &o->domain }, { "--keytab", &o->keytab },
        { "--listen", &o->listen },   { "--name", &o->name },
    };
    int i;

    for (i = 0; i < 3; i++) {
        if (arguments[0] && strcmp(arguments[0], verbs[i]) == 0)
            o->verb = (enum verb)i;
    }
    return o->verb != NONE && option_values(arguments + 1, values, 5) && o->account &&
           (o->verb == RUN ? o->keytab && o->listen : o->domain != NULL);
}

int main(int argc, char **argv)
{
    struct options o = { .verb = NONE, .name = ECHO_NAME };
    WSADATA winsock;
    int result;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 1 || !options_read(argv + 1, &o)) {
        fprintf(stderr, "usage: rnr-service --install   --account DN --domain DN [--name NAME]\n"
                        "       rnr-service --uninstall --account DN --domain DN [--name NAME]\n"
                        "       rnr-service --run       --account NAME --keytab FILE"
                        " --listen HOST:PORT\n"
                        "                              [--name NAME]\n");
        return 2;
    }
    if (WSAStartup(MAKEWORD(2, 2), &winsock))
        return 1;
    result = o.verb == RUN ? run(&o) : o.verb == INSTALL ? install(&o) : uninstall(&o);
    WSACleanup();
    return result;
}
