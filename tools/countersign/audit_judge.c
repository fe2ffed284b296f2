/* SPDX-License-Identifier: Apache-2.0
 * audit_judge.c - what the answers of servers say of them: pure, and asks nobody.
 */
#include "audit_inside.h"

#include <string.h>

#include "base/alloc.h"

/* clang-format off */
const struct audit_practice audit_practices[AUDIT_PRACTICES] = {
    { "Which security provider to use", "which-security-provider-to-use", NULL },
    { "Controlling client authentication", "controlling-client-authentication", NULL },
    { "Choosing an authentication level", "choosing-an-authentication-level", NULL },
    { "Choosing security QOS options", "choosing-security-qos-options",
      "the clients' side: RpcBindingSetAuthInfoEx" },
    { "RpcServerRegisterAuthInfo denies nobody",
      "common-mistake-assuming-rpcserverregisterauthinfo-prevents-unauthorized-users-from-"
      "calling-your-server", NULL },
    { "Callbacks", "callbacks", "the source: who is called back, and for how long" },
    { "Null sessions", "null-sessions", NULL },
    { "Use the /robust flag", "use-the-robust-flag", "the stubs' compiler: those of countersign-idl always check" },
    { "IDL techniques for better interfaces",
      "idl-techniques-for-better-interface-and-method-design", "countersign-idl --lint FILE.idl" },
    { "Strict and type strict context handles", "strict-and-type-strict-context-handles",
      "countersign-idl --lint FILE.idl" },
    { "Do not trust your peer", "do-not-trust-your-peer", "the source: what the routines check" },
    { "Do not use endpoint security", "do-not-use-endpoint-security",
      "the source: RpcServerUseProtseq's descriptor" },
    { "Be wary of other endpoints in the process",
      "be-wary-of-other-rpc-endpoints-running-in-the-same-process",
      "the audit of its host, whose map is compared with what is served" },
    { "Verify the server is who it claims to be", "verify-the-server-is-who-it-claims-to-be",
      NULL },
    { "Use mainstream protocol sequences", "use-mainstream-protocol-sequences", NULL },
    { "How secure is my RPC server now?", "how-secure-is-my-rpc-server-now", NULL },
};

const struct audit_kind_row audit_kinds[AUDIT_KINDS] = {
    [AUDIT_ANYBODY] = { "anybody", 7, 'F',
        "It takes calls of callers who did not authenticate: all that stands between a stranger "
        "and its operations is what each of them checks by itself.",
        "RpcServerRegisterIf2(..., RPC_IF_ALLOW_SECURE_ONLY, ...), without "
        "RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH", NULL },
    [AUDIT_UNUSED_PROOF] = { "unused-proof", 5, 'F',
        "Callers could prove who they are, and need not: RpcServerRegisterAuthInfo lets them, and "
        "keeps nobody out.",
        "in the interface's security callback: if (RpcBindingInqAuthClient(call, ...) != RPC_S_OK) "
        "return RPC_S_ACCESS_DENIED;", NULL },
    [AUDIT_REFUSES_NOBODY] = { "refuses-nobody", 2, 'D',
        "It refused no caller that was tried, whatever the level: nothing seems to look at "
        "callers at all.",
        "a security callback: the last argument of RpcServerRegisterIf2",
        "Nothing looks at callers at all: it has neither a security callback nor a descriptor, and its "
        "flags let everybody in." },
    [AUDIT_WEAK_LEVEL] = { "weak-level", 3, 'D',
        "It takes calls at level connect or pkt, whose contents anybody on the way may read and "
        "change.",
        "in the interface's security callback: if (level < RPC_C_AUTHN_LEVEL_PKT_PRIVACY) return "
        "RPC_S_ACCESS_DENIED;",
        "No level is asked for by its guard or by policy, and there is no callback to ask: calls at "
        "level connect, or at none, are taken." },
    [AUDIT_NO_PROOF] = { "no-proof", 14, 'C',
        "It did not prove to be the name that was asked of it, so its levels are not known.",
        "RpcServerRegisterAuthInfo(\"CLASS/HOST\", RPC_C_AUTHN_GSS_NEGOTIATE, NULL, NULL), and "
        "that name with --spn",
        "It is reached from other hosts, and has no name to prove: its clients cannot know whom they "
        "reach." },
    [AUDIT_LEVELS_UNSEEN] = { "levels-unseen", 3, 'C',
        "Which levels it takes was not seen, and nothing better than C is given unseen.",
        "ask as somebody: kinit, and a host's name or --spn CLASS/HOST", NULL },
    [AUDIT_UNCLEAR] = { "unclear", 16, 'C',
        "It answered what is no answer.", "the server's log may say more", NULL },
    [AUDIT_ODD_SEQUENCE] = { "odd-sequence", 15, 'C',
        "It is served over a protocol sequence that few use and fewer test.",
        "RpcServerUseProtseq(\"ncacn_ip_tcp\", ...), or \"ncalrpc\" for callers of this host", NULL },
    [AUDIT_READABLE] = { "readable", 3, 'B',
        "It takes calls at level integrity: nobody can change them, anybody on the way can read "
        "them.",
        "in the interface's security callback: if (level < RPC_C_AUTHN_LEVEL_PKT_PRIVACY) return "
        "RPC_S_ACCESS_DENIED;", NULL },
    [AUDIT_BESIDE] = { "beside", 13, 'B',
        "It can be called at an endpoint that it is not registered for: every interface of a "
        "process is served at every endpoint of it.",
        "in the interface's security callback: RpcServerInqCallAttributes, and its protocol "
        "sequence; or a process of its own",
        "It is one of several interfaces, and served at every endpoint of the process: nothing says at "
        "which it is meant to be." },
    [AUDIT_STALE] = { "stale", 14, 'B',
        "The endpoint mapper sends its clients where it is not: who takes that endpoint next "
        "gets their calls.",
        "RpcEpUnregister before the server ends", NULL },
    [AUDIT_NO_LIMIT] = { "no-limit", 16, 'B',
        "It takes requests of a MByte and more: a few callers can have much of its memory.",
        "RpcServerRegisterIf2(..., MaxRpcSize, ...): the largest request that the interface has "
        "use for",
        "It takes requests of a MByte and more: MaxRpcSize does not say less." },
    [AUDIT_TELLS_ANYBODY] = { "tells-anybody", 16, 'A',
        "Strangers may ask it: what the process serves, or where. That is how these are meant.",
        "where it is not: RpcMgmtSetAuthorizationFn, countersign-epmapd --authenticated", NULL },
    [AUDIT_OPERATION_ANYBODY] = { "operation-anybody", 7, 'F',
        "Its interface refuses callers who did not authenticate, and an operation of it takes them.",
        "CsServerGuardInterface: a least level for that operation; or the callback, which is told "
        "the operation's number", NULL },
    [AUDIT_OPERATION_WEAK] = { "operation-weak", 3, 'D',
        "Its interface refuses calls at levels connect and pkt, and an operation of it takes them.",
        "CsServerGuardInterface: a least level for that operation; or the callback, which is told "
        "the operation's number", NULL },
    [AUDIT_UNCHECKED] = { "unchecked", 8, 'D',
        "An operation with [in] parameters answered a request that has none: nobody looks at what "
        "comes before it is used.",
        "stubs of countersign-idl, or MIDL's /robust", NULL },
    [AUDIT_MANY_CONNECTIONS] = { "many-connections", 16, 'A',
        "A stranger had as many connections at once as were tried.",
        "where that is too many: client-connections = enforce NUMBER in countersign.conf", NULL },
    [AUDIT_ANY_ACCOUNT] = { "any-account", 2, 'B',
        "Whoever has an account may call: nothing decides which of them.",
        "a security callback, the last argument of RpcServerRegisterIf2; or a descriptor, the last "
        "one of RpcServerRegisterIf3", NULL },
    [AUDIT_LOOSE_HANDLES] = { "loose-handles", 10, 'B',
        "It has open context handles that are not strict, beside other interfaces of the process.",
        "[strict_context_handle] in the ACF", NULL },
    [AUDIT_SHARED_HANDLES] = { "shared-handles", 10, 'D',
        "Policy context-identity does not enforce: whoever learns another client's context handle "
        "may use it.",
        "in countersign.conf: context-identity = enforce", NULL },
    [AUDIT_ENDPOINT_SECURITY] = { "endpoint-security", 12, 'B',
        "An endpoint's descriptor is all that says who may call it: whoever comes in by another "
        "endpoint of the process is asked nothing.",
        "the descriptor as the last argument of RpcServerRegisterIf3; or a security callback",
        NULL },
    [AUDIT_NO_SHARE] = { "no-share", 16, 'B',
        "One client may have all of it: a limit of what each may have does not enforce.",
        "client-connections, client-calls, client-contexts and client-memory = enforce in "
        "countersign.conf",
        NULL },
    [AUDIT_CALLBACKS_WAIT] = { "callbacks-wait", 6, 'B',
        "A client that is called back and never answers holds its call for ever.",
        "callback-seconds = enforce in countersign.conf", NULL },
    [AUDIT_KEPT_ANSWERS] = { "kept-answers", 2, 'A',
        "What its callback allows is kept, for one caller, level and operation of a connection: "
        "right where it asks about nothing else.",
        "where it asks for more: RPC_IF_SEC_NO_CACHE, and not RPC_IF_SEC_CACHE_PER_PROC", NULL },
    [AUDIT_CALLBACK_ALONE] = { "callback-alone", 7, 'C',
        "It asks for callers who do not authenticate, and its callback alone can refuse them: "
        "whether it does is not seen from inside.",
        "RPC_IF_ALLOW_SECURE_ONLY, without RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH; or ask from outside, "
        "too",
        NULL },
    [AUDIT_NOT_WELCOME] = { "not-welcome", 3, 'C',
        "It knows you and refused you at every level: which levels it takes of those whom it lets in "
        "was not seen, and nothing better than C is given unseen.",
        "ask as somebody who may call it: kinit", NULL },
    [AUDIT_SILENT] = { "silent", 3, 'C',
        "At some level it did not answer, or was too busy: whether it takes that one is not known.",
        "ask again, with a longer --timeout", NULL },
};
/* clang-format on */

static bool is_local(const struct endpoint *p)
{
    return strcmp(p->sequence, "ncalrpc") == 0;
}

/* Every server has one, and the other leads to all: both are for strangers. */
static bool is_for_anybody(const struct endpoint *p)
{
    const char *name = endpoints_interface_name(&p->id.Uuid);

    return name && (strcmp(name, "epm") == 0 || strcmp(name, "mgmt") == 0);
}

static bool is_mainstream(const struct endpoint *p)
{
    static const char *const good[] = { "ncacn_ip_tcp", "ncalrpc", "ncacn_np", "ncacn_http" };
    size_t i;

    for (i = 0; i < sizeof good / sizeof *good; i++)
        if (strcmp(p->sequence, good[i]) == 0)
            return true;
    return false;
}

static unsigned if_true(bool true_of, enum audit_kind kind)
{
    return true_of ? 1U << kind : 0;
}

/* Of a caller over the network. */
static unsigned judge_levels(const struct audit *a, const struct verdict *v)
{
    const unsigned weak = 1U << RPC_C_AUTHN_LEVEL_CONNECT | 1U << RPC_C_AUTHN_LEVEL_PKT;
    const unsigned readable = 1U << RPC_C_AUTHN_LEVEL_PKT_INTEGRITY;
    const unsigned sealed = 1U << RPC_C_AUTHN_LEVEL_PKT_PRIVACY;
    unsigned levels = v->levels[0] | v->levels[1];
    bool asked = v->asked[0] || v->asked[1];

    if (!a->e.asked_as_user)
        return if_true(true, AUDIT_LEVELS_UNSEEN);
    if (!asked)
        return if_true(true, AUDIT_NO_PROOF);
    return if_true((v->gaps[0] && v->asked[0]) || (v->gaps[1] && v->asked[1]), AUDIT_SILENT) |
           if_true(!levels && !v->anybody, AUDIT_NOT_WELCOME) |
           if_true(levels & weak, AUDIT_WEAK_LEVEL) |
           if_true((levels & readable) && !(levels & weak), AUDIT_READABLE) |
           if_true(v->anybody && levels == (weak | readable | sealed), AUDIT_REFUSES_NOBODY);
}

static unsigned judge_answers(const struct audit *a, const struct endpoint *p)
{
    const struct verdict *v = &p->verdict;
    bool proof = v->asked[0] || v->asked[1];
    bool taken = v->anybody || v->levels[0] || v->levels[1];
    unsigned found;

    if (is_for_anybody(p))
        return if_true(v->anybody, AUDIT_TELLS_ANYBODY);
    found = if_true(v->anybody, AUDIT_ANYBODY) | if_true(v->anybody && proof, AUDIT_UNUSED_PROOF) |
            if_true(p->unlisted && taken, AUDIT_BESIDE) | if_true(p->large, AUDIT_NO_LIMIT) |
            if_true(p->connections == ACTIVE_CONNECTIONS, AUDIT_MANY_CONNECTIONS);
    return is_local(p) ? found : found | judge_levels(a, v);
}

/* Of its operations, as far as they were called. */
static unsigned judge_calls(const struct audit *a, const struct endpoint *p)
{
    const unsigned weak = 1U << RPC_C_AUTHN_LEVEL_CONNECT | 1U << RPC_C_AUTHN_LEVEL_PKT;
    const struct active_call *c, *end = a->active.calls + a->active.call_count;
    bool anybody = p->verdict.anybody;
    bool weakly = (p->verdict.levels[0] | p->verdict.levels[1]) & weak;
    unsigned found = 0;

    for (c = a->active.calls; c < end; c++)
        if (&a->e.all[c->endpoint] == p)
            found |= if_true(!anybody && c->anybody >= ACTIVE_REACHED, AUDIT_OPERATION_ANYBODY) |
                     if_true(!weakly && c->weak >= ACTIVE_REACHED, AUDIT_OPERATION_WEAK) |
                     if_true(c->anybody == ACTIVE_ANSWERED || c->weak == ACTIVE_ANSWERED,
                             AUDIT_UNCHECKED);
    return found;
}

static unsigned judge(const struct audit *a, const struct endpoint *p)
{
    unsigned found =
        if_true(!is_mainstream(p), AUDIT_ODD_SEQUENCE) | (a->active.calls ? judge_calls(a, p) : 0);

    switch (p->verdict.state) {
    case ENDPOINT_ANSWERS:
        return found | judge_answers(a, p);
    case ENDPOINT_STALE:
    case ENDPOINT_DEAD:
        return found | if_true(!p->unlisted, AUDIT_STALE);
    case ENDPOINT_UNKNOWN:
        return found | if_true(true, AUDIT_UNCLEAR);
    case ENDPOINT_UNASKED:
        break;
    }
    return found;
}

static char worse(char a, char b)
{
    return a > b ? a : b;
}

static char grade_of(unsigned found)
{
    char grade = 'A';
    unsigned kind;

    for (kind = 0; kind < AUDIT_KINDS; kind++)
        if (found & 1U << kind)
            grade = worse(grade, audit_kinds[kind].grade);
    return grade;
}

/* What an answer shows where nothing speaks against it. */
static void hold(struct audit *a, const struct endpoint *p)
{
    const struct verdict *v = &p->verdict;
    bool proof = v->asked[0] || v->asked[1];
    size_t i;

    a->practices[15 - 1] = PRACTICE_HOLDS;
    if (v->state != ENDPOINT_ANSWERS)
        return;
    a->practices[16 - 1] = PRACTICE_HOLDS;
    if (!is_for_anybody(p) && !v->anybody)
        a->practices[2 - 1] = a->practices[7 - 1] = PRACTICE_HOLDS;
    if (proof)
        a->practices[1 - 1] = a->practices[14 - 1] = PRACTICE_HOLDS;
    if (proof && !is_for_anybody(p))
        a->practices[3 - 1] = a->practices[5 - 1] = PRACTICE_HOLDS;
    for (i = 0; i < a->active.call_count; i++)
        if (a->active.calls[i].anybody == ACTIVE_REACHED ||
            a->active.calls[i].weak == ACTIVE_REACHED)
            a->practices[8 - 1] = PRACTICE_HOLDS;
    if (!a->binding && !a->chosen && !a->e.untold)
        a->practices[13 - 1] = PRACTICE_HOLDS;
}

static void take(struct audit *a, size_t i, unsigned found, bool asked)
{
    a->found[i] = found;
    a->judged += asked;
    a->grades[i] = asked || found ? grade_of(found) : '-';
    if (a->grades[i] != '-')
        a->grade = worse(a->grade, a->grades[i]);
}

bool audit_judge(struct audit *a)
{
    bool answers = false;
    unsigned kind;
    size_t i;

    a->found = mem_zero(a->e.count * sizeof *a->found + 1);
    a->grades = mem_zero(a->e.count + 1);
    if (!a->found || !a->grades)
        return false;
    a->grade = 'A';
    for (i = 0; a->inside && i < a->e.count; i++)
        take(a, i, audit_inside_found(a->inside, &a->inside->interfaces[i]), true);
    for (i = 0; !a->inside && i < a->e.count; i++) {
        const struct endpoint *p = &a->e.all[i];

        take(a, i, judge(a, p), p->verdict.state != ENDPOINT_UNASKED);
        hold(a, p);
        answers |= p->verdict.state == ENDPOINT_ANSWERS;
    }
    if (!a->inside && a->judged &&
        !answers) /* what was registered is gone, and what is there was not seen */
        a->grade = worse(a->grade, 'C');
    for (kind = 0; kind < AUDIT_KINDS; kind++)
        if (audit_count(a, kind) && audit_kinds[kind].grade > 'A')
            a->practices[audit_kinds[kind].practice - 1] = PRACTICE_BROKEN;
    if (a->inside)
        audit_inside_practices(a);
    return true;
}

void audit_done(struct audit *a)
{
    mem_free(a->found);
    mem_free(a->grades);
    audit_inside_free(a->inside);
    active_done(&a->active);
    endpoints_done(&a->e);
}

size_t audit_count(const struct audit *a, enum audit_kind kind)
{
    size_t n = 0, i;

    for (i = 0; i < a->e.count; i++)
        n += a->found[i] >> kind & 1U;
    return n;
}

const char *audit_state_word(enum audit_state state)
{
    static const char *const words[] = { "unseen", "holds", "broken" };

    return words[state];
}

const char *audit_about(const struct audit *a)
{
    if (a->inside)
        return a->about;
    return a->binding ? a->binding : a->e.host ? a->e.host : "this host";
}

const char *audit_unasked(const struct audit *a, size_t i)
{
    static const char *const always[] = {
        "binds that decline header signing: this client always asks for it",
        "how many context handles one client may have: making one runs a routine",
    };

    if (a->inside)
        return NULL;
    if (i < sizeof always / sizeof *always)
        return always[i];
    return i == sizeof always / sizeof *always && !a->active.wanted
               ? "how many connections one client may have: with --active alone"
               : NULL;
}

const char *audit_parts(const struct audit *a)
{
    return a->inside ? "interfaces" : "endpoints";
}

const char *audit_found(const struct audit *a, enum audit_kind kind)
{
    const struct audit_kind_row *k = &audit_kinds[kind];

    return a->inside && k->inside ? k->inside : k->found;
}

const char *audit_reason(const struct audit *a, unsigned practice)
{
    if (a->inside)
        return a->inside->reasons[practice - 1];
    return a->practices[practice - 1] == PRACTICE_UNSEEN ? audit_practices[practice - 1].elsewhere
                                                         : NULL;
}
