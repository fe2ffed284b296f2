/* SPDX-License-Identifier: Apache-2.0
 * stub.h - the opaque types of <countersign/rpcndr.h> are these of ndr.
 */
#pragma once

#include <countersign/rpcndr.h>

#include "ndr/free.h"
#include "ndr/out.h"
#include "ndr/pipe.h"
#include "ndr/place.h"

static_assert(sizeof(CS_NDR_SPAN) == sizeof(struct ndr_span) &&
                  offsetof(CS_NDR_SPAN, Offset) == offsetof(struct ndr_span, offset) &&
                  offsetof(CS_NDR_SPAN, Actual) == offsetof(struct ndr_span, actual),
              "a span of a stub is one of ours");
static_assert(CS_NDR_REF == NDR_REF && CS_NDR_UNIQUE == NDR_UNIQUE, "and so are the pointers");

static inline struct ndr_in *stub_in(CS_NDR_IN *in)
{
    return (struct ndr_in *)(void *)in;
}

static inline CS_NDR_IN *stub_in_handle(struct ndr_in *in)
{
    return (CS_NDR_IN *)(void *)in;
}

static inline struct ndr_out *stub_out(CS_NDR_OUT *out)
{
    return (struct ndr_out *)(void *)out;
}

static inline CS_NDR_OUT *stub_out_handle(struct ndr_out *out)
{
    return (CS_NDR_OUT *)(void *)out;
}

static inline struct ndr_free *stub_free(CS_NDR_FREE *walk)
{
    return (struct ndr_free *)(void *)walk;
}

static inline CS_NDR_FREE *stub_free_handle(struct ndr_free *walk)
{
    return (CS_NDR_FREE *)(void *)walk;
}

static inline struct ndr_element stub_element(const CS_PIPE_TYPE *type, enum ndr_syntax syntax)
{
    bool wide = syntax == NDR_64;

    return (struct ndr_element){ .align = wide ? type->Align64 : type->Align,
                                 .size = wide ? type->Wire64 : type->Wire,
                                 .low = type->Low,
                                 .high = type->High };
}
