"""Runs a command in a terminal of its own and types answers: terminal.py '[["wait for", "type"], ...]' command..."""

import json
import os
import pty
import sys

dialogue = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
shown = b""
while True:
    try:
        chunk = os.read(terminal, 65536)
    except OSError:  # Linux says EIO where others say end of file
        chunk = b""
    if not chunk:
        break
    shown += chunk
    if dialogue and dialogue[0][0].encode() in shown:
        os.write(terminal, dialogue.pop(0)[1].encode())
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
print(json.dumps({"exitCode": status, "shown": shown.decode("utf8", "replace")}))
