/* SPDX-License-Identifier: Apache-2.0
 * sockauth-client.c - finds a service in the directory and talks to it only once it proved itself.
 *
 *      sockauth-client --trust-account NAME [--say TEXT] [--whisper TEXT] [--connect HOST:PORT]
 *
 * What it knows beforehand stands in sockauth.h: a GUID to look for and a service class. What it
 * needs from its user is a reason to trust what the directory answers: anybody with an account may
 * publish an entry with that GUID, so the account that runs the service is named here.
 *
 *  - find: the directory's global catalog knows who published the GUID, the entry says where;
 *  - talk (talk.c): name the service, not the address, insist on its proof, then sign and seal.
 *
 * See sockauth-service.c for the other end.
 */
#include <stdio.h>
#include <unistd.h>

#include <ntdsapi.h>
#include <scp.h>

#include "report.h"
#include "sockauth.h"
#include "talk.h"
#include "wire.h"

struct options {
    const char *trust_account, *trust_container, *connect, *say, *whisper;
};

/* ---- find ---- */

/* What the directory says is evidence, not proof: our answer to it is the policy. Of several
 * instances that satisfy it, the first will do. */
static CS_SERVICE_POINT *find(const struct options *o, CS_SERVICE_POINT ***ret_all,
                              DWORD *ret_count)
{
    CS_TRUST trust = { .account = o->trust_account, .container = o->trust_container };
    bool any = trust.account || trust.container;
    DWORD e =
        CsFindService(NULL, SOCKAUTH_GUID, SOCKAUTH_CLASS, any ? &trust : NULL, ret_all, ret_count);

    if (failed("CsFindService", e))
        return NULL;
    return (*ret_all)[0];
}

/* Where to connect is a hint and needs no proof: the wrong place cannot prove the right name. */
static int connect_to(const struct options *o, const CS_SERVICE_POINT *point)
{
    const char *where = o->connect                 ? o->connect
                        : point->binding_count > 0 ? point->bindings[0]
                                                   : "nowhere";
    int sock;

    printf("found       %s\n", point->dn);
    printf("  it says     %s, at %s\n", point->dns_name, where);
    printf("  account     %s\n", point->account);
    printf("  to prove    %s\n", point->spn);
    sock = wire_connect(where, point->dns_name);
    if (sock < 0)
        fprintf(stderr, "%s\n", wire_error());
    return sock;
}

/* ---- all of it ---- */

int main(int argc, char **argv)
{
    struct options o = { 0 };
    const struct option_value values[] = {
        { "--trust-account", &o.trust_account },
        { "--trust-container", &o.trust_container },
        { "--connect", &o.connect },
        { "--say", &o.say },
        { "--whisper", &o.whisper },
    };
    CS_SERVICE_POINT **all = NULL, *point;
    DWORD count = 0;
    SECURITY_STATUS status = SEC_E_TARGET_UNKNOWN;
    int sock = -1;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 1 || !option_values(argv + 1, values, sizeof values / sizeof *values)) {
        fprintf(stderr,
                "usage: %s [--trust-account NAME] [--trust-container DN] [--connect HOST:PORT]\n"
                "          [--say TEXT] [--whisper TEXT]\n",
                argv[0]);
        return 2;
    }
    point = find(&o, &all, &count);
    if (point)
        sock = connect_to(&o, point);
    if (sock >= 0) {
        status = talk(sock, point->spn, o.say, o.whisper);
        close(sock);
    }
    CsFreeServicePoints(all, count);
    return status == SEC_E_OK ? 0 : 1;
}
