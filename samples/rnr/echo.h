/* SPDX-License-Identifier: Apache-2.0
 * echo.h - what the service and its clients know of each other before they ever meet.
 *
 * Make your own service of the sample by changing these: a GUID of your own (uuidgen) for the class
 * by which clients look for it, and a service class, the first part of its principal name. Both
 * stand in the client's program: read from the directory they would prove nothing.
 */
#pragma once

#define ECHO_TYPE                                                                                  \
    "6d0f4c52-91b7-4f7e-8a5c-2b9d3e1f7a06" /* the Winsock class, as text and as GUID */
#define ECHO_TYPE_GUID                                                                             \
    {                                                                                              \
        0x6d0f4c52, 0x91b7, 0x4f7e,                                                                \
        {                                                                                          \
            0x8a, 0x5c, 0x2b, 0x9d, 0x3e, 0x1f, 0x7a, 0x06                                         \
        }                                                                                          \
    }
#define ECHO_TYPE_NAME "Echoes"
#define ECHO_NAME "Echo"
#define ECHO_CLASS "Echo"
