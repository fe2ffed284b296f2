/* SPDX-License-Identifier: Apache-2.0
 * rpc_dc_client.c - our client at a domain controller, by IDL written from the specifications.
 *
 *      rpc_dc_client mgmt|epm|dssetup|samr|drsuapi|lsa ADDRESS SPN SERVICE LEVEL NAME
 *
 * The port of each interface is the endpoint mapper's to tell; ADDRESS may name one:
 * "127.0.0.1[135]". NAME is what samr and drsuapi look up. Each finding is a line, for the script
 * to compare with what is known of the domain by other ways. C706 appendices O and Q, [MS-DSSP],
 * [MS-SAMR], [MS-DRSR].
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc_dc_client.h"

static const struct {
    const char *name;
    void (*call)(handle_t h, const char *name);
} interfaces[] = {
    { "mgmt", dc_mgmt }, { "epm", dc_epm },         { "dssetup", dc_dssetup },
    { "samr", dc_samr }, { "drsuapi", dc_drsuapi }, { "lsa", dc_lsa },
};

static void call(handle_t h, const char *interface, const char *name)
{
    for (size_t i = 0; i < sizeof interfaces / sizeof *interfaces; i++)
        if (!strcmp(interfaces[i].name, interface)) {
            interfaces[i].call(h, name);
            return;
        }
    caller_check("an interface of this program", 0);
}

int main(int argc, char **argv)
{
    struct caller_security as;
    RPC_BINDING_HANDLE h;
    char text[256];

    if (argc != 7) {
        fprintf(stderr, "usage: rpc_dc_client INTERFACE ADDRESS SPN SERVICE LEVEL NAME\n");
        return 2;
    }
    caller_security_parse(argv[3], argv[4], argv[5], &as);
    snprintf(text, sizeof text, "ncacn_ip_tcp:%s", argv[2]);
    h = caller_bind(text, &as);
    RpcTryExcept
    {
        call(h, argv[1], argv[6]);
    }
    RpcExcept (1) {
        caller_must(argv[1], (RPC_STATUS)RpcExceptionCode());
    }
    RpcEndExcept;
    caller_must("RpcBindingFree", RpcBindingFree(&h));
    return 0;
}
