/* SPDX-License-Identifier: Apache-2.0
 * os_identity.c - one thread's identity, by raw calls.  capabilities(7), setresuid(2)
 *
 * In this order: groups while CAP_SETGID is in effect, gid, uid, capabilities; and back the other
 * way round. Of a process of root the kernel takes the capabilities out of effect with the uid by
 * itself, and of one that was given CAP_SETUID and CAP_SETGID alone it does not: so they are.
 */
#include "base/os_identity.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"

#ifdef SYS_setresuid32 /* of systems whose older calls have ids of 16 bits */
enum { SETGROUPS = SYS_setgroups32, SETRESGID = SYS_setresgid32, SETRESUID = SYS_setresuid32 };
#else
enum { SETGROUPS = SYS_setgroups, SETRESGID = SYS_setresgid, SETRESUID = SYS_setresuid };
#endif

#define SAME ((uint32_t)-1) /* an id that stays */

struct caps {
    struct __user_cap_data_struct part[_LINUX_CAPABILITY_U32S_3];
};

static _Thread_local struct own {
    bool elsewhere; /* the rest is what to go back to */
    uint32_t uid, gid;
    const uint32_t *groups; /* in its home */
    size_t count;
    struct caps caps;
} own;

/* ---- what the kernel is asked ---- */

static bool caps_get(struct caps *ret)
{
    struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };

    return syscall(SYS_capget, &head, ret->part) == 0;
}

static bool caps_set(const struct caps *c)
{
    struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };

    return syscall(SYS_capset, &head, c->part) == 0;
}

static bool has_effect(const struct caps *c, unsigned cap)
{
    return c->part[cap / 32].effective & (1U << cap % 32);
}

/* Without effect, for now. */
static struct caps caps_idle(struct caps c)
{
    size_t i;

    for (i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
        c.part[i].effective = 0;
    return c;
}

static bool set_groups(const uint32_t *groups, size_t count)
{
    return syscall(SETGROUPS, (int)count, groups) == 0;
}

static bool set_gid(uint32_t gid)
{
    return syscall(SETRESGID, SAME, gid, SAME) == 0;
}

static bool set_uid(uint32_t uid)
{
    return syscall(SETRESUID, SAME, uid, SAME) == 0;
}

static enum err home_make_room(struct os_identity_home *home, size_t count)
{
    uint32_t *groups;

    if (count <= home->room)
        return ERR_OK;
    groups = mem_alloc(count * sizeof *groups);
    if (!groups)
        return ERR_NO_MEMORY;
    mem_free(home->groups);
    *home = (struct os_identity_home){ groups, count };
    return ERR_OK;
}

static enum err own_groups(struct os_identity_home *home, size_t *ret_count)
{
    int count = getgroups(0, NULL);
    enum err e = count > 0 ? home_make_room(home, (size_t)count) : ERR_OK;

    if (e)
        return e;
    if (count < 0 || (count > 0 && getgroups(count, home->groups) != count))
        return detail_fail(ERR_ACCESS_DENIED, "this process' groups could not be asked for");
    *ret_count = (size_t)count;
    return ERR_OK;
}

void os_identity_home_done(struct os_identity_home *home)
{
    mem_free(home->groups);
    *home = (struct os_identity_home){ 0 };
}

/* ---- there ---- */

/* Whether this process may, and can come back: to ids that are its real or saved ones. */
static enum err look_at_own(struct os_identity_home *home, struct own *ret)
{
    uid_t real = 0, effective = 0, saved = 0;
    gid_t real_gid = 0, effective_gid = 0, saved_gid = 0;
    enum err e;

    if (!caps_get(&ret->caps) || getresuid(&real, &effective, &saved) ||
        getresgid(&real_gid, &effective_gid, &saved_gid))
        return detail_fail(ERR_ACCESS_DENIED, "this thread's identity could not be asked for: %s",
                           strerror(errno));
    if (!has_effect(&ret->caps, CAP_SETUID) || !has_effect(&ret->caps, CAP_SETGID)) {
        detail_remedy("Give the service CAP_SETUID and CAP_SETGID, or run it as root; or let "
                      "nobody be mapped: impersonation-map = off.");
        return detail_fail(ERR_ACCESS_DENIED,
                           "uid %u may not act as another account: it has no CAP_SETUID or no "
                           "CAP_SETGID",
                           (unsigned)effective);
    }
    if (effective != real && effective != saved)
        return detail_fail(ERR_ACCESS_DENIED,
                           "uid %u is neither the real nor the saved one: there "
                           "would be no way back",
                           (unsigned)effective);
    ret->uid = effective;
    ret->gid = effective_gid;
    e = own_groups(home, &ret->count);
    if (e)
        return e;
    ret->groups = home->groups;
    if (!set_groups(ret->groups, ret->count) || !set_gid(ret->gid))
        return detail_fail(ERR_ACCESS_DENIED,
                           "this process may not be given its own groups, in its user namespace: "
                           "there would be no way back");
    return ERR_OK;
}

static bool is_account(const struct os_account *a)
{
    uid_t real = 0, effective = 0, saved = 0;
    gid_t real_gid = 0, effective_gid = 0, saved_gid = 0;

    return !getresuid(&real, &effective, &saved) &&
           !getresgid(&real_gid, &effective_gid, &saved_gid) && effective == a->uid &&
           effective_gid == a->gid;
}

/* Where it fails half-way, what has happened is taken back. */
static bool enter(const struct os_account *a)
{
    struct caps idle = caps_idle(own.caps);

    return set_groups(a->groups, a->count) && set_gid(a->gid) && set_uid(a->uid) &&
           caps_set(&idle) && is_account(a);
}

enum err os_identity_take(const struct os_account *a, struct os_identity_home *home)
{
    struct own before = { .elsewhere = true };
    enum err e;
    int error;

    if (own.elsewhere)
        return detail_fail(ERR_INTERNAL, "this thread has another identity already");
    if (!a->uid || !a->gid || a->uid == SAME || a->gid == SAME)
        return detail_fail(ERR_ACCESS_DENIED, "nobody is made uid %u, gid %u", a->uid, a->gid);
    e = look_at_own(home, &before);
    if (e)
        return e;
    own = before;
    if (enter(a))
        return ERR_OK;
    error = errno;
    os_identity_give_back();
    return detail_fail(ERR_ACCESS_DENIED, "the kernel did not make this thread uid %u, gid %u: %s",
                       a->uid, a->gid, strerror(error));
}

/* ---- and back ---- */

/* Who cannot be itself again is not to go on as somebody else. */
void os_identity_lost(const char *what)
{
    char text[160];
    int error = errno;

    (void)snprintf(
        text, sizeof text,
        "countersign: a thread that impersonated could not change %s (%s): the process ends", what,
        strerror(error));
    log_audit("%s", text);
    (void)!write(STDERR_FILENO, text, strlen(text));
    (void)!write(STDERR_FILENO, "\n", 1);
    abort();
}

void os_identity_give_back(void)
{
    struct own before = own;

    if (!before.elsewhere)
        return;

    if (!set_uid(before.uid))
        os_identity_lost("its uid back");
    if (!caps_set(&before.caps))
        os_identity_lost("its capabilities back");
    if (!set_gid(before.gid))
        os_identity_lost("its gid back");
    if (!set_groups(before.groups, before.count))
        os_identity_lost("its groups back");
    own = (struct own){ .elsewhere = false };
}

uint32_t os_identity_own_uid(void)
{
    return own.elsewhere ? own.uid : geteuid();
}
