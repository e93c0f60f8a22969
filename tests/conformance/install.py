#!/usr/bin/env python3
"""Installs the clients that package-lock.json names into a folder of the build: install.py LOCK_FOLDER TARGET_FOLDER

Does nothing when the folder already holds what the lock asks for, so a second run needs no network. TARGET_FOLDER/buf
is the gRPC client afterwards, TARGET_FOLDER/node a Node that the AWS SDKs accept: Debian's is too old for them.
"""
import hashlib
import pathlib
import platform
import shutil
import subprocess
import sys

source, target = (pathlib.Path(folder).resolve() for folder in sys.argv[1:3])
stamp = target / "installed"
wanted = hashlib.sha256(b"".join((source / name).read_bytes() for name in ("package.json", "package-lock.json")))

if not stamp.exists() or stamp.read_text() != wanted.hexdigest():
    stamp.unlink(missing_ok=True)
    target.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(source / name, target / name)
    command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"]
    result = subprocess.run(command, cwd=target, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)} failed in {target}:\n{result.stdout}")
    machine = {"x86_64": "x64", "aarch64": "aarch64"}[platform.machine()]
    link = target / "buf"
    link.unlink(missing_ok=True)
    link.symlink_to(target / "node_modules" / "@bufbuild" / f"buf-linux-{machine}" / "bin" / "buf")
    node = target / "node"
    node.unlink(missing_ok=True)
    node.symlink_to(target / "node_modules" / f"node-linux-{'x64' if machine == 'x64' else 'arm64'}" / "bin" / "node")
    stamp.write_text(wanted.hexdigest())
