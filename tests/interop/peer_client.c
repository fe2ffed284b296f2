/* SPDX-License-Identifier: Apache-2.0
 * peer_client.c - calls everything in idl/peer.idl, compiled for us or for Wine.
 *
 *      peer_client HOST PORT       "ok WHAT" for each; 1 if something was otherwise, which it says
 *
 * Source for Windows: mingw compiles it with widl's stubs, our compiler as it is with ours.
 */
#include "peer_common.h"

static int wrong;

static void check(BOOL right, const char *what)
{
    printf("%s %s\n", right ? "ok" : "WRONG", what);
    wrong += !right;
}

static BOOL equal(const WCHAR *a, const WCHAR *b)
{
    return a && peer_length(a) == peer_length(b) && memcmp(a, b, peer_length(b) * sizeof *a) == 0;
}

/* ---- the calls ---- */

static void greet(void *argument)
{
    PEER_MESSAGE greeting = { NULL };

    (void)argument;
    PeerGreet(_T("W\x00f6rld"), &greeting);
    check(equal(greeting.text, _T("Hello, W\x00f6rld")), "wide strings");
    midl_user_free(greeting.text);
}

static void reverse(void *argument)
{
    char back[8];

    (void)argument;
    PeerReverse("tressed", sizeof back, back);
    check(strcmp(back, "dessert") == 0, "strings in the caller's room");
}

static void echo(void *argument)
{
    static const ULONG sizes[] = { 0, 1, 5000, 1000003 };
    byte *data = malloc(sizes[3]), *back = malloc(sizes[3]);
    BOOL right = data && back;
    ULONG i;

    (void)argument;
    for (i = 0; right && i < sizes[3]; i++)
        data[i] = (byte)(i % 251);
    for (i = 0; right && i < 4; i++) {
        memset(back, 0xee, sizes[3]);
        PeerEcho(sizes[i], data, back);
        right = memcmp(data, back, sizes[i]) == 0;
    }
    check(right, "bytes, of none and of many fragments");
    free(data);
    free(back);
}

static void numbers(void *argument)
{
    PEER_NUMBERS n = { 5000000000LL, 2.25, 70000, 0.5f, PEER_NEAR,
                       -300,         'x',  -2,    TRUE, { 1, 2, 3, 4, 5, 6 } };
    PEER_COLOUR colour = PEER_RED;

    (void)argument;
    PeerNumbers(&n, &colour);
    check(n.tiny == -1 && n.small_number == -299 && n.number == 70001 &&
              n.large_number == 5000000001LL && n.approximate == 1.5f && n.fraction == 3.25 &&
              !n.yes && n.letter == 'y' && n.octets[0] == 2 && n.octets[5] == 7 &&
              colour == PEER_GREEN && n.distance == PEER_FAR,
          "numbers of each size, both kinds of enumeration");
}

static void list_free(PEER_NODE *node)
{
    while (node) {
        PEER_NODE *next = node->next;

        midl_user_free(node->name);
        midl_user_free(node);
        node = next;
    }
}

static void list(void *argument)
{
    WCHAR one[] = _T("one"), three[] = _T("three");
    PEER_NODE c = { 3, three, NULL }, b = { 20, NULL, &c }, a = { 100, one, &b }, *back = NULL;
    hyper sum = PeerList(&a, &back);

    (void)argument;
    check(sum == 123 && back && equal(back->name, three) && back->next && !back->next->name &&
              back->next->number == 20 && back->next->next && equal(back->next->next->name, one) &&
              !back->next->next->next,
          "structures with pointers to their like");
    list_free(back);
    back = &a;
    sum = PeerList(NULL, &back);
    check(sum == 0 && !back, "no pointer at all");
}

static void sums(void *argument)
{
    hyper large[] = { 1, 5000000000LL, -7 };
    PEER_SERIES series = { 3, large }, none = { 0, NULL };
    PEER_TAIL *tail = malloc(sizeof *tail + 4 * sizeof tail->numbers[0]);
    LONG i;

    (void)argument;
    if (!tail)
        return;
    tail->count = 4;
    for (i = 0; i < 4; i++)
        tail->numbers[i] = 10 * i - 1;
    check(PeerSums(&series, tail) == 5000000050LL, "arrays behind a pointer and in a structure");
    tail->count = 0;
    check(PeerSums(&none, tail) == 0, "arrays of nothing");
    free(tail);
}

static void even(void *argument)
{
    SHORT some[8] = { 3, 4, 5, 6, 8, 9, 77, 77 };
    ULONG count = 6;

    (void)argument;
    PeerEven(8, &count, some);
    check(count == 3 && some[0] == 4 && some[1] == 6 && some[2] == 8,
          "arrays of which a part goes");
}

static void tagged(void *argument)
{
    WCHAR text[16] = _T("ab"); /* room for what comes back, should the stub use it again */
    PEER_TAGGED t = { 1, { .number = 21 } };

    (void)argument;
    PeerTagged(&t);
    check(t.kind == 1 && t.value.number == 42, "a union's number");
    t.kind = 2;
    t.value.fraction = 5;
    PeerTagged(&t);
    check(t.kind == 2 && t.value.fraction == 2.5, "a union's fraction");
    t.kind = 77;
    PeerTagged(&t);
    check(t.kind == 77, "a union's default");
    t.kind = 3;
    t.value.text = text;
    PeerTagged(&t);
    check(t.kind == 3 && equal(t.value.text, _T("abab")), "a union's text");
    if (t.value.text != text)
        midl_user_free(t.value.text);
}

static void counter(void *argument)
{
    PEER_COUNTER one = NULL, two = NULL;
    BOOL right;

    (void)argument;
    PeerCounterOpen(10, &one);
    PeerCounterOpen(20, &two);
    right = PeerCounterNext(one) == 11 && PeerCounterNext(two) == 21 && PeerCounterNext(one) == 12;
    check(right && PeerCounters() == 2, "context handles");
    PeerCounterClose(&one);
    PeerCounterClose(&two);
    check(!one && !two && PeerCounters() == 0, "context handles given back");
}

static void ask_raise(void *argument)
{
    PeerRaise(*(const ULONG *)argument);
}

static void raises(void)
{
    /* The first three have a number of their own on the wire, the others go as they are. */
    static const ULONG statuses[] = { RPC_X_INVALID_BOUND, RPC_S_INVALID_TAG,    RPC_S_ZERO_DIVIDE,
                                      ERROR_ACCESS_DENIED, ERROR_FILE_NOT_FOUND, 0x20001234 };
    size_t i;

    for (i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        ULONG status = statuses[i];
        RPC_STATUS got = peer_try(ask_raise, &status);

        if (got != (RPC_STATUS)status)
            printf("raised %u, caught %u\n", (unsigned)status, (unsigned)got);
        check(got == (RPC_STATUS)status, "exceptions");
    }
}

/* ---- the program ---- */

static void must(const char *what, RPC_STATUS status)
{
    if (status == RPC_S_OK)
        return;
    fprintf(stderr, "peer_client: %s: %d\n", what, (int)status);
    exit(1);
}

int main(int argc, char **argv)
{
    static peer_call *const calls[] = { greet, reverse, echo,   numbers, list,
                                        sums,  even,    tagged, counter };
    RPC_CSTR text = NULL;
    size_t i;

    if (argc != 3) {
        fprintf(stderr, "usage: peer_client HOST PORT\n");
        return 2;
    }
    must("RpcStringBindingCompose",
         RpcStringBindingComposeA(NULL, (RPC_CSTR) "ncacn_ip_tcp", (RPC_CSTR)argv[1],
                                  (RPC_CSTR)argv[2], NULL, &text));
    must("RpcBindingFromStringBinding", RpcBindingFromStringBindingA(text, &PeerServer));
    RpcStringFreeA(&text);
    for (i = 0; i < sizeof calls / sizeof *calls; i++) {
        RPC_STATUS status = peer_try(calls[i], NULL);

        if (status != RPC_S_OK)
            printf("exception %u\n", (unsigned)status);
        check(status == RPC_S_OK, "no exception");
    }
    raises();
    RpcBindingFree(&PeerServer);
    return wrong ? 1 : 0;
}
