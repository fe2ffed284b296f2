/* SPDX-License-Identifier: Apache-2.0
 * api_ns_group.c - groups: members added, removed, listed.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "names/ns_door.h"
#include "names/ns_group.h"

/* ---- changed ---- */

struct membership {
    bool wide;
    ULONG group_syntax;
    const void *group;
    ULONG member_syntax;
    const void *member;
};

/* A member is kept by its whole name: others read it too. */
static enum err member_in(const struct membership *m, struct ns_home *home, char **ret)
{
    char *text = NULL;
    enum err e = ns_syntax_check(m->member_syntax);

    if (!e)
        e = ns_text_in(m->wide, m->member, &text);
    if (!e)
        e = ns_home_expand(home, text, ret);
    mem_free(text);
    return e;
}

static RPC_STATUS change(const char *function, const struct membership *m,
                         enum err (*fn)(struct session *s, const char *dn, const char *member))
{
    struct ns_at at = { 0 };
    char *member = NULL;
    enum err e;

    detail_begin(function);
    e = ns_at_open(m->wide, m->group_syntax, m->group, &at);
    if (!e)
        e = member_in(m, &at.home, &member);
    if (!e)
        e = fn(at.session, at.dn, member);
    mem_free(member);
    ns_at_close(&at);
    return ns_status(e);
}

RPC_STATUS RpcNsGroupMbrAddA(ULONG GroupNameSyntax, RPC_CSTR GroupName, ULONG MemberNameSyntax,
                             RPC_CSTR MemberName)
{
    struct membership m = { false, GroupNameSyntax, GroupName, MemberNameSyntax, MemberName };

    return change("RpcNsGroupMbrAdd", &m, ns_group_add);
}

RPC_STATUS RpcNsGroupMbrAddW(ULONG GroupNameSyntax, RPC_WSTR GroupName, ULONG MemberNameSyntax,
                             RPC_WSTR MemberName)
{
    struct membership m = { true, GroupNameSyntax, GroupName, MemberNameSyntax, MemberName };

    return change("RpcNsGroupMbrAdd", &m, ns_group_add);
}

RPC_STATUS RpcNsGroupMbrRemoveA(ULONG GroupNameSyntax, RPC_CSTR GroupName, ULONG MemberNameSyntax,
                                RPC_CSTR MemberName)
{
    struct membership m = { false, GroupNameSyntax, GroupName, MemberNameSyntax, MemberName };

    return change("RpcNsGroupMbrRemove", &m, ns_group_remove);
}

RPC_STATUS RpcNsGroupMbrRemoveW(ULONG GroupNameSyntax, RPC_WSTR GroupName, ULONG MemberNameSyntax,
                                RPC_WSTR MemberName)
{
    struct membership m = { true, GroupNameSyntax, GroupName, MemberNameSyntax, MemberName };

    return change("RpcNsGroupMbrRemove", &m, ns_group_remove);
}

static RPC_STATUS clear(bool wide, ULONG syntax, const void *name)
{
    struct ns_at at = { 0 };
    enum err e;

    detail_begin("RpcNsGroupDelete");
    e = ns_at_open(wide, syntax, name, &at);
    if (!e)
        e = ns_group_clear(at.session, at.dn);
    ns_at_close(&at);
    return ns_status(e);
}

RPC_STATUS RpcNsGroupDeleteA(ULONG GroupNameSyntax, RPC_CSTR GroupName)
{
    return clear(false, GroupNameSyntax, GroupName);
}

RPC_STATUS RpcNsGroupDeleteW(ULONG GroupNameSyntax, RPC_WSTR GroupName)
{
    return clear(true, GroupNameSyntax, GroupName);
}

/* ---- listed ---- */

static RPC_STATUS begin(bool wide, ULONG syntax, const void *name, ULONG member_syntax,
                        RPC_NS_HANDLE *ret)
{
    enum err e;

    detail_begin("RpcNsGroupMbrInqBegin");
    e = ns_syntax_check(member_syntax);
    if (e)
        return ns_status(e);
    return ns_inquiry_begin(&(struct ns_inquiry){ NS_MEMBERS, wide, syntax, name }, NULL, ret);
}

RPC_STATUS RpcNsGroupMbrInqBeginA(ULONG GroupNameSyntax, RPC_CSTR GroupName, ULONG MemberNameSyntax,
                                  RPC_NS_HANDLE *InquiryContext)
{
    return begin(false, GroupNameSyntax, GroupName, MemberNameSyntax, InquiryContext);
}

RPC_STATUS RpcNsGroupMbrInqBeginW(ULONG GroupNameSyntax, RPC_WSTR GroupName, ULONG MemberNameSyntax,
                                  RPC_NS_HANDLE *InquiryContext)
{
    return begin(true, GroupNameSyntax, GroupName, MemberNameSyntax, InquiryContext);
}

static RPC_STATUS next(bool wide, RPC_NS_HANDLE handle, void **ret)
{
    struct ns_handle *h = NULL;
    char *name = NULL;
    enum err e;

    detail_begin("RpcNsGroupMbrInqNext");
    e = ns_inquiry_take(handle, NS_MEMBERS, &h);
    if (e)
        return ns_status(e);
    if (h->position == h->entry.member_count)
        e = ERR_NS_NO_MORE;
    if (!e && ret)
        e = ns_home_shorten(&h->at.home, h->entry.member[h->position], &name);
    if (!e && ret)
        e = ns_text_out(wide, name, ret);
    if (!e)
        h->position++;
    ns_handle_release(handle, h);
    mem_free(name);
    return ns_status(e);
}

RPC_STATUS RpcNsGroupMbrInqNextA(RPC_NS_HANDLE InquiryContext, RPC_CSTR *MemberName)
{
    return next(false, InquiryContext, (void **)MemberName);
}

RPC_STATUS RpcNsGroupMbrInqNextW(RPC_NS_HANDLE InquiryContext, RPC_WSTR *MemberName)
{
    return next(true, InquiryContext, (void **)MemberName);
}

RPC_STATUS RpcNsGroupMbrInqDone(RPC_NS_HANDLE *InquiryContext)
{
    return ns_handle_done("RpcNsGroupMbrInqDone", InquiryContext, NS_MEMBERS);
}
