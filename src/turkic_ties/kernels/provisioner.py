"""The kernel provisioner of the kernel ``turkic-ties``: what papermill, nbval and JupyterLab start kernels with."""

from __future__ import annotations

import asyncio
import os
import shutil
import weakref
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.localinterfaces import localhost
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from turkic_ties.kernels import client


class WarmProvisioner(LocalProvisioner):
    """Start kernels by forking a process that has the notebooks' imports behind it, or else in the usual way.

    Kernel and client talk through sockets in a private folder of the file system: two kernels cannot take each other's
    ports, and nothing of it is to be heard on the network.
    """

    process: Any = None
    _folder: Path | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose where kernel and client meet."""
        manager = self.parent
        # Ports are set when somebody chose them, and when this is a restart: both are to stay.
        if (
            hasattr(os, "fork")
            and manager
            and not any(manager.ports)
            and manager.ip in (localhost(), "kernel-ipc")
        ):
            self._folder = client.short_folder()
            self._remove_folder = weakref.finalize(
                self, shutil.rmtree, self._folder, ignore_errors=True
            )
            manager.transport, manager.ip, manager.cache_ports = (
                "ipc",
                str(self._folder / "channel"),
                False,
            )
            manager.connection_file = manager.connection_file or str(self._folder / "kernel.json")
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork the kernel; with any trouble, start it in the usual way."""
        try:
            # In a thread, because the first kernel waits for the imports, and a server has other things to do.
            self.process = await asyncio.to_thread(self._fork, cmd, **kwargs)
        except Exception as trouble:  # whatever it is, the usual way is open
            self.log.info("Starting a cold kernel: %s", trouble)
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.pgid = self.process.pid
        self.cwd = kwargs.get("cwd") or Path.cwd()
        return self.connection_info

    def _fork(self, cmd: list[str], **kwargs: Any) -> client.WarmProcess:
        known = {"env", "cwd", "stdout", "stderr", "kernel_id", "extra_arguments"}
        if unknown := sorted(name for name in kwargs.keys() - known if kwargs[name]):
            raise client.Unavailable(f"started with {', '.join(unknown)}")
        files = [kwargs.get("stdout"), kwargs.get("stderr")]
        numbers = [
            default if file is None else _number(file)
            for default, file in zip((1, 2), files, strict=True)
        ]
        cwd = os.path.abspath(kwargs.get("cwd") or ".")
        return client.fork(cmd, kwargs["env"], cwd, (numbers[0], numbers[1]), self._folder)

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel's process group, unless it has ended: its number may be another's then."""
        if self.process and self.process.poll() is None:
            await super().send_signal(signum)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the private folder when the kernel is not to come back."""
        await super().cleanup(restart=restart)
        if self._folder and not restart:
            self._remove_folder()


def _number(file: Any) -> int:
    number = file if isinstance(file, int) else file.fileno()
    if number < 0:
        raise client.Unavailable("its output goes to a pipe")
    return int(number)
