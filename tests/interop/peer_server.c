/* SPDX-License-Identifier: Apache-2.0
 * peer_server.c - the interface of idl/peer.idl, served by whoever this is compiled for: us, or
 * Wine.
 *
 *      peer_server             says "port N" on a TCP port of its choice, and serves until it is
 * ended
 *
 * Source for Windows: mingw compiles it with widl's stubs, our compiler as it is with ours.
 */
#include "peer_common.h"

static volatile LONG counters;

static void *must_allocate(size_t size)
{
    void *p = midl_user_allocate(size);

    if (!p)
        RpcRaiseException(RPC_S_OUT_OF_MEMORY);
    return p;
}

/* ---- the interface ---- */

static WCHAR *joined(const WCHAR *first, const WCHAR *second)
{
    size_t n = peer_length(first), m = peer_length(second);
    WCHAR *text = must_allocate((n + m + 1) * sizeof *text);

    memcpy(text, first, n * sizeof *text);
    memcpy(text + n, second, (m + 1) * sizeof *text);
    return text;
}

void PeerGreet(const WCHAR *name, PEER_MESSAGE *greeting)
{
    greeting->text = joined(_T("Hello, "), name);
}

void PeerReverse(const char *text, ULONG room, char *back)
{
    size_t n = strlen(text), i;

    if (n >= room)
        RpcRaiseException(RPC_X_INVALID_BOUND);
    for (i = 0; i < n; i++)
        back[i] = text[n - 1 - i];
    back[n] = 0;
}

void PeerEcho(ULONG size, const byte *data, byte *back)
{
    if (size)
        memcpy(back, data, size);
}

void PeerNumbers(PEER_NUMBERS *n, PEER_COLOUR *colour)
{
    int i;

    n->tiny++;
    n->small_number++;
    n->number++;
    n->large_number++;
    n->approximate++;
    n->fraction++;
    n->yes = !n->yes;
    n->letter++;
    for (i = 0; i < 6; i++)
        n->octets[i]++;
    *colour = *colour == PEER_RED ? PEER_GREEN : PEER_RED;
    n->distance = n->distance == PEER_NEAR ? PEER_FAR : PEER_NEAR;
}

hyper PeerList(const PEER_NODE *first, PEER_NODE **back)
{
    hyper sum = 0;

    *back = NULL;
    for (; first; first = first->next) {
        PEER_NODE *node = must_allocate(sizeof *node);

        node->number = first->number;
        node->name = first->name ? joined(first->name, _T("")) : NULL;
        node->next = *back;
        *back = node;
        sum += first->number;
    }
    return sum;
}

hyper PeerSums(const PEER_SERIES *series, const PEER_TAIL *tail)
{
    hyper sum = 0;
    ULONG i;

    for (i = 0; i < series->count; i++)
        sum += series->numbers[i];
    for (i = 0; i < tail->count; i++)
        sum += tail->numbers[i];
    return sum;
}

void PeerEven(ULONG most, ULONG *count, SHORT *numbers)
{
    ULONG i, n = 0;

    if (*count > most)
        RpcRaiseException(RPC_X_INVALID_BOUND);
    for (i = 0; i < *count; i++)
        if (numbers[i] % 2 == 0)
            numbers[n++] = numbers[i];
    *count = n;
}

void PeerTagged(PEER_TAGGED *tagged)
{
    switch (tagged->kind) {
    case 1:
        tagged->value.number *= 2;
        break;
    case 2:
        tagged->value.fraction /= 2;
        break;
    case 3:
        if (tagged->value.text)
            tagged->value.text = joined(tagged->value.text, tagged->value.text);
        break;
    default:
        break;
    }
}

void PeerRaise(ULONG status)
{
    RpcRaiseException((RPC_STATUS)status);
}

void PeerCounterOpen(LONG first, PEER_COUNTER *counter)
{
    LONG *count = must_allocate(sizeof *count);

    *count = first;
    *counter = count;
    InterlockedIncrement(&counters);
}

LONG PeerCounterNext(PEER_COUNTER counter)
{
    LONG *count = counter;

    return ++*count;
}

void PeerCounterClose(PEER_COUNTER *counter)
{
    PEER_COUNTER_rundown(*counter);
    *counter = NULL;
}

ULONG PeerCounters(void)
{
    return (ULONG)counters;
}

/* Called also when the client is gone. */
void __RPC_USER PEER_COUNTER_rundown(PEER_COUNTER counter)
{
    midl_user_free(counter);
    InterlockedDecrement(&counters);
}

/* ---- the program ---- */

static void must(const char *what, RPC_STATUS status)
{
    if (status == RPC_S_OK)
        return;
    fprintf(stderr, "peer_server: %s: %d\n", what, (int)status);
    exit(1);
}

static void say_port(void)
{
    RPC_BINDING_VECTOR *bindings = NULL;
    RPC_CSTR text = NULL, endpoint = NULL;

    must("RpcServerInqBindings", RpcServerInqBindings(&bindings));
    must("RpcBindingToStringBinding", RpcBindingToStringBindingA(bindings->BindingH[0], &text));
    must("RpcStringBindingParse", RpcStringBindingParseA(text, NULL, NULL, NULL, &endpoint, NULL));
    printf("port %s\n", (char *)endpoint);
    fflush(stdout);
    RpcStringFreeA(&endpoint);
    RpcStringFreeA(&text);
    RpcBindingVectorFree(&bindings);
}

int main(void)
{
    must("RpcServerUseProtseq",
         RpcServerUseProtseqA((RPC_CSTR) "ncacn_ip_tcp", RPC_C_PROTSEQ_MAX_REQS_DEFAULT, NULL));
    must("RpcServerRegisterIfEx",
         RpcServerRegisterIfEx(peer_v1_2_s_ifspec, NULL, NULL, RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                               RPC_C_LISTEN_MAX_CALLS_DEFAULT, NULL));
    must("RpcServerListen", RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, 1));
    say_port();
    must("RpcMgmtWaitServerListen", RpcMgmtWaitServerListen());
    return 0;
}
