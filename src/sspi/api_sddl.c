/* SPDX-License-Identifier: Apache-2.0
 * api_sddl.c - security descriptors and SIDs as text, by Windows' names.
 */
#include "countersign/sddl.h"

#include "acl/sddl.h"
#include "base/alloc.h"
#include "base/detail.h"
#include "sspi/api_convert.h"
#include "win32/last_error.h"

static enum err revision(DWORD wanted)
{
    return wanted == SDDL_REVISION_1
               ? ERR_OK
               : detail_fail(ERR_INVALID_PARAMETER, "revision %u of SDDL, not revision 1", wanted);
}

/* What an unknown revision and a broken SID or descriptor are called here. */
static BOOL finish(enum err e, enum err broken, DWORD code)
{
    BOOL ok = win32_bool(e);

    if (!ok && e == broken)
        SetLastError(code);
    return ok;
}

static enum err parse(enum form f, const void *text, const struct sddl_domain *domain, void **ret,
                      PULONG size)
{
    char *text8 = NULL;
    struct buf b = { 0 };
    enum err e = ERR_INVALID_PARAMETER;

    if (text && ret)
        e = text_in(f, text, &text8);
    if (!e)
        e = sddl_parse(text8, domain, &b);
    mem_free(text8);
    if (e)
        return e;
    *ret = b.ptr;
    if (size)
        *size = (ULONG)b.len;
    return ERR_OK;
}

static BOOL from_text(enum form f, const void *text, DWORD rev, void **ret, PULONG size)
{
    enum err e;

    detail_begin("ConvertStringSecurityDescriptorToSecurityDescriptor");
    e = revision(rev);
    if (e)
        return finish(e, e, ERROR_UNKNOWN_REVISION);
    return win32_bool(parse(f, text, NULL, ret, size));
}

BOOL ConvertStringSecurityDescriptorToSecurityDescriptorA(LPCSTR StringSecurityDescriptor,
                                                          DWORD StringSDRevision,
                                                          PSECURITY_DESCRIPTOR *SecurityDescriptor,
                                                          PULONG SecurityDescriptorSize)
{
    return from_text(FORM_A, StringSecurityDescriptor, StringSDRevision, SecurityDescriptor,
                     SecurityDescriptorSize);
}

BOOL ConvertStringSecurityDescriptorToSecurityDescriptorW(LPCWSTR StringSecurityDescriptor,
                                                          DWORD StringSDRevision,
                                                          PSECURITY_DESCRIPTOR *SecurityDescriptor,
                                                          PULONG SecurityDescriptorSize)
{
    return from_text(FORM_W, StringSecurityDescriptor, StringSDRevision, SecurityDescriptor,
                     SecurityDescriptorSize);
}

BOOL CsConvertStringSecurityDescriptorInDomain(LPCSTR StringSecurityDescriptor, PSID Domain,
                                               PSID RootDomain,
                                               PSECURITY_DESCRIPTOR *SecurityDescriptor,
                                               PULONG SecurityDescriptorSize)
{
    struct sid domain, root;
    struct sddl_domain in = { Domain ? &domain : NULL, RootDomain ? &root : NULL };
    enum err e = ERR_OK;

    detail_begin("CsConvertStringSecurityDescriptorInDomain");
    if (Domain)
        e = sid_at(Domain, &domain);
    if (!e && RootDomain)
        e = sid_at(RootDomain, &root);
    if (e)
        return win32_bool(detail_fail(e, "the SID of the domain is not valid"));
    return win32_bool(
        parse(FORM_A, StringSecurityDescriptor, &in, SecurityDescriptor, SecurityDescriptorSize));
}

static BOOL to_text(enum form f, void *descriptor, DWORD rev, DWORD parts, void **ret,
                    PULONG length)
{
    struct descriptor d;
    struct bytes whole;
    char *text = NULL;
    enum err e;

    detail_begin("ConvertSecurityDescriptorToStringSecurityDescriptor");
    e = revision(rev);
    if (e)
        return finish(e, e, ERROR_UNKNOWN_REVISION);
    e = ret ? descriptor_at(descriptor, &whole, &d) : ERR_INVALID_PARAMETER;
    if (e)
        return finish(e == ERR_TRUNCATED ? ERR_MALFORMED : e, ERR_MALFORMED,
                      ERROR_INVALID_SECURITY_DESCR);
    e = sddl_format(&d, parts & SDDL_ALL, NULL, &text);
    if (!e)
        e = text_out(f, text, ret);
    if (!e && length)
        *length = (ULONG)strlen(text) + 1;
    mem_free(text);
    return win32_bool(e);
}

BOOL ConvertSecurityDescriptorToStringSecurityDescriptorA(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                          DWORD RequestedStringSDRevision,
                                                          SECURITY_INFORMATION SecurityInformation,
                                                          LPSTR *StringSecurityDescriptor,
                                                          PULONG StringSecurityDescriptorLen)
{
    return to_text(FORM_A, SecurityDescriptor, RequestedStringSDRevision, SecurityInformation,
                   (void **)StringSecurityDescriptor, StringSecurityDescriptorLen);
}

BOOL ConvertSecurityDescriptorToStringSecurityDescriptorW(PSECURITY_DESCRIPTOR SecurityDescriptor,
                                                          DWORD RequestedStringSDRevision,
                                                          SECURITY_INFORMATION SecurityInformation,
                                                          LPWSTR *StringSecurityDescriptor,
                                                          PULONG StringSecurityDescriptorLen)
{
    return to_text(FORM_W, SecurityDescriptor, RequestedStringSDRevision, SecurityInformation,
                   (void **)StringSecurityDescriptor, StringSecurityDescriptorLen);
}

static BOOL sid_to_text(enum form f, void *sid, void **ret)
{
    char text[SID_TEXT];
    struct sid s;

    detail_begin("ConvertSidToStringSid");
    if (!ret || !sid)
        return win32_bool(ERR_INVALID_PARAMETER);
    if (sid_at(sid, &s))
        return finish(ERR_MALFORMED, ERR_MALFORMED, ERROR_INVALID_SID);
    sid_format(&s, text);
    return win32_bool(text_out(f, text, ret));
}

BOOL ConvertSidToStringSidA(PSID Sid, LPSTR *StringSid)
{
    return sid_to_text(FORM_A, Sid, (void **)StringSid);
}

BOOL ConvertSidToStringSidW(PSID Sid, LPWSTR *StringSid)
{
    return sid_to_text(FORM_W, Sid, (void **)StringSid);
}

static enum err write_sid(const struct sid *s, void **ret)
{
    struct writer w = writer_new(SID_BYTES_MAX);
    struct buf b = { 0 };
    enum err e;

    sid_put(&w, s);
    e = writer_take(&w, &b);
    if (!e)
        *ret = b.ptr;
    return e;
}

static BOOL sid_of_text(enum form f, const void *text, void **ret)
{
    char *text8 = NULL;
    struct sid s;
    enum err e = ERR_INVALID_PARAMETER;

    detail_begin("ConvertStringSidToSid");
    if (text && ret)
        e = text_in(f, text, &text8);
    if (!e)
        e = sid_parse(text8, &s);
    if (!e)
        e = write_sid(&s, ret);
    mem_free(text8);
    return finish(e, ERR_MALFORMED, ERROR_INVALID_SID);
}

BOOL ConvertStringSidToSidA(LPCSTR StringSid, PSID *Sid)
{
    return sid_of_text(FORM_A, StringSid, Sid);
}

BOOL ConvertStringSidToSidW(LPCWSTR StringSid, PSID *Sid)
{
    return sid_of_text(FORM_W, StringSid, Sid);
}
