/* SPDX-License-Identifier: Apache-2.0
 * emit_client.c - x_c.c: what a client calls.
 */
#include "idl/emit.h"

void idl_emit_client(const struct idl_program *p, const struct idl_options *opt, struct idl_out *o)
{
    (void)p;
    idl_line(o, "#include \"%s\"", opt->header);
}
