/* SPDX-License-Identifier: Apache-2.0
 * rpc_ways_home.c - the routines of rpc_ways.idl, and what its clients must bring.
 */
#include "rpc_try_home.h"
#include "rpc_ways.h"

atomic_int try_binds, try_unbinds;

LONG Serve_WaysImplicit(LONG a)
{
    return a + 1;
}

LONG Serve_WaysGeneric(WAYS_PLACE place, LONG a)
{
    return a + place.port;
}

error_status_t Serve_WaysStatus(ULONG exception)
{
    if (exception)
        RpcRaiseException((LONG)exception);
    return 77;
}

void Serve_WaysStatuses(ULONG exception, error_status_t *comm, error_status_t *fault)
{
    *comm = *fault = 0;
    if (exception)
        RpcRaiseException((LONG)exception);
}

void Serve_WaysOpen(TRY_CONTEXT *context)
{
    *context = try_value(500);
}

LONG Serve_WaysNext(TRY_CONTEXT context)
{
    return Serve_TryNext(context, 0);
}

void Serve_WaysClose(TRY_CONTEXT *context)
{
    Serve_TryClose(context);
}

/* ---- a client's ---- */

handle_t WAYS_PLACE_bind(WAYS_PLACE place)
{
    char port[16];

    atomic_fetch_add(&try_binds, 1);
    snprintf(port, sizeof port, "%d", place.port);
    return try_bind_to(NULL, "127.0.0.1", port);
}

void WAYS_PLACE_unbind(WAYS_PLACE place, handle_t b)
{
    (void)place;
    atomic_fetch_add(&try_unbinds, 1);
    try_unbind(&b);
}
