/* SPDX-License-Identifier: Apache-2.0
 * refusal.c - see refusal.h.
 */
#include "queue/refusal.h"

const char *queue_refusal_text(enum queue_refusal r)
{
    switch (r) {
#define QUEUE_REFUSAL_TEXT(name, text)                                                             \
    case QUEUE_REFUSED_##name:                                                                     \
        return text;
        QUEUE_REFUSAL_LIST(QUEUE_REFUSAL_TEXT)
#undef QUEUE_REFUSAL_TEXT
    }
    return "the message was refused";
}
