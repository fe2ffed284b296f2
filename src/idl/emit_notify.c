/* SPDX-License-Identifier: Apache-2.0
 * emit_notify.c - [notify] and [notify_flag]: routines of the server's that are called when a call
 * is over, however it ended. desktop-src/Midl/notify.md, notify-flag.md
 */
#include "idl/attr.h"
#include "idl/emit_stub.h"

bool idl_is_notified(const struct idl_item *function)
{
    return idl_attr_find(function->attrs, "notify") ||
           idl_attr_find(function->attrs, "notify_flag");
}

void idl_notified(struct idl_stub *s, const struct idl_item *face, const struct idl_item *function)
{
    idl_put(s, "%s", "");
    idl_put(s, "static void %s_%s(CS_SERVER_CALL *call)", face->text, function->text);
    idl_put_open(s, "{");
    idl_put(s, "RpcTryFinally");
    idl_put_open(s, "{");
    idl_put(s, "serve_%s_%s(call);", face->text, function->text);
    idl_put_close(s, "}");
    idl_put_open(s, "RpcFinally {");
    if (idl_attr_find(function->attrs, "notify"))
        idl_put(s, "%s_notify();", function->text);
    if (idl_attr_find(function->attrs, "notify_flag"))
        idl_put(s, "%s_notify_flag(CsServerCalled(call));", function->text);
    idl_put_close(s, "}");
    idl_put(s, "RpcEndFinally");
    idl_put_close(s, "}");
}
