/* SPDX-License-Identifier: Apache-2.0
 * tcp_binding.c - where this process's server is reached over TCP.
 */
#include "lib/tcp_binding.h"

#include <countersign/rpc.h>

#include "lib/unit.h"

void tcp_binding(char to[TCP_BINDING])
{
    RPC_BINDING_VECTOR *all = NULL;
    ULONG i;

    *to = '\0';
    assert_int_equal(RpcServerInqBindings(&all), RPC_S_OK);
    for (i = 0; i < all->Count; i++) {
        RPC_CSTR text = NULL, protseq = NULL, endpoint = NULL;

        assert_int_equal(RpcBindingToStringBindingA(all->BindingH[i], &text), RPC_S_OK);
        assert_int_equal(RpcStringBindingParseA(text, NULL, &protseq, NULL, &endpoint, NULL),
                         RPC_S_OK);
        if (strcmp((char *)protseq, "ncacn_ip_tcp") == 0)
            (void)snprintf(to, TCP_BINDING, "ncacn_ip_tcp:127.0.0.1[%s]", (char *)endpoint);
        RpcStringFreeA(&endpoint);
        RpcStringFreeA(&protseq);
        RpcStringFreeA(&text);
    }
    assert_int_equal(RpcBindingVectorFree(&all), RPC_S_OK);
    assert_true(*to != '\0');
}
