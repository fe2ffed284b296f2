/* SPDX-License-Identifier: Apache-2.0
 * api_ndr_convert.c - [transmit_as] and [represent_as]: the program's routines called, whatever
 * they raise. desktop-src/Rpc/the-transmit-as-attribute.md, the-represent-as-attribute.md
 */
#include "base/log.h"
#include "ndr/release.h"
#include "rpc/stub.h"

#include <countersign/rpc.h>

static_assert(CS_NDR_RELEASE_FAILED == NDR_RELEASE_FAILED &&
                  CS_NDR_RELEASE_AFTER == NDR_RELEASE_AFTER &&
                  CS_NDR_RELEASE_UNCALLED == NDR_RELEASE_UNCALLED &&
                  CS_NDR_RELEASE_UNWALKED == NDR_RELEASE_UNWALKED,
              "when an object is given back is said in one way");

static ULONG code_of(ULONG raised)
{
    return raised ? raised : RPC_S_CALL_FAILED;
}

/* 0, or what it raised. */
static ULONG call_to(const CS_NDR_CONVERSION *c, void *object, void **ret_wire)
{
    void *volatile wire = NULL;
    volatile ULONG raised = 0;

    RpcTryExcept
    {
        void *made = NULL;

        c->To(object, &made);
        wire = made;
    }
    RpcExcept (1) {
        raised = code_of(RpcExceptionCode());
    }
    RpcEndExcept
    *ret_wire = wire;
    return raised;
}

static ULONG call_from(const CS_NDR_CONVERSION *c, void *wire, void *object)
{
    volatile ULONG raised = 0;

    RpcTryExcept
    {
        c->From(wire, object);
    }
    RpcExcept (1) {
        raised = code_of(RpcExceptionCode());
    }
    RpcEndExcept
    return raised;
}

/* Nobody can be told: the call has its outcome. */
static void call_free(const CS_NDR_CONVERSION *c, void (*release)(void *p), void *p)
{
    RpcTryExcept
    {
        release(p);
    }
    RpcExcept (1) {
        log_warning("rpc: what frees %s raised exception %u", c->Name,
                    (unsigned)RpcExceptionCode());
    }
    RpcEndExcept
}

void *CsNdrOutConvert(CS_NDR_OUT *out, const CS_NDR_CONVERSION *conversion, const void *object)
{
    struct ndr_out *o = stub_out(out);
    void *wire = NULL;
    ULONG raised;

    if (o->w.err)
        return NULL;
    raised = call_to(conversion, (void *)object, &wire);
    if (raised) {
        o->raised = raised;
        ndr_out_fail(o, ERR_RPC_FAILED, "a routine that makes what is sent raised an exception");
        return NULL;
    }
    if (!wire)
        ndr_out_fail(o, ERR_RPC_NULL_REF, "a routine made nothing of what is to be sent");
    return wire;
}

void CsNdrOutConverted(CS_NDR_OUT *out, const CS_NDR_CONVERSION *conversion, void *wire)
{
    (void)out;
    call_free(conversion, conversion->FreeWire, wire);
}

unsigned CsNdrInTemporary(CS_NDR_IN *in, unsigned on)
{
    struct ndr_in *i = stub_in(in);
    unsigned outer = i->temporary;

    i->temporary = on;
    return outer;
}

static void release_object(struct ndr_in *in, const void *type, void *object)
{
    const CS_NDR_CONVERSION *c = (const CS_NDR_CONVERSION *)type;

    (void)in;
    call_free(c, c->FreeObject, object);
}

static bool is_zero(const void *object, size_t size)
{
    const unsigned char *p = (const unsigned char *)object;

    while (size && !*p)
        p++, size--;
    return size == 0;
}

void CsNdrInConvert(CS_NDR_IN *in, const CS_NDR_CONVERSION *conversion, void *wire, void *object)
{
    struct ndr_in *i = stub_in(in);
    /* of another, that the program has, only the program knows what becomes of it */
    bool is_new = !i->temporary && is_zero(object, conversion->Size);
    ULONG raised;

    if (i->r.err || !ndr_in_release_room(i))
        return;
    raised = call_from(conversion, wire, object);
    if (raised) {
        i->raised = raised;
        ndr_in_fail(i, ERR_RPC_FAILED, "a routine of %s raised exception %u", conversion->Name,
                    (unsigned)raised);
    } else if (is_new) {
        ndr_in_release_add(i, (struct ndr_release){ release_object, conversion, object,
                                                    conversion->Size,
                                                    (enum ndr_release_when)i->release.when });
    }
}

void CsNdrInPlace(CS_NDR_IN *in, const CS_NDR_CONVERSION *conversion, void *object)
{
    struct ndr_in *i = stub_in(in);

    if (object && ndr_in_release_room(i))
        ndr_in_release_add(i, (struct ndr_release){ release_object, conversion, object,
                                                    conversion->Size, NDR_RELEASE_UNWALKED });
}

void CsNdrInRelease(CS_NDR_IN *in, int when)
{
    stub_in(in)->release.when = (unsigned)when;
}

void CsNdrFreeConverted(CS_NDR_FREE *walk, const CS_NDR_CONVERSION *conversion, void *object)
{
    if (!stub_free(walk)->off)
        call_free(conversion, conversion->FreeObject, object);
}
