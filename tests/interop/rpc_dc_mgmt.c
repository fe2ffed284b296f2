/* SPDX-License-Identifier: Apache-2.0
 * rpc_dc_mgmt.c - remote management, by the stubs of idl/mgmt.idl.  C706 appendix Q
 */
#include <inttypes.h>
#include <stdio.h>

#include "mgmt.h"
#include "rpc_dc_client.h"

static void interfaces(handle_t h)
{
    mgmt_if_id_vector_p_t ids = NULL;
    error_status_t status = 0;

    mgmt_inq_if_ids(h, &ids, &status);
    caller_must("mgmt_inq_if_ids", (RPC_STATUS)status);
    for (ULONG i = 0; ids && i < ids->count; i++) {
        const mgmt_if_id_t *id = ids->if_id[i];

        printf("interface %08" PRIx32 " %u.%u\n", id->uuid.time_low, id->vers_major,
               id->vers_minor);
        midl_user_free(ids->if_id[i]);
    }
    midl_user_free(ids);
}

/* Samba has no such procedure. */
static void principal(handle_t h)
{
    char name[256] = "";
    error_status_t status = 0;

    RpcTryExcept
    {
        mgmt_inq_princ_name(h, RPC_C_AUTHN_GSS_KERBEROS, sizeof name, name, &status);
        printf("principal %u %s\n", (unsigned)status, name);
    }
    RpcExcept (1) {
        printf("principal fault %u\n", (unsigned)RpcExceptionCode());
    }
    RpcEndExcept;
}

void dc_mgmt(handle_t h, const char *name)
{
    error_status_t status = 0;

    (void)name;
    interfaces(h);
    printf("listening %u\n", (unsigned)mgmt_is_server_listening(h, &status));
    principal(h);
}
