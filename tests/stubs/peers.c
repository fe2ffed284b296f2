/* SPDX-License-Identifier: Apache-2.0
 * peers.c - what our stubs write for the values of peers.py, a line for each.
 */
#include "peers.h"
#include "stubs/loop.h"

void One(handle_t h, TEXT *text)
{
    (void)h;
    (void)text;
}

void Many(handle_t h, TEXTS *texts)
{
    (void)h;
    (void)texts;
}

static void print(const char *name)
{
    size_t i;

    printf("%s ", name);
    for (i = 0; i < loop.request.len; i++)
        printf("%02x", loop.request.ptr[i]);
    printf("\n");
}

int main(void)
{
    TEXT two[] = { { 4, 4, (WCHAR *)u"ab" }, { 6, 6, (WCHAR *)u"cde" } };
    TEXTS all = { 2, two }, none = { 0, NULL };

    loop_init(peers_v1_0_s_ifspec);
    LOOP_CALL(c_One(NULL, &two[0]));
    print("one");
    LOOP_CALL(c_Many(NULL, &all));
    print("many");
    LOOP_CALL(c_Many(NULL, &none));
    print("none");
    loop_done();
    return 0;
}
