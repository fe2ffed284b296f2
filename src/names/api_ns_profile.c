/* SPDX-License-Identifier: Apache-2.0
 * api_ns_profile.c - profiles: elements added, removed, listed.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "names/ns_door.h"
#include "names/ns_group.h"

/* ---- changed ---- */

struct wish {
    bool wide;
    ULONG profile_syntax;
    const void *profile;
    const RPC_IF_ID *id;
    ULONG member_syntax;
    const void *member;
    ULONG priority;
    const void *annotation;
};

typedef enum err (*profile_fn)(struct session *s, const char *dn, const struct ns_link_want *w);

static RPC_STATUS change(const char *function, const struct wish *w, profile_fn fn)
{
    struct ns_link_want want = { .priority = w->priority };
    char *text = NULL, *member = NULL, *annotation = NULL;
    struct ns_at at = { 0 };
    struct ns_if face;
    enum err e;

    detail_begin(function);
    if (w->id) {
        ns_if_in(w->id, &face);
        want.face = &face;
    }
    e = ns_syntax_check(w->member_syntax);
    if (!e)
        e = ns_text_in(w->wide, w->member, &text);
    if (!e && w->annotation)
        e = ns_text_in(w->wide, w->annotation, &annotation);
    if (!e)
        e = ns_at_open(w->wide, w->profile_syntax, w->profile, &at);
    if (!e)
        e = ns_home_expand(&at.home, text, &member);
    want.member = member;
    want.annotation = annotation;
    if (!e)
        e = fn(at.session, at.dn, &want);
    ns_at_close(&at);
    mem_free(text);
    mem_free(member);
    mem_free(annotation);
    return ns_status(e);
}

RPC_STATUS RpcNsProfileEltAddA(ULONG ProfileNameSyntax, RPC_CSTR ProfileName, RPC_IF_ID *IfId,
                               ULONG MemberNameSyntax, RPC_CSTR MemberName, ULONG Priority,
                               RPC_CSTR Annotation)
{
    struct wish w = { false,      ProfileNameSyntax, ProfileName, IfId, MemberNameSyntax,
                      MemberName, Priority,          Annotation };

    return change("RpcNsProfileEltAdd", &w, ns_profile_add);
}

RPC_STATUS RpcNsProfileEltAddW(ULONG ProfileNameSyntax, RPC_WSTR ProfileName, RPC_IF_ID *IfId,
                               ULONG MemberNameSyntax, RPC_WSTR MemberName, ULONG Priority,
                               RPC_WSTR Annotation)
{
    struct wish w = { true,       ProfileNameSyntax, ProfileName, IfId, MemberNameSyntax,
                      MemberName, Priority,          Annotation };

    return change("RpcNsProfileEltAdd", &w, ns_profile_add);
}

RPC_STATUS RpcNsProfileEltRemoveA(ULONG ProfileNameSyntax, RPC_CSTR ProfileName, RPC_IF_ID *IfId,
                                  ULONG MemberNameSyntax, RPC_CSTR MemberName)
{
    struct wish w = { false, ProfileNameSyntax, ProfileName, IfId, MemberNameSyntax, MemberName, 0,
                      NULL };

    return change("RpcNsProfileEltRemove", &w, ns_profile_remove);
}

RPC_STATUS RpcNsProfileEltRemoveW(ULONG ProfileNameSyntax, RPC_WSTR ProfileName, RPC_IF_ID *IfId,
                                  ULONG MemberNameSyntax, RPC_WSTR MemberName)
{
    struct wish w = { true, ProfileNameSyntax, ProfileName, IfId, MemberNameSyntax, MemberName, 0,
                      NULL };

    return change("RpcNsProfileEltRemove", &w, ns_profile_remove);
}

static RPC_STATUS clear(bool wide, ULONG syntax, const void *name)
{
    struct ns_at at = { 0 };
    enum err e;

    detail_begin("RpcNsProfileDelete");
    e = ns_at_open(wide, syntax, name, &at);
    if (!e)
        e = ns_profile_clear(at.session, at.dn);
    ns_at_close(&at);
    return ns_status(e);
}

RPC_STATUS RpcNsProfileDeleteA(ULONG ProfileNameSyntax, RPC_CSTR ProfileName)
{
    return clear(false, ProfileNameSyntax, ProfileName);
}

RPC_STATUS RpcNsProfileDeleteW(ULONG ProfileNameSyntax, RPC_WSTR ProfileName)
{
    return clear(true, ProfileNameSyntax, ProfileName);
}

/* ---- listed ---- */

struct question {
    bool wide;
    ULONG syntax;
    const void *profile;
    ULONG type;
    const RPC_IF_ID *id;
    ULONG versions, member_syntax;
    const void *member;
};

static enum err links_in(const struct question *q, struct ns_links *ret)
{
    bool by_face = q->type == RPC_C_PROFILE_MATCH_BY_IF || q->type == RPC_C_PROFILE_MATCH_BY_BOTH;
    bool by_member =
        q->type == RPC_C_PROFILE_MATCH_BY_MBR || q->type == RPC_C_PROFILE_MATCH_BY_BOTH;
    enum err e = ERR_OK;

    ret->type = q->type;
    if (q->type > RPC_C_PROFILE_MATCH_BY_BOTH || (by_face && !q->id))
        return detail_fail(ERR_INVALID_PARAMETER, "no such kind of inquiry, or no interface");
    if (by_face) {
        ns_if_in(q->id, &ret->face);
        e = ns_versions_in(q->versions, &ret->how);
    }
    if (!e && by_member)
        e = ns_syntax_check(q->member_syntax);
    if (!e && by_member)
        e = ns_text_in(q->wide, q->member, &ret->member);
    return e;
}

static RPC_STATUS begin(const struct question *q, RPC_NS_HANDLE *ret)
{
    struct ns_links links = { 0 };
    RPC_STATUS status;
    enum err e;

    detail_begin("RpcNsProfileEltInqBegin");
    e = links_in(q, &links);
    status = e ? ns_status(e)
               : ns_inquiry_begin(&(struct ns_inquiry){ NS_LINKS, q->wide, q->syntax, q->profile },
                                  &links, ret);
    mem_free(links.member);
    return status;
}

RPC_STATUS RpcNsProfileEltInqBeginA(ULONG ProfileNameSyntax, RPC_CSTR ProfileName,
                                    ULONG InquiryType, RPC_IF_ID *IfId, ULONG VersOption,
                                    ULONG MemberNameSyntax, RPC_CSTR MemberName,
                                    RPC_NS_HANDLE *InquiryContext)
{
    struct question q = { false, ProfileNameSyntax, ProfileName,      InquiryType,
                          IfId,  VersOption,        MemberNameSyntax, MemberName };

    return begin(&q, InquiryContext);
}

RPC_STATUS RpcNsProfileEltInqBeginW(ULONG ProfileNameSyntax, RPC_WSTR ProfileName,
                                    ULONG InquiryType, RPC_IF_ID *IfId, ULONG VersOption,
                                    ULONG MemberNameSyntax, RPC_WSTR MemberName,
                                    RPC_NS_HANDLE *InquiryContext)
{
    struct question q = { true, ProfileNameSyntax, ProfileName,      InquiryType,
                          IfId, VersOption,        MemberNameSyntax, MemberName };

    return begin(&q, InquiryContext);
}

static bool is_wanted(const struct ns_links *w, const struct ns_link *l)
{
    bool by_default = ns_uuid_is_nil(&l->face.id);

    if (w->type == RPC_C_PROFILE_DEFAULT_ELT)
        return by_default;
    if (w->how && (by_default || !ns_if_matches(&w->face, w->how, &l->face)))
        return false;
    return !w->member || ns_name_same(w->member, l->member);
}

static enum err link_out(bool wide, const struct ns_handle *h, const struct ns_link *l,
                         void **ret_member, void **ret_annotation)
{
    void *member = NULL;
    char *name = NULL;
    enum err e = ERR_OK;

    if (ret_member)
        e = ns_home_shorten(&h->at.home, l->member, &name);
    if (!e && ret_member)
        e = ns_text_out(wide, name, &member);
    if (!e && ret_annotation)
        e = ns_text_out(wide, l->annotation, ret_annotation);
    mem_free(name);
    if (e)
        mem_free(member);
    else if (ret_member)
        *ret_member = member;
    return e;
}

struct link_room {
    RPC_IF_ID *id;
    void **member, **annotation;
    ULONG *priority;
};

static RPC_STATUS next(bool wide, RPC_NS_HANDLE handle, const struct link_room *room)
{
    const struct ns_link *l = NULL;
    struct ns_handle *h = NULL;
    enum err e;

    detail_begin("RpcNsProfileEltInqNext");
    if (!room->id || !room->priority)
        return RPC_S_INVALID_ARG;
    e = ns_inquiry_take(handle, NS_LINKS, &h);
    if (e)
        return ns_status(e);
    while (h->position < h->entry.link_count && !is_wanted(&h->links, &h->entry.link[h->position]))
        h->position++;
    if (h->position == h->entry.link_count)
        e = ERR_NS_NO_MORE;
    else
        l = &h->entry.link[h->position];
    if (!e)
        e = link_out(wide, h, l, room->member, room->annotation);
    if (!e) {
        ns_if_out(&l->face, room->id);
        *room->priority = l->priority;
        h->position++;
    }
    ns_handle_release(handle, h);
    return ns_status(e);
}

RPC_STATUS RpcNsProfileEltInqNextA(RPC_NS_HANDLE InquiryContext, RPC_IF_ID *IfId,
                                   RPC_CSTR *MemberName, ULONG *Priority, RPC_CSTR *Annotation)
{
    struct link_room room = { IfId, (void **)MemberName, (void **)Annotation, Priority };

    return next(false, InquiryContext, &room);
}

RPC_STATUS RpcNsProfileEltInqNextW(RPC_NS_HANDLE InquiryContext, RPC_IF_ID *IfId,
                                   RPC_WSTR *MemberName, ULONG *Priority, RPC_WSTR *Annotation)
{
    struct link_room room = { IfId, (void **)MemberName, (void **)Annotation, Priority };

    return next(true, InquiryContext, &room);
}

RPC_STATUS RpcNsProfileEltInqDone(RPC_NS_HANDLE *InquiryContext)
{
    return ns_handle_done("RpcNsProfileEltInqDone", InquiryContext, NS_LINKS);
}
