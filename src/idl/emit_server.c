/* SPDX-License-Identifier: Apache-2.0
 * emit_server.c - x_s.c: what calls a server's routines.
 */
#include "idl/emit.h"

void idl_emit_server(const struct idl_program *p, const struct idl_options *opt, struct idl_out *o)
{
    (void)p;
    idl_line(o, "#include \"%s\"", opt->header);
}
