/* SPDX-License-Identifier: Apache-2.0
 * sockauth-service.c - a socket service that proves who it is and asks its clients to do the same.
 *
 *      sockauth-service --install   --account NAME
 *      sockauth-service --run       --account NAME --keytab FILE --listen HOST:PORT [--point GUID]
 *      sockauth-service --uninstall --account NAME
 *
 * The scenario is the documentation's "Mutual Authentication in a Windows Sockets Service with
 * SCP". Two things make it work, and this file's part is the first:
 *
 *  - install: a service connection point tells clients where the service is, and a service
 *    principal name on the account says whose key the domain uses for its callers' tickets;
 *  - serve (serve.c): callers and service prove themselves, and every message is signed or sealed.
 *
 * The network in between may do what it likes. See sockauth-client.c for the other end.
 */
#include <stdio.h>
#include <string.h>

#include <countersign.h>
#include <ntdsapi.h>
#include <scp.h>

#include "report.h"
#include "serve.h"
#include "sockauth.h"
#include "wire.h"

enum verb { INSTALL, UNINSTALL, RUN, NONE };

struct options {
    enum verb verb;
    const char *account, *keytab, *listen, *point;
};

/* ---- install: once, by an administrator, who is logged on (kinit) ---- */

static CS_SERVICE described(const struct options *o)
{
    static const char *const keywords[] = { SOCKAUTH_GUID, SOCKAUTH_NAME };
    static const char *const nowhere[] = { "0" }; /* until the service says where it listens */

    return (CS_SERVICE){
        .size = sizeof(CS_SERVICE),
        .name = SOCKAUTH_NAME,
        .service_class = SOCKAUTH_CLASS,
        .account = o->account, /* who may prove the name, and change host and port */
        .keywords = keywords,
        .keyword_count = 2,
        .bindings = nowhere,
        .binding_count = 1,
    };
}

static int install(const struct options *o)
{
    CS_SERVICE service = described(o);
    CS_SERVICE_POINT *point = NULL;
    DWORD e = CsPublishService(NULL, &service, &point);

    if (failed("CsPublishService", e))
        return 1;
    printf("published   %s\n", point->dn);
    printf("as          %s on %s\n", point->service_class, point->dns_name);
    /* The DN changes when somebody moves the object, its GUID never does: so --run wants that. */
    printf("guid        %s\n", point->guid);
    CsFreeServicePoint(point);
    return 0;
}

static int uninstall(const struct options *o)
{
    CS_SERVICE service = described(o);

    if (failed("CsWithdrawService", CsWithdrawService(NULL, &service)))
        return 1;
    puts("withdrawn");
    return 0;
}

/* ---- start: what the service makes sure of before it takes its first caller ---- */

/* Without its names on its account no client gets a ticket that this service can open, and the
 * clients' errors would say so in many ways: one line here is kinder. */
static DWORD check_names(HANDLE directory, const struct options *o)
{
    DWORD count = 0, missing_count = 0, i, e;
    char **spns = NULL, **missing = NULL;

    e = DsGetSpn(DS_SPN_DNS_HOST, SOCKAUTH_CLASS, NULL, 0, 0, NULL, NULL, &count, &spns);
    if (e == ERROR_SUCCESS)
        e = CsCheckServiceNames(directory, o->account, (const char *const *)spns, count, &missing,
                                &missing_count);
    for (i = 0; i < missing_count; i++)
        fprintf(stderr, "%s does not hold %s\n", o->account, missing[i]);
    DsFreeSpnArray(missing_count, missing);
    DsFreeSpnArray(count, spns);
    return e;
}

/* As itself: the service's account may change two attributes of its own entry and no more. */
static DWORD announce(const struct options *o, CredHandle *credentials, const char *where)
{
    CS_DIRECTORY_OPTIONS how = { .size = sizeof how, .credential = credentials };
    HANDLE directory = NULL;
    DWORD e = CsBindDirectory(&how, &directory);

    if (e == ERROR_SUCCESS)
        e = check_names(directory, o);
    if (e == ERROR_SUCCESS && o->point)
        e = CsUpdateServicePoint(directory, o->point, NULL, &where, 1, NULL);
    if (directory)
        DsUnBind(&directory);
    return e;
}

/* ---- run ---- */

/* A keytab holds the account's keys, so that no password need stand anywhere. They serve twice: to
 * accept callers, and to be a caller of the directory ourselves. */
static SECURITY_STATUS log_on(const struct options *o, CredHandle *ret)
{
    CS_CREDENTIAL_OPTIONS how = {
        .size = sizeof how, .use = SECPKG_CRED_BOTH, .principal = o->account, .keytab = o->keytab
    };

    return CsAcquireCredentials(&how, ret, NULL);
}

static int run(const struct options *o)
{
    char where[WIRE_NAME];
    CredHandle credentials;
    SECURITY_STATUS status = log_on(o, &credentials);
    int listener;

    if (failed("CsAcquireCredentials", (DWORD)status))
        return 1;
    listener = wire_listen(o->listen);
    if (listener < 0) {
        fprintf(stderr, "%s\n", wire_error());
        return 1;
    }
    wire_name(listener, false, where);
    if (failed("the directory", announce(o, &credentials, where)))
        return 1;
    printf("listening on %s\n", where);
    return serve_all(listener, &credentials);
}

static bool options_read(char **arguments, struct options *o)
{
    static const char *const verbs[] = { "--install", "--uninstall", "--run" };
    const struct option_value values[] = {
        { "--account", &o->account },
        { "--keytab", &o->keytab },
        { "--listen", &o->listen },
        { "--point", &o->point },
    };
    int i;

    for (i = 0; i < 3; i++) {
        if (arguments[0] && strcmp(arguments[0], verbs[i]) == 0)
            o->verb = (enum verb)i;
    }
    return o->verb != NONE && option_values(arguments + 1, values, 4) && o->account &&
           (o->verb != RUN || (o->keytab && o->listen));
}

int main(int argc, char **argv)
{
    struct options o = { .verb = NONE };

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 1 || !options_read(argv + 1, &o)) {
        fprintf(stderr, "usage: sockauth-service --install   --account NAME\n"
                        "       sockauth-service --uninstall --account NAME\n"
                        "       sockauth-service --run       --account NAME --keytab FILE"
                        " --listen HOST:PORT [--point GUID]\n");
        return 2;
    }
    return o.verb == RUN ? run(&o) : o.verb == INSTALL ? install(&o) : uninstall(&o);
}
