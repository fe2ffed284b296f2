/* SPDX-License-Identifier: Apache-2.0
 * api_identity.c - SEC_WINNT_AUTH_IDENTITY, _EX and _EX2.
 *
 * The first 32 bits tell: 0x200 is an _EX, 0x201 an _EX2, anything else (half a pointer) the
 * plain structure. Half a pointer may by chance be 0x200; the structure's length behind it, which
 * then is the other half of the pointer, makes that impossible where user memory lies.
 */
#include "sspi/api_identity.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "base/reader.h"
#include "base/utf16.h"
#include "countersign/sspi.h"

const GUID SEC_WINNT_AUTH_DATA_TYPE_PASSWORD = {
    0x28bfc32f, 0x10f6, 0x4738, { 0x98, 0xd1, 0x1a, 0xc0, 0x61, 0xdf, 0x71, 0x6a }
};
const GUID SEC_WINNT_AUTH_DATA_TYPE_KEYTAB = {
    0xd587aae8, 0xf78f, 0x4455, { 0xa1, 0x12, 0xc9, 0x34, 0xbe, 0xee, 0x7c, 0xe1 }
};

/* n characters in the form the structure's flags say; NULL pointers stay NULL. */
static enum err text(ULONG flags, const void *s, ULONG n, char **ret)
{
    enum err e = ERR_OK;

    if (!s) {
        *ret = NULL;
        return ERR_OK;
    }
    if (flags & SEC_WINNT_AUTH_IDENTITY_UNICODE) {
        e = utf8_from_wide_n(s, n, ret);
    } else if (!utf8_valid(bytes_of(s, n)) || memchr(s, 0, n)) {
        e = ERR_MALFORMED;
    } else {
        *ret = mem_strndup(s, n);
        e = *ret ? ERR_OK : ERR_NO_MEMORY;
    }
    if (e == ERR_MALFORMED)
        return detail_fail(ERR_UNKNOWN_CREDENTIALS,
                           "a string of the identity is not well-formed (flags 0x%x)",
                           (unsigned)flags);
    return e;
}

static enum err read_flags(ULONG flags)
{
    ULONG form = flags & (SEC_WINNT_AUTH_IDENTITY_ANSI | SEC_WINNT_AUTH_IDENTITY_UNICODE);

    if (form == SEC_WINNT_AUTH_IDENTITY_ANSI || form == SEC_WINNT_AUTH_IDENTITY_UNICODE)
        return ERR_OK;
    detail_remedy("set Flags to SEC_WINNT_AUTH_IDENTITY_ANSI or SEC_WINNT_AUTH_IDENTITY_UNICODE");
    return detail_fail(ERR_UNKNOWN_CREDENTIALS, "the identity's Flags 0x%x do not say the form",
                       (unsigned)flags);
}

static enum err read_plain(const SEC_WINNT_AUTH_IDENTITY_W *w, struct identity *ret)
{
    enum err e = read_flags(w->Flags);

    if (!e)
        e = text(w->Flags, w->User, w->UserLength, &ret->user);
    if (!e)
        e = text(w->Flags, w->Domain, w->DomainLength, &ret->domain);
    if (!e)
        e = text(w->Flags, w->Password, w->PasswordLength, &ret->password);
    return e;
}

static enum err read_ex(const SEC_WINNT_AUTH_IDENTITY_EXW *w, struct identity *ret)
{
    SEC_WINNT_AUTH_IDENTITY_W plain = { w->User,     w->UserLength,     w->Domain, w->DomainLength,
                                        w->Password, w->PasswordLength, w->Flags };
    enum err e = read_plain(&plain, ret);

    if (!e && w->PackageListLength)
        e = text(w->Flags, w->PackageList, w->PackageListLength, &ret->packages);
    return e;
}

/* UTF-16 at an offset, of a length in bytes; nothing for an offset or length of 0. */
static enum err text_at(struct reader *r, ULONG offset, ULONG len, char **ret)
{
    struct bytes b = { 0 };
    char16_t *aligned = NULL;
    enum err e;

    if (!offset || !len)
        return ERR_OK;
    b = reader_window(r, offset, len);
    if (r->err || len % 2)
        return detail_fail(ERR_UNKNOWN_CREDENTIALS, "the identity's string at %u of %u bytes",
                           (unsigned)offset, (unsigned)len);
    aligned = mem_alloc(len);
    if (!aligned)
        return ERR_NO_MEMORY;
    memcpy(aligned, b.ptr, len);
    e = text(SEC_WINNT_AUTH_IDENTITY_UNICODE, aligned, len / 2, ret);
    mem_wipe(aligned, len);
    mem_free(aligned);
    return e;
}

static enum err read_packed(struct bytes packed, struct identity *ret)
{
    struct reader r = reader_over(packed);
    SEC_WINNT_AUTH_PACKED_CREDENTIALS head;
    SEC_WINNT_AUTH_DATA_PASSWORD password;
    struct reader data;
    struct bytes b;

    reader_copy(&r, &head, sizeof head);
    if (r.err)
        goto bad;
    b = reader_window(&r, head.AuthData.CredData.ByteArrayOffset,
                      head.AuthData.CredData.ByteArrayLength);
    if (r.err)
        goto bad;
    if (memcmp(&head.AuthData.CredType, &SEC_WINNT_AUTH_DATA_TYPE_KEYTAB, sizeof(GUID)) == 0)
        return buf_copy(b, &ret->keytab);
    if (memcmp(&head.AuthData.CredType, &SEC_WINNT_AUTH_DATA_TYPE_PASSWORD, sizeof(GUID)) != 0)
        return detail_fail(ERR_UNKNOWN_CREDENTIALS,
                           "packed credentials are neither a password nor a keytab");
    data = reader_over(b);
    reader_copy(&data, &password, sizeof password);
    if (data.err)
        goto bad;
    return text_at(&data, password.UnicodePassword.ByteArrayOffset,
                   password.UnicodePassword.ByteArrayLength, &ret->password);
bad:
    return detail_fail(ERR_UNKNOWN_CREDENTIALS, "packed credentials of %zu bytes end too early",
                       packed.len);
}

static enum err read_ex2(const SEC_WINNT_AUTH_IDENTITY_EX2 *w, struct identity *ret)
{
    struct reader r = reader_over(bytes_of(w, w->cbStructureLength));
    struct bytes packed = { 0 };
    enum err e;

    if (w->cbStructureLength < sizeof *w || w->cbHeaderLength < sizeof *w)
        return detail_fail(ERR_UNKNOWN_CREDENTIALS, "the identity says it has %u bytes of %u",
                           (unsigned)w->cbHeaderLength, (unsigned)w->cbStructureLength);
    e = text_at(&r, w->UserOffset, w->UserLength, &ret->user);
    if (!e)
        e = text_at(&r, w->DomainOffset, w->DomainLength, &ret->domain);
    if (!e)
        e = text_at(&r, w->PackageListOffset, w->PackageListLength, &ret->packages);
    if (e || !w->PackedCredentialsOffset || !w->PackedCredentialsLength)
        return e;
    packed = reader_window(&r, w->PackedCredentialsOffset, w->PackedCredentialsLength);
    if (r.err)
        return detail_fail(ERR_UNKNOWN_CREDENTIALS, "packed credentials lie beyond the identity");
    return read_packed(packed, ret);
}

enum err identity_read(const void *data, struct identity *ret)
{
    const SEC_WINNT_AUTH_IDENTITY_EXW *ex = data;
    enum err e;

    if (ex->Version == SEC_WINNT_AUTH_IDENTITY_VERSION && ex->Length >= sizeof *ex &&
        ex->Length < 4096)
        e = read_ex(data, ret);
    else if (ex->Version == SEC_WINNT_AUTH_IDENTITY_VERSION_2 &&
             ((const SEC_WINNT_AUTH_IDENTITY_EX2 *)data)->cbHeaderLength ==
                 sizeof(SEC_WINNT_AUTH_IDENTITY_EX2))
        e = read_ex2(data, ret);
    else
        e = read_plain(data, ret);
    if (e)
        identity_done(ret);
    return e;
}

void identity_lend(const struct identity *id, struct acquire *a)
{
    a->user = id->user;
    a->domain = id->domain;
    a->password = id->password;
    a->packages = id->packages;
    a->keytab_bytes = buf_view(id->keytab);
}

void identity_done(struct identity *id)
{
    mem_free(id->user);
    mem_free(id->domain);
    mem_free_secret_text(id->password);
    mem_free(id->packages);
    buf_free(&id->keytab);
    *id = (struct identity){ 0 };
}
