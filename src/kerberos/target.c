/* SPDX-License-Identifier: Apache-2.0
 * target.c - the authenticated target name, read and written.  [MS-KILE] 3.2.5.8, RFC 4120 5.2.6
 *   AuthorizationData ::= SEQUENCE OF SEQUENCE { ad-type [0] Int32, ad-data [1] OCTET STRING }
 */
#include "kerberos/target.h"

#include <ctype.h>
#include <strings.h>

#include "asn1/der.h"
#include "base/alloc.h"
#include "base/utf16.h"
#include "kerberos/name.h"

enum { AUTHDATA_MAX = 16 * 1024, NAME_UNITS_MAX = 2048 };

static void read_element(struct reader *list, struct kerberos_target *t)
{
    struct reader e = asn1_enter(list, ASN1_SEQUENCE);
    struct reader number = asn1_enter(&e, ASN1_CONTEXT(0));
    int32_t type = asn1_read_int(&number, ASN1_INTEGER);
    struct bytes data;

    asn1_leave(&e, &number);
    data = asn1_read_context(&e, 1, ASN1_OCTET_STRING);
    asn1_leave(list, &e);
    if (list->err)
        return;
    if (type == KERBEROS_AD_AP_OPTIONS) {
        struct reader r = reader_over(data);

        t->options |= reader_le32(&r);
        reader_fail(list, r.err);
    }
    if (type == KERBEROS_AD_TARGET && !t->name) {
        if (data.len == 0 || data.len > 2 * (size_t)NAME_UNITS_MAX)
            reader_fail(list, ERR_MALFORMED);
        else
            reader_fail(list, utf8_from_le16(data, &t->name));
    }
}

enum err kerberos_target_read(struct bytes if_relevant, struct kerberos_target *ret)
{
    struct reader r = reader_over(if_relevant);
    struct reader list = asn1_enter(&r, ASN1_SEQUENCE);
    struct kerberos_target t = { 0 };

    while (reader_left(&list))
        read_element(&list, &t);
    asn1_leave(&r, &list);
    reader_end(&r);
    if (r.err)
        mem_free(t.name);
    else
        *ret = t;
    return r.err;
}

static void write_element(struct writer *w, int32_t type, struct bytes data)
{
    size_t element = asn1_begin(w, ASN1_SEQUENCE);
    size_t number = asn1_begin(w, ASN1_CONTEXT(0));

    asn1_write_int(w, ASN1_INTEGER, type);
    asn1_end(w, number);
    asn1_write_context(w, 1, ASN1_OCTET_STRING, data);
    asn1_end(w, element);
}

enum err kerberos_target_write(const struct kerberos_target *t, struct buf *ret)
{
    struct writer w = writer_new(AUTHDATA_MAX);
    struct buf name = { 0 };
    uint8_t options[4];
    struct writer o = writer_over(options, sizeof options);
    size_t list;
    enum err e;

    e = t->name ? le16_from_utf8(t->name, &name) : ERR_OK;
    if (e)
        return e;
    writer_le32(&o, t->options);
    list = asn1_begin(&w, ASN1_SEQUENCE);
    if (t->options)
        write_element(&w, KERBEROS_AD_AP_OPTIONS, bytes_of(options, sizeof options));
    if (t->name)
        write_element(&w, KERBEROS_AD_TARGET, buf_view(name));
    asn1_end(&w, list);
    buf_free(&name);
    return writer_take(&w, ret);
}

static size_t length_without_realm(const char *target)
{
    const char *realm = kerberos_name_realm(target);

    return realm ? (size_t)(realm - target) : strlen(target);
}

bool kerberos_target_same(const char *target, const char *principal)
{
    size_t n = length_without_realm(target), i;

    for (i = 0; i < n; i++, principal++) {
        if (*principal == '@')
            return false;
        if (*principal == '\\') {
            principal++;
            if (*principal && strchr("ntb0", *principal)) /* a control character */
                return false;
        }
        if (tolower((unsigned char)target[i]) != tolower((unsigned char)*principal))
            return false;
    }
    return *principal == '\0' || *principal == '@';
}

bool kerberos_target_equal(const char *a, const char *b)
{
    size_t n = length_without_realm(a);

    return n == length_without_realm(b) && strncasecmp(a, b, n) == 0;
}
