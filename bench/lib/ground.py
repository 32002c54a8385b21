"""The temporary folder of one run: the files that are served, the certificate, and a folder for each contender's log."""

import hashlib
import os
import random
import shutil
import subprocess
import tempfile

SIZES = {"1k.txt": 1024, "16k.txt": 16 * 1024, "1m.bin": 1024 * 1024}


class Ground:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="roundtrip-bench-")
        # The contenders drop to their own users and must still read it.
        os.chmod(self.folder, 0o755)
        self.www = self._make("www")
        self.certificate, self.key = f"{self.folder}/cert.pem", f"{self.folder}/key.pem"
        self.digests = {}
        # What nghttpd, which knows files alone, answers an upload with.
        with open(f"{self.www}/sink", "wb") as file:
            file.write(b"ok\n")
        source = random.Random(20)
        for name, size in SIZES.items():
            body = self._text(source, size) if name.endswith(".txt") else source.randbytes(size)
            with open(f"{self.www}/{name}", "wb") as file:
                file.write(body)
            self.digests["/" + name] = (size, hashlib.sha256(body).hexdigest())
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
             "-keyout", self.key, "-out", self.certificate],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=30)
        os.chmod(self.key, 0o644)

    @staticmethod
    def _text(source, size):
        return bytes(source.choice(b"abcdefghijklmnopqrstuvwxyz      \n") for _ in range(size))

    def _make(self, name):
        path = f"{self.folder}/{name}"
        os.makedirs(path, exist_ok=True)
        os.chmod(path, 0o755)
        return path

    def folder_of(self, contender):
        path = self._make(contender)
        os.chmod(path, 0o777)
        return path

    def truncate_logs(self, contender):
        """Between turns, so that a run of some million requests does not fill the disk."""
        for entry in os.scandir(f"{self.folder}/{contender}"):
            if entry.name.startswith("access"):
                os.truncate(entry.path, 0)

    def log_bytes(self, contender):
        return sum(entry.stat().st_size for entry in os.scandir(f"{self.folder}/{contender}") if entry.name.startswith("access"))

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)
