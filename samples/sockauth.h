/* SPDX-License-Identifier: Apache-2.0
 * sockauth.h - what the service and its clients know of each other before they ever meet.
 *
 * Make your own service of the sample by changing these: a GUID of your own (uuidgen) by which
 * clients find it, and a service class, the first part of its principal name. Both stand in the
 * client's program: a class or a GUID read from the directory would prove nothing.
 */
#pragma once

#define SOCKAUTH_GUID "3f1b6c1e-7a4d-4c0b-9d56-0c5b8f7e2a91"
#define SOCKAUTH_CLASS "SockAuth"
#define SOCKAUTH_NAME "SockAuth"
