/* SPDX-License-Identifier: Apache-2.0
 * api_names.c - services published by name, and withdrawn.
 */
#include <countersign/names.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "directory/binding.h"
#include "directory/doors.h"
#include "names/publish.h"

static_assert((int)CS_NAMES_WINSOCK == (int)FOUND_WINSOCK && (int)CS_NAMES_RPC == (int)FOUND_RPC,
              "the same numbers");

static enum err service_of(const CS_NAME *from, struct name_service *ret)
{
    if (!from || from->size != sizeof *from)
        return detail_fail(ERR_INVALID_PARAMETER, "the size in CS_NAME is not %zu", sizeof *from);
    if (from->flags & ~(DWORD)CS_NAME_SPN_ELSEWHERE)
        return detail_fail(ERR_INVALID_PARAMETER, "flags %#x in CS_NAME", (unsigned)from->flags);
    *ret = (struct name_service){ .kind = (enum found_kind)from->kind,
                                  .spn_elsewhere = from->flags & CS_NAME_SPN_ELSEWHERE,
                                  .name = from->name,
                                  .service_class = from->service_class,
                                  .dns_name = from->dns_name,
                                  .account = from->account,
                                  .comment = from->comment,
                                  .type = from->type,
                                  .address = from->addresses,
                                  .object = from->objects,
                                  .address_count = from->address_count,
                                  .object_count = from->object_count };
    return ERR_OK;
}

DWORD CsPublishName(HANDLE hDS, const CS_NAME *service, char ***spn)
{
    char **one = mem_array(1, sizeof *one);
    struct name_service want = { 0 };
    struct held h = { 0 };
    enum err e;

    detail_begin("CsPublishName");
    e = one ? service_of(service, &want) : ERR_NO_MEMORY;
    if (!e)
        e = binding_hold(hDS, &h);
    if (!e)
        e = name_publish(h.session, &want, spn ? one : NULL);
    if (!e && spn) {
        *spn = one;
        one = NULL;
    }
    mem_free(one);
    binding_release(&h);
    return win32_text_code(e);
}

DWORD CsWithdrawName(HANDLE hDS, const CS_NAME *service)
{
    struct name_service want = { 0 };
    struct held h = { 0 };
    enum err e;

    detail_begin("CsWithdrawName");
    e = service_of(service, &want);
    if (!e)
        e = binding_hold(hDS, &h);
    if (!e)
        e = name_withdraw(h.session, &want);
    binding_release(&h);
    return win32_text_code(e);
}
