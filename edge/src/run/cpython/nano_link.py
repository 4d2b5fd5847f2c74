"""HTTP to the edge that started this process: a connection that was there before, one request at a time."""

import os
import socket

# File descriptors: of the runtime itself, and of what handlers ask the edge for.
links = None


class Link:
    def __init__(self, which):
        global links
        if links is None:
            # In an interpreter of its own. What a handler starts has no use for them.
            links = [int(number) for number in os.environ.pop("_NANO_LINKS").split(",")]
            for link in links:
                os.set_inheritable(link, False)
        self._socket = socket.socket(fileno=links[which])
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
