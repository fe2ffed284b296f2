/* SPDX-License-Identifier: Apache-2.0
 * emit_pipe.h - among the emitters: pipe parameters of both sides.
 */
#pragma once

#include "idl/emit_stub.h"

/* The pipe that a parameter is or points to; NULL. */
struct idl_shape *idl_pipe_of(const struct idl_param *p);
/* Of a function: "CS_CALL_PIPE_IN | CS_CALL_PIPE_OUT", or "" */
const char *idl_pipe_flags(struct idl_stub *s, const struct idl_param *params);
/* Its CS_PIPE_TYPE, among the local variables; and the functions that it names, before all. */
void idl_pipe_declare(struct idl_stub *s, const struct idl_param *p, bool async);
/* An [async] function's, of either side: "ASYNC_BYTES", and that structure filled through its
 * pointer. */
const char *idl_pipe_async_type(struct idl_stub *s, const struct idl_param *p);
void idl_pipe_async(struct idl_stub *s, const struct idl_param *p, const char *call);
/* A client's: all of its elements sent; received. */
void idl_pipe_in(struct idl_stub *s, const struct idl_param *p, const char *call);
void idl_pipe_out(struct idl_stub *s, const struct idl_param *p, const char *call);
/* A server's: the structure that its routine gets, as a local variable, and filled. */
void idl_pipe_local(struct idl_stub *s, const struct idl_param *p);
void idl_pipe_open(struct idl_stub *s, const struct idl_param *p, const char *call);
