"""A language server in a process of its own, and the part of an editor: messages of the protocol over its pipes."""

from __future__ import annotations

import json
import subprocess
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Self

DEADLINE = 120  # seconds, for a whole test: far above the need
CAPABILITIES = {
    "workspace": {"configuration": True},
    "textDocument": {
        "completion": {"completionItem": {"snippetSupport": True}},
        "definition": {"linkSupport": True},
        "publishDiagnostics": {},
    },
}

Message = dict[str, Any]


class LanguageServer:
    """A server that was told of a project; `settings` is what it gets when it asks for its configuration."""

    def __init__(self, command: Sequence[str], project: Path, settings: Message) -> None:
        self._project, self._settings = project, settings
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(command, cwd=project, **pipes)  # type: ignore[call-overload]
        self._watchdog = threading.Timer(DEADLINE, self._process.kill)
        self._count = 0
        self.seen: list[Message] = []

    def __enter__(self) -> Self:
        self._watchdog.start()
        folders = [{"uri": self._project.as_uri(), "name": "project"}]
        root = {"rootUri": self._project.as_uri(), "workspaceFolders": folders}
        self.ask("initialize", {"processId": None, "capabilities": CAPABILITIES, **root})
        self.tell("initialized", {})
        return self

    def __exit__(self, *_: object) -> None:
        self._watchdog.cancel()
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            pipe.close()

    def open(self, path: Path) -> list[Message]:
        """Open a feature; what the server finds wrong with it."""
        uri = path.as_uri()
        document = {"uri": uri, "languageId": "cucumber", "version": 1, "text": path.read_text(encoding="utf-8")}
        self.tell("textDocument/didOpen", {"textDocument": document})
        found = self.until(
            lambda one: one.get("method") == "textDocument/publishDiagnostics" and one["params"]["uri"] == uri
        )
        diagnostics: list[Message] = found["params"]["diagnostics"]
        return diagnostics

    def ask_at(self, method: str, path: Path, line: int, character: int) -> Any:
        """Ask about a place of a feature, both counted from 0."""
        place = {"line": line, "character": character}
        return self.ask(f"textDocument/{method}", {"textDocument": {"uri": path.as_uri()}, "position": place})

    def ask(self, method: str, parameters: Message) -> Any:
        """Send a request; its result."""
        self._count += 1
        number = self._count
        self._send({"id": number, "method": method, "params": parameters})
        answer = self.until(lambda one: one.get("id") == number and "method" not in one)
        assert "error" not in answer, answer
        return answer["result"]

    def tell(self, method: str, parameters: Message) -> None:
        """Send a notification."""
        self._send({"method": method, "params": parameters})

    def until(self, wanted: Callable[[Message], bool]) -> Message:
        """Read, and answer what the server asks, until a message is the wanted one."""
        while True:
            message = self._read()
            self.seen.append(message)
            if "id" in message and "method" in message:
                configuration = message["method"] == "workspace/configuration"
                self._send({"id": message["id"], "result": [self._settings] if configuration else None})
            if wanted(message):
                return message

    def _send(self, message: Message) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _read(self) -> Message:
        length = 0
        while line := self._process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, f"the server has ended; it had sent: {self.seen}"
        message: Message = json.loads(self._process.stdout.read(length))
        return message
