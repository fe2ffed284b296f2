/* SPDX-License-Identifier: Apache-2.0 */
#error COM and ADSI are not here: services are published and found with scp.h, called by RPC
