/* SPDX-License-Identifier: Apache-2.0
 * api_connect.c - from a keyword to a connection that proved itself.
 */
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "directory/api_scp.h"
#include "directory/binding.h"
#include "directory/doors.h"
#include "directory/point_trust.h"
#include "directory/service_connect.h"
#include "directory/sspi_error.h"

enum err connection_open(HANDLE hDS, connection_make make, const void *options, CS_CONNECTION **ret)
{
    CS_CONNECTION *c = mem_zero(sizeof *c);
    struct held h = { 0 };
    enum err e;

    if (!c)
        return ERR_NO_MEMORY;
    c->socket = -1;
    SecInvalidateHandle(&c->context);
    e = binding_hold(hDS, &h);
    if (!e)
        e = make(h.session, options, c);
    binding_release(&h);
    if (e)
        CsCloseConnection(c);
    else
        *ret = c;
    return e;
}

/* The first that answers; one that answers and is someone else ends the search. */
static enum err connect_first(const CS_CONNECT_OPTIONS *o, struct points *found, CS_CONNECTION *c,
                              size_t *ret_which)
{
    struct service_search s = service_search_begin(o->timeout_ms, found->count);
    CS_CONNECT_OPTIONS way = *o;

    while (service_search_next(&s, &way.timeout_ms)) {
        *ret_which = s.turns.tried - 1;
        s.err = service_connect(&way, &found->point[*ret_which], &c->socket, &c->context);
    }
    return s.err;
}

static enum err find_and_connect(struct session *s, const void *options, CS_CONNECTION *c)
{
    const CS_CONNECT_OPTIONS *o = options;
    struct points found = { 0 };
    struct trust t = { 0 };
    const struct trust *trust = trust_take(o->trust, &t);
    size_t which = 0;
    enum err e = points_trusted(s, o->keyword, o->service_class, trust, &found);

    if (!e)
        e = connect_first(o, &found, c, &which);
    if (!e)
        e = point_confirm(s, trust, &found.point[which]);
    if (!e)
        e = point_give(&found.point[which], &c->service);
    points_free(&found);
    return e;
}

DWORD CsConnectService(HANDLE hDS, const CS_CONNECT_OPTIONS *options, CS_CONNECTION **connection)
{
    detail_begin("CsConnectService");
    if (!options || options->size != sizeof *options || !options->keyword || !*options->keyword ||
        !options->service_class || !connection)
        return win32_code(ERR_INVALID_PARAMETER);
    return win32_text_code(connection_open(hDS, find_and_connect, options, connection));
}

VOID CsCloseConnection(CS_CONNECTION *connection)
{
    if (!connection)
        return;
    if (connection->socket >= 0)
        close(connection->socket);
    sspi_end_context(&connection->context);
    CsFreeServicePoint(connection->service);
    mem_free(connection);
}
