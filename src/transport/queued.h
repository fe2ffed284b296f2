/* SPDX-License-Identifier: Apache-2.0
 * queued.h - calls that wait for their server in a queue: the protocol sequence ncadg_mq.
 *
 * Two libraries meet here. RPC makes such calls and executes them; what a queue is, who keeps it,
 * and how a message proves its sender, is libcountersign-queue's, which RPC does not link: it is
 * loaded when a program first asks for ncadg_mq, and where it is not installed there is none.
 *
 * A door's functions may be called by any number of threads at once, and may wait.
 */
#pragma once

#include "base/bytes.h"
#include "base/uuid.h"
#include "transport/transport.h"

enum {
    QUEUED_DOOR = 4,       /* struct queued_door::version: both libraries have the same */
    QUEUED_NAME_MAX = 124, /* bytes of a queue's name, as Message Queuing has it */
    QUEUED_PRIORITY_MAX = 7,
    QUEUED_PRIORITY_DEFAULT = 3,
    QUEUED_ID = 16,    /* bytes of a message's id */
    QUEUED_TOKEN = 16, /* bytes of a transaction's token */
};

/* The interface of what is no call: a frame of a connection that travels as messages. It is at
 * level none, whatever its queue asks of calls, and nobody remembers what is said within. */
#define QUEUED_SESSION_UUID                                                                        \
    {                                                                                              \
        0x7c5e1d0a, 0x93b2, 0x4f6e,                                                                \
        {                                                                                          \
            0xa1, 0x48, 0x0d, 0x6b, 0xf2, 0x57, 0xce, 0x31                                         \
        }                                                                                          \
    }

#define QUEUED_FOR_EVER UINT32_MAX /* seconds: as long as the manager allows */

enum queued_level { /* RPC_C_AUTHN_LEVEL_xxx */
                    QUEUED_LEVEL_NONE = 1,
                    QUEUED_LEVEL_INTEGRITY = 5,
                    QUEUED_LEVEL_PRIVACY = 6,
};

enum queued_journal { QUEUED_JOURNAL_NONE, QUEUED_JOURNAL_DEAD, QUEUED_JOURNAL_ALWAYS };

struct queued_options {
    bool recoverable; /* on disk before it is accepted; else in memory */
    bool acknowledge; /* accepted is it when it is in its own queue */
    uint8_t priority; /* 0 to 7 */
    enum queued_journal journal;
    uint32_t reach_seconds;   /* to its queue; QUEUED_FOR_EVER */
    uint32_t receive_seconds; /* to whom executes it */
};

struct queued_syntax { /* an interface, or a transfer syntax */
    struct uuid uuid;
    uint16_t major, minor;
};

struct queued_call {  /* handed over by its sender; all borrowed */
    const char *host; /* where the queue is; "": here */
    const char *queue;
    struct queued_syntax interface, transfer;
    uint16_t opnum;
    struct uuid object; /* nil: none */
    struct bytes body;  /* the [in] parameters */
    enum queued_level level;
    const char *server; /* the SPN of who is to execute it; NULL: anybody, at level none alone */
    struct queued_options options;
};

struct queued_ask { /* how a server opens its queue; all borrowed */
    const char *name;
    bool permanent;          /* it stays when its server ends; else it goes, with what is in it */
    bool clear;              /* what waits there is thrown away */
    bool keep_security;      /* of a queue that is there, least and access stay as they are */
    enum queued_level least; /* of its messages */
    struct bytes access;     /* who may do what with it: a security descriptor; empty: not said */
};

struct queued_queue; /* one that is open */
struct queued_box;   /* one for answers */

struct queued_server { /* who receives, and what it can execute; all borrowed */
    const struct queued_syntax *interfaces; /* any, where count is 0 */
    size_t count;
    const char *const *services; /* the SPNs it answers to */
    size_t services_count;
    const void *credential; /* the PCredHandle it accepts callers with; NULL: none */
};

struct queued_message { /* taken from a queue, and authentic as far as its level says */
    struct queued_syntax interface, transfer;
    uint16_t opnum;
    struct uuid object;
    struct bytes body; /* until it is settled */
    enum queued_level level;
    const char *sender;      /* the principal, or what else its account is called; NULL: unknown */
    const char *const *sids; /* its account's "S-1-..." first; at level none of this host alone, as
                                the manager says */
    size_t sids_count;
    const char *server; /* the SPN it was meant for; NULL: none */

    /* Of a message that an operator has executed again, though its time is over or it was executed
     * before: who does, and why; NULL: none of this. Otherwise it is as its sender sent it. */
    const char *replayer, *replay_reason;

    const char *reply_queue;     /* where its sender awaits the answer; NULL: nobody does */
    uint32_t deliveries;         /* that were begun before */
    const char *host;            /* the sender's, whose keys an answer is for */
    const char *submitter;       /* whose process put it into its queue, as the kernel says */
    uint8_t id[QUEUED_ID];       /* its own */
    uint8_t reply_to[QUEUED_ID]; /* of an answer: the id of what it answers */
};

struct queued_request { /* a call whose answer is awaited; all borrowed */
    struct queued_call call;
    const char *reply_queue; /* of queued_door::open_box */
    /* Told before the call can be answered: its id, which nobody guesses, and the account that
     * alone may answer it, "S-1-..."; NULL: anybody, at level none. */
    void (*named)(void *arg, const uint8_t id[QUEUED_ID], const char *server);
    void *arg;
};

enum queued_end {
    QUEUED_EXECUTED, /* the routine has returned */
    QUEUED_FAILED,   /* the routine has raised status; it may be tried again */
    QUEUED_REFUSED,  /* with status: it must not be tried again */
    QUEUED_RETURNED, /* not looked at: it waits on */
};

struct queued_outcome {
    enum queued_end end;
    uint32_t status; /* RPC_S_xxx, or the routine's own; 0 */
};

struct queued_door {
    unsigned version; /* QUEUED_DOOR */

    /* Returns when the call is accepted. ERR_UNSUPPORTED: a host that cannot be reached, or what
     * else is not done yet. */
    MUST_CHECK enum err (*submit)(const struct queued_call *call);

    MUST_CHECK enum err (*open)(const struct queued_ask *ask, struct queued_queue **ret);
    /* The next message for that server; waits as long. ERR_TIMEOUT: none came. What is refused for
     * its own sake never comes out. */
    MUST_CHECK enum err (*receive)(struct queued_queue *q, const struct queued_server *server,
                                   uint32_t wait_ms, struct queued_message **ret);
    /* It is about to be executed: should this process now be lost, that was a delivery. */
    MUST_CHECK enum err (*begin)(struct queued_queue *q, struct queued_message *m);
    /* What became of it; with this it is gone. */
    void (*settle)(struct queued_queue *q, struct queued_message *m,
                   const struct queued_outcome *outcome);
    /* No receive is under way, and every message is settled. */
    void (*close)(struct queued_queue *q);

    /* As submit. */
    MUST_CHECK enum err (*ask)(const struct queued_request *request);
    /* Answers m, which is not settled yet: from the account of this process to that of m's sender
     * and nobody else, at m's level. ERR_ACCESS_DENIED: m's reply queue is not its sender's. At
     * level none m may be one of the caller's making: its interface, syntax, opnum, object, id,
     * reply_queue, host and submitter count. ERR_NOT_FOUND: there is no such queue. */
    MUST_CHECK enum err (*reply)(const struct queued_message *m, struct bytes body);

    /* Where this process awaits answers: a queue that goes when it is closed, out of which nobody
     * but its account takes anything. */
    MUST_CHECK enum err (*open_box)(char ret_name[QUEUED_NAME_MAX + 1], struct queued_box **ret);
    /* The next answer; waits as long. ERR_TIMEOUT. What is refused for its own sake never comes
     * out. With any other error no more will come. */
    MUST_CHECK enum err (*receive_reply)(struct queued_box *b, uint32_t wait_ms,
                                         struct queued_message **ret);
    void (*free_reply)(struct queued_message *m);
    void (*close_box)(struct queued_box *b);

    /* ---- a message that is executed in a transaction ---- */

    /* The same in every delivery of m, which nobody else of this account executes until it is
     * settled. */
    void (*token)(const struct queued_message *m, uint8_t ret[QUEUED_TOKEN]);
    /* In place of begin: what an earlier execution has sent is gone. */
    MUST_CHECK enum err (*begin_transaction)(struct queued_queue *q, struct queued_message *m);
    /* As submit, by the execution of m: it is on disk when this returns, goes out when m ends as
     * QUEUED_EXECUTED, and never if it ends as QUEUED_FAILED or QUEUED_REFUSED. */
    MUST_CHECK enum err (*submit_joined)(const struct queued_call *call, struct queued_queue *q,
                                         struct queued_message *m);
};

/* What bindings and endpoints of ncadg_mq are of. Nobody connects by it. */
extern const struct transport transport_queued;

/* The other library's, loaded at first need. ERR_RPC_PROTSEQ: it is not installed. */
MUST_CHECK enum err queued_find(const struct queued_door **ret);
/* In its place, for tests; NULL: as before. */
void queued_set(const struct queued_door *door_of_test);

/* ERR_RPC_ENDPOINT_FORMAT: a name is UTF-8 of 1 to QUEUED_NAME_MAX bytes without controls; it
 * begins with neither $ nor a space, and ends with no space. */
MUST_CHECK enum err queued_name_check(const char *name) SHARED(queued_name_check);
