/* SPDX-License-Identifier: Apache-2.0
 * peers.c - what our stubs write for the values of peers.py, in both transfer syntaxes, a line for
 * each.
 */
#include "peers.h"

#include <string.h>

#include "stubs/loop.h"

/* The server is there for the call to end well. */
static void took(const void *p)
{
    (void)p;
}

void One(handle_t h, TEXT *text)
{
    took(h);
    took(text);
}

void Many(handle_t h, TEXTS *texts)
{
    took(h);
    took(texts);
}

void OpenAccount(handle_t h, HANDLE20 *policy, SID *sid, ULONG access)
{
    took(h);
    took(policy);
    took(sid);
    (void)access;
}

void SetUser(handle_t h, HANDLE20 *user, USER_LEVEL level, USER *info)
{
    took(h);
    took(user);
    took(info);
    (void)level;
}

void SetDomain(handle_t h, HANDLE20 *domain, DOMAIN_LEVEL level, DOMAIN *info)
{
    took(h);
    took(domain);
    took(info);
    (void)level;
}

void Shares(handle_t h, SHARE_LIST *list, ULONG total, ULONG *resume, ULONG status)
{
    took(h);
    took(list);
    took(resume);
    (void)total;
    (void)status;
}

void Names(handle_t h, TEXT *domains, NAMES *names, ULONG count, ULONG status)
{
    took(h);
    took(domains);
    took(names);
    (void)count;
    (void)status;
}

void LookupNames(handle_t h, HANDLE20 *policy, ULONG n, TEXT *names, RIDS *rids, LOOKUP_LEVEL level,
                 ULONG count)
{
    took(h);
    took(policy);
    took(names);
    took(rids);
    (void)n;
    (void)level;
    (void)count;
}

void SetValue(handle_t h, HANDLE20 *key, TEXT *name, ULONG type, byte *data, ULONG n)
{
    took(h);
    took(key);
    took(name);
    took(data);
    (void)type;
    (void)n;
}

void GetInfo(handle_t h, HANDLE20 *bound, ULONG level, INFO *info)
{
    took(h);
    took(bound);
    took(info);
    (void)level;
}

void Value(handle_t h, VALUE *value, ULONG status, USHORT which)
{
    took(h);
    took(value);
    (void)status;
    (void)which;
}

static void print(const char *name)
{
    size_t i;

    printf("%s.%s ", name, loop.syntax == NDR_64 ? "ndr64" : "ndr");
    if (loop.raised || loop.server_error)
        printf("failed");
    for (i = 0; i < loop.request.len; i++)
        printf("%02x", loop.request.ptr[i]);
    printf("\n");
}

static HANDLE20 null_handle;

static void say_texts(void)
{
    TEXT two[] = { { 4, 4, (WCHAR *)u"ab" }, { 6, 6, (WCHAR *)u"cde" } };
    TEXTS all = { 2, two }, none = { 0, NULL };
    RIDS rids = { 0, NULL };

    LOOP_CALL(c_One(NULL, &two[0]));
    print("one");
    LOOP_CALL(c_Many(NULL, &all));
    print("many");
    LOOP_CALL(c_Many(NULL, &none));
    print("none");
    LOOP_CALL(c_LookupNames(NULL, &null_handle, 2, two, &rids, WORKSTATION, 7));
    print("lookup");
}

static void say_accounts(void)
{
    union {
        SID sid;
        byte room[8 + 3 * 4];
    } u = { .sid = { 1, 3, { 0, 0, 0, 0, 0, 5 }, { 21 } } };
    USER name = { .name = { 4, 4, (WCHAR *)u"ab" } }, control = { .control = 5 };
    DOMAIN domain = { .lockout = { 1, 2, 3 } };
    const ULONG rest[2] = { 1, 2 };

    memcpy(u.room + 12, rest, sizeof rest);
    LOOP_CALL(c_OpenAccount(NULL, &null_handle, &u.sid, 7));
    print("account");
    LOOP_CALL(c_SetUser(NULL, &null_handle, ACCOUNT_NAME, &name));
    print("name");
    LOOP_CALL(c_SetUser(NULL, &null_handle, CONTROL, &control));
    print("control");
    LOOP_CALL(c_SetDomain(NULL, &null_handle, LOCKOUT, &domain));
    print("lockout");
}

static void say_lists(void)
{
    SHARE two[] = { { (WCHAR *)u"ab", 3, (WCHAR *)u"c" }, { (WCHAR *)u"d", 4, NULL } };
    SHARES shares = { 2, two };
    SHARE_LIST list = { 1, { .one = &shares } };
    TRANSLATED translated[] = { { USER_SID, { 4, 4, (WCHAR *)u"ab" }, 5 },
                                { GROUP_SID, { 0, 0, NULL }, 6 } };
    NAMES names = { 2, translated };
    INFO info = { .one = { CURSORS,
                           (WCHAR *)u"dn",
                           { 0x01020304, 0x0506, 0x0708, { 9, 10, 11, 12, 13, 14, 15, 16 } } } };
    TEXT no_name = { 0, 0, NULL };
    byte data[3] = { 1, 2, 3 };

    LOOP_CALL(c_Shares(NULL, &list, 2, NULL, 0));
    print("shares");
    LOOP_CALL(c_Names(NULL, NULL, &names, 2, 0));
    print("names");
    LOOP_CALL(c_GetInfo(NULL, &null_handle, 1, &info));
    print("info");
    LOOP_CALL(c_SetValue(NULL, &null_handle, &no_name, 3, data, 3));
    print("value");
}

static void say_unions(void)
{
    VALUE one = { .one = { 0x11 } }, four = { .four = { 0x11 } }, five = { .five = { 0x11, 0x22 } };
    VALUE six = { .six = { 0x11, { 0x22 } } }, seven = { .seven = { 0x11, { 0x22 } } };

    LOOP_CALL(c_Value(NULL, &one, 0, 1));
    print("union1");
    LOOP_CALL(c_Value(NULL, &four, 0, 4));
    print("union4");
    LOOP_CALL(c_Value(NULL, &five, 0, 5));
    print("union5");
    LOOP_CALL(c_Value(NULL, &six, 0, 6));
    print("union6");
    LOOP_CALL(c_Value(NULL, &seven, 0, 7));
    print("union7");
}

int main(void)
{
    static const enum ndr_syntax syntaxes[] = { NDR_20, NDR_64 };
    size_t i;

    for (i = 0; i < 2; i++) {
        loop_init(peers_v1_0_s_ifspec);
        loop.syntax = syntaxes[i];
        say_texts();
        say_accounts();
        say_lists();
        say_unions();
    }
    loop_done();
    return 0;
}
