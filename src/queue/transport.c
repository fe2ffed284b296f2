/* SPDX-License-Identifier: Apache-2.0
 * transport.c - the door that ncadg_mq's calls go through. RPC finds it by its name.
 */
#include "queue/transport.h"

#include "base/link.h"

extern const struct queued_door queued_library SHARED(queued_library);

const struct queued_door queued_library = { .version = QUEUED_DOOR,
                                            .submit = queue_transport_submit,
                                            .open = queue_transport_open,
                                            .receive = queue_transport_receive,
                                            .begin = queue_transport_begin,
                                            .settle = queue_transport_settle,
                                            .close = queue_transport_close,
                                            .ask = queue_transport_ask,
                                            .reply = queue_transport_reply,
                                            .open_box = queue_transport_open_box,
                                            .receive_reply = queue_transport_receive_reply,
                                            .free_reply = queue_transport_free_reply,
                                            .close_box = queue_transport_close_box,
                                            .token = queue_transport_token,
                                            .begin_transaction = queue_transport_begin_transaction,
                                            .submit_joined = queue_transport_submit_joined };
