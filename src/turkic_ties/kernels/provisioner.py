"""How papermill, nbval and JupyterLab start a kernel ``turkic-ties``."""

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
    """Fork kernels from a process whose imports are done, or else start them in the usual way.

    Kernel and client communicate through sockets in a private folder: no two kernels compete for a
    port, and nothing is sent over the network.
    """

    process: Any = None
    _folder: Path | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose where kernel and client communicate."""
        manager = self.parent
        if manager and os.name == "posix" and not _asked_for_a_network(manager, kwargs):
            self._folder, in_use = client.kernel_folder()
            self._remove = weakref.finalize(self, _discard, self._folder, in_use)
            manager.transport = "ipc"
            manager.ip = str(self._folder / "channel")
            manager.cache_ports = False
            manager.connection_file = manager.connection_file or str(self._folder / "kernel.json")
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork the kernel; if that fails, start a cold one."""
        try:
            # In a thread: the first kernel waits for the imports, and a server must not.
            self.process = await asyncio.to_thread(self._fork, cmd, **kwargs)
        except Exception as error:  # on any error a cold kernel still works
            self.log.info("Starting a cold kernel: %s", error)
            own = [client.KERNEL if part == "ipykernel_launcher" else part for part in cmd]
            return await super().launch_kernel(own, **kwargs)
        self.pid = self.pgid = self.process.pid
        self.cwd = kwargs.get("cwd") or Path.cwd()
        return self.connection_info

    def _fork(self, cmd: list[str], **kwargs: Any) -> client.WarmProcess:
        known = {"env", "cwd", "stdout", "stderr", "kernel_id", "extra_arguments"}
        if unknown := sorted(name for name in kwargs.keys() - known if kwargs[name]):
            raise client.Unavailable(f"started with {', '.join(unknown)}")
        files = _descriptor(kwargs.get("stdout"), 1), _descriptor(kwargs.get("stderr"), 2)
        cwd = os.path.abspath(kwargs.get("cwd") or ".")
        return client.fork(cmd, kwargs["env"], cwd, files)

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel's process group while it runs: later its number is reused."""
        if self.process and self.process.poll() is None:
            await super().send_signal(signum)

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel, and see its end at once: jupyter_client would look after 0.1 s."""
        await super().kill(restart=restart)
        for _ in range(20):
            if await self.poll() is None:
                await asyncio.sleep(0.005)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the private folder when the kernel is not restarted."""
        await super().cleanup(restart=restart)
        if self._folder and not restart:
            self._remove()


def _asked_for_a_network(manager: Any, options: dict[str, Any]) -> bool:
    """Tell whether somebody chose an address, a transport, ports or encryption; a restart did."""
    sections = [manager.config.get(section, {}) for section in manager.section_names()]
    encryption = getattr(manager, "transport_encryption", "disabled")
    return bool(
        any("transport" in section or "ip" in section for section in sections)
        or manager.ip not in (localhost(), "kernel-ipc")
        or any(manager.ports)
        or options.get("transport_encryption", encryption) not in (False, "disabled")
    )


def _discard(folder: Path, in_use: int) -> None:
    os.close(in_use)
    shutil.rmtree(folder, ignore_errors=True)


def _descriptor(file: Any, default: int) -> int:
    if file is None:
        return default
    number = file if isinstance(file, int) else file.fileno()
    if number < 0:
        raise client.Unavailable("its output goes to a pipe")
    return int(number)
