"""Connections to the edge that started this process, which were there before: for events, and for what handlers ask for."""

import os
import socket
import struct

# File descriptors: of the runtime itself, and of what handlers ask the edge for.
links = None


def connection(which):
    global links
    if links is None:
        # In an interpreter of its own. What a handler starts has no use for them.
        links = [int(number) for number in os.environ.pop("_NANO_LINKS").split(",")]
        for link in links:
            os.set_inheritable(link, False)
    return socket.socket(fileno=links[which])


class Events:
    """Events, and what became of each, as link.rs has them: one system call for each of the two."""

    def __init__(self):
        self._socket = connection(0)
        self._receive = self._socket.recv
        # Of the event that is under way.
        self._number = 0
        self._sizes = struct.Struct(">III").unpack_from
        self._start = struct.Struct(">cIII").pack

    def next(self):
        """Lines about the event, and the event. Nothing comes behind it before it is answered."""
        received = self._more(b"", 12)
        self._number, head, event = self._sizes(received)
        end = 12 + head
        if len(received) < end + event:
            received = self._more(received, end + event)
        return received[12:end].decode().split("\n", 5), received[end:]

    def _more(self, received, wanted):
        if wanted < 1 << 16:
            while len(received) < wanted:
                part = self._receive(1 << 15)
                if not part:
                    raise ConnectionError("the edge closed the connection")
                received += part
            return received
        whole = bytearray(wanted)
        whole[: len(received)] = received
        view = memoryview(whole)[len(received) :]
        while view:
            count = self._socket.recv_into(view)
            if not count:
                raise ConnectionError("the edge closed the connection")
            view = view[count:]
        return bytes(whole)

    def say(self, kind, body=b"", kilobytes=0):
        start = self._start(kind, self._number, kilobytes, len(body))
        if len(body) < 1 << 16:
            self._socket.sendall(start + body)
        else:
            self._socket.sendall(start)
            self._socket.sendall(body)


class Link:
    """HTTP, one request at a time."""

    def __init__(self, which):
        self._socket = connection(which)
        self._buffer = b""

    def request(self, method, path, body=b"", headers=""):
        """Status, headers by lower-case name, body. `headers` are whole lines."""
        head = "%s %s HTTP/1.1\r\nHost: edge\r\nContent-Length: %d\r\n%s\r\n" % (method, path, len(body), headers)
        self._socket.sendall(head.encode("latin-1") + body)
        while True:
            end = self._buffer.find(b"\r\n\r\n")
            if end >= 0:
                break
            self._receive()
        lines = self._buffer[:end].decode("latin-1").split("\r\n")
        self._buffer = self._buffer[end + 4 :]
        answered = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            answered[name.lower()] = value.strip()
        length = int(answered.get("content-length", 0))
        while len(self._buffer) < length:
            self._receive()
        content, self._buffer = self._buffer[:length], self._buffer[length:]
        return int(lines[0].split(" ", 2)[1]), answered, content

    def _receive(self):
        received = self._socket.recv(1 << 16)
        if not received:
            raise ConnectionError("the edge closed the connection")
        self._buffer += received
