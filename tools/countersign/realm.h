/* SPDX-License-Identifier: Apache-2.0
 * realm.h - a private Active Directory domain in a folder, and the process that keeps it.
 *
 * One keeper per running realm: it holds the folder's lock, has the domain controller as its
 * child and inherits every orphan below it (subreaper), so nothing outlives it. The lock tells
 * who it is; there is no pid file to go stale.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

enum {
    REALM_DIR = 75,  /* a Unix socket's address is 108 bytes, Samba's longest below here 33 */
    REALM_NAME = 64, /* of which DNS would allow more, NetBIOS nothing of the kind */
    REALM_SETTINGS = 24,
};

/* One for all: only ever inside a namespace, where nobody else is. */
#define REALM_ADDRESS6 "fd00:53::1"

struct realm_setting {
    char name[32];
    char value[192];
};

struct realm {
    char dir[REALM_DIR]; /* absolute */
    char address[16];    /* where it answers, "127.53.N.1"; "" before it was given one */
    size_t count;        /* 0: not made yet */
    struct realm_setting settings[REALM_SETTINGS];
};

struct realm_plan { /* what `up` was asked for */
    char name[REALM_NAME];
    const char *copy_of; /* folder of a stopped realm to start from; NULL: provision */
    bool namespaced;     /* network (and, without root, user) namespace of its own */
    bool ipv6;           /* with REALM_ADDRESS6 as well; in a namespace */
    bool once;           /* start, see it answer, stop: a folder ready for copies */
};

/* realm_folder.c */
MUST_CHECK enum err realm_locate(const char *dir, const char *name, struct realm *ret);
MUST_CHECK enum err realm_load(struct realm *r); /* settings and address, where there are any */
MUST_CHECK enum err realm_set_address(struct realm *r, const char *address);
const char *realm_get(const struct realm *r, const char *name); /* NULL when unknown */
void realm_path(const struct realm *r, const char *below, char *to, size_t size);
MUST_CHECK enum err realm_default_home(char *to, size_t size); /* where unnamed folders lie */
MUST_CHECK enum err realm_prepare(const struct realm *r);      /* the folder and its subfolders */
MUST_CHECK enum err realm_clear(const struct realm *r);        /* all but the lock, if unfinished */
MUST_CHECK enum err realm_write_config(const struct realm *r, const char *name, bool ipv6);
MUST_CHECK enum err realm_remove(const struct realm *r);
bool realm_exists(const struct realm *r); /* a realm's folder, running or not */

/* realm_lock.c */
MUST_CHECK enum err realm_mark(const struct realm *r); /* "this folder is a realm's" */
MUST_CHECK enum err realm_lock(const struct realm *r); /* held until the process ends */
pid_t realm_keeper(const struct realm *r);             /* 0: not running */
bool realm_ready(const struct realm *r);               /* its keeper saw it answer */
MUST_CHECK enum err realm_claim(const char *preferred, bool namespaced, char ret_address[16],
                                int *ret_fd);
/* What the keeper at 127.53.<index>.1 says of itself; false when there is none of ours. */
bool realm_at(unsigned index, char dir[REALM_DIR]);
void realm_answer(int claim, const struct realm *r);

/* realm_process.c */
pid_t realm_spawn(const char *const argv[], int in, const char *log);
/* Kills every descendant, kindly first, and reaps until there is none. */
void realm_kill_all(void);

/* realm_namespace.c */
MUST_CHECK enum err realm_namespace_enter(void);
MUST_CHECK enum err realm_namespace_ipv6(void); /* REALM_ADDRESS6 on its loopback interface */
MUST_CHECK enum err realm_namespace_hosts(const struct realm *r); /* resolv.conf, inside only */
MUST_CHECK enum err realm_namespace_join(pid_t keeper, bool *ret_joined);
bool realm_namespace_is_own(pid_t keeper);

/* realm_probe.c */
MUST_CHECK enum err realm_probe(const struct realm *r); /* KDC, LDAP, global catalog, DNS */

/* realm_keeper.c: the keeper itself; says on report what it does, ends with the realm. Returns its
 * exit status; REALM_KEPT, silently, when the folder has a keeper already. */
enum { REALM_KEPT = 3 };
int realm_keep(struct realm *r, const struct realm_plan *plan, int report);

/* realm_up.c: exit statuses, messages given */
void realm_catch_signals(void); /* Ctrl-C ends a wait, and what was started */
int realm_launch(struct realm *r, const struct realm_plan *plan);
int realm_join(const struct realm *r); /* somebody else's launch: its outcome is ours */
int realm_stop(const struct realm *r);

/* realm_env.c */
typedef void realm_env_sink(void *arg, const char *name, const char *value);
void realm_env(const struct realm *r, realm_env_sink *sink, void *arg);
