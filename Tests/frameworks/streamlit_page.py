"""Prints the texts that a visitor of a Streamlit app sees first, a line each: `streamlit_page.py ws://HOST/_stcore/stream`."""

import asyncio
import sys

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


async def texts(address: str) -> list[str]:
    found: list[str] = []
    ask = BackMsg()
    ask.rerun_script.query_string = ""
    async with websockets.connect(address, subprotocols=[websockets.Subprotocol("streamlit")]) as socket:
        await socket.send(ask.SerializeToString())
        async for received in socket:
            message = ForwardMsg()
            message.ParseFromString(received)
            kind = message.WhichOneof("type")
            if kind == "script_finished":
                break
            if kind == "delta":
                element = message.delta.new_element
                found += [text for text in (element.heading.body, element.markdown.body, element.exception.message) if text]
    return found


print("\n".join(asyncio.run(asyncio.wait_for(texts(sys.argv[1]), 20))))
