#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""One TCP port leads to another, for clients that will not be told a port.

    rpc_forward.py ADDRESS PORT PORT-BEHIND      says "ready" once it listens
"""
import asyncio
import sys


async def copy(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def main(address, port, behind):
    async def serve(reader, writer):
        onward_reader, onward_writer = await asyncio.open_connection('127.0.0.1', int(behind))
        await asyncio.gather(copy(reader, onward_writer), copy(onward_reader, writer))

    server = await asyncio.start_server(serve, address, int(port))
    print('ready', flush=True)
    await server.serve_forever()


if __name__ == '__main__':
    asyncio.run(main(*sys.argv[1:]))
