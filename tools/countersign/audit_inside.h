/* SPDX-License-Identifier: Apache-2.0
 * audit_inside.h - a server of ours, as it tells of itself (inside.idl).
 *
 * It is believed as far as its account is: what answers must be the process's account, or root, by
 * the kernel's word. Whoever has that account could change the process itself.
 */
#pragma once

#include <sys/types.h>

#include "audit.h"
#include "inside.h"

enum {
    INSIDE_LIST_MAX = 16384, /* elements of one list: more is no server's */
    INSIDE_COMMAND = 32,
};

struct audit_inside {
    pid_t pid;
    char command[INSIDE_COMMAND]; /* as the kernel has it; "": not known */
    inside_process process;
    inside_interface *interfaces; /* of each entry of struct endpoints, the same one */
    inside_place *places;         /* where their guards have them served */
    inside_operation *operations; /* of those that have guards or access lists */
    inside_endpoint *endpoints;
    inside_principal *principals;
    inside_policy *policies;
    size_t interface_count, place_count, operation_count, endpoint_count, principal_count,
        policy_count;
    const char
        *reasons[AUDIT_PRACTICES]; /* why a practice is as it is; NULL: its findings say it */
};

/* ---- audit_unit.c ---- */

/* "hello.service". */
bool audit_is_unit(const char *text);
/* The process that systemd runs for a unit, or that has an endpoint of ncalrpc. The program's exit
 * status; what is wrong has been told. */
int audit_pid_of_unit(const char *unit, pid_t *ret);
int audit_pid_of_endpoint(const char *binding, pid_t *ret);
/* Whose it is; false: there is none. */
bool audit_process_account(pid_t pid, uid_t *ret_uid, char ret_command[INSIDE_COMMAND]);

/* ---- audit_inside.c ---- */

int audit_inside_ask(struct audit *a, pid_t pid);
void audit_inside_free(struct audit_inside *in); /* accepts NULL */

/* ---- audit_inside_judge.c ---- */

/* Whether callers of other hosts reach it, and those of this host over ncalrpc. */
bool audit_inside_is_local(const struct audit_inside *in, const inside_interface *f);
bool audit_inside_is_remote(const struct audit_inside *in, const inside_interface *f);
/* The least RPC_C_AUTHN_LEVEL_xxx that reaches it, as far as that is written down. */
unsigned audit_inside_least(const struct audit_inside *in, const inside_interface *f);
/* AUDIT_xxx of one interface. */
unsigned audit_inside_found(const struct audit_inside *in, const inside_interface *f);
/* The practices, once the findings are there. */
void audit_inside_practices(struct audit *a);

/* ---- audit_inside_facts.c ---- */

struct audit_fact {
    const char *name;
    char value[2 * INSIDE_TEXT + 256];
};
/* The i-th fact of an interface, or with f NULL of the process; false: no more. */
bool audit_inside_fact(const struct audit_inside *in, const inside_interface *f, size_t i,
                       struct audit_fact *ret);
void audit_inside_json(const struct audit_inside *in);

/* ---- audit_inside_parts.c ---- */

/* Whether its guard has a list of endpoints, which may be empty. */
bool audit_inside_has_places(const inside_interface *f);
size_t audit_inside_places(const struct audit_inside *in, const inside_interface *f);
/* Whether its guard lets it be served over ncalrpc, or else over the network. */
bool audit_inside_may_be(const struct audit_inside *in, const inside_interface *f, bool local);
/* The i-th endpoint or operation that its guard and lists speak of; false: no more. */
bool audit_inside_part(const struct audit_inside *in, const inside_interface *f, size_t i,
                       struct audit_fact *ret);
/* Within the object of an interface or an operation. */
void audit_inside_json_whom(ULONG parts);
void audit_inside_json_parts(const struct audit_inside *in, const inside_interface *f);
