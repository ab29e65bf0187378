"""A small SSR server for tests, as `edge/render/contract.ts` says: HTTP on a Unix socket."""

import json
import os
import shutil
import socketserver
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path


class SsrServer:
    """`answer(request)` returns `(status, body)`, or None to break off; `requests` are those that came."""

    def __init__(self, answer):
        self.answer = answer
        self.requests = []
        # A socket's path may have 108 bytes at most.
        self.folder = Path(tempfile.mkdtemp(prefix="mzssr-")).resolve()
        self.socket_path = self.folder / "ssr.sock"
        self.server = None

    def start(self):
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.requests.append((self.path, self.headers["Content-Type"], json.loads(body)))
                found = outer.answer(outer.requests[-1][2])
                if found is None:
                    self.close_connection = True
                    return
                status, text = found
                data = text.encode()
                self.send_response(status)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for part in (data[:7], data[7:]):
                    if part:
                        self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
                self.wfile.write(b"0\r\n\r\n")

            def log_message(self, *arguments):
                pass

        class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
            daemon_threads = True
            block_on_close = False
            request_queue_size = 128

            def handle_error(self, request, client_address):
                if not isinstance(sys.exc_info()[1], ConnectionError):
                    super().handle_error(request, client_address)

            def get_request(self):
                # BaseHTTPRequestHandler wants an address of two parts.
                return super().get_request()[0], ("", 0)

        self.server = Server(str(self.socket_path), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}).start()

    def stop(self):
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None
            os.unlink(self.socket_path)

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder)


def failure(status, kind, message, location=None, component="pages/A.tsx"):
    """An answer with a RenderFailure."""
    error = {"kind": kind, "component": component, "message": message, "location": location}
    return status, json.dumps({"error": error})
